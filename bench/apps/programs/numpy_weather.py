# SPDX-License-Identifier: MIT
"""Data of weather stations with numpy: many operations on arrays of some thousand numbers, and Python around them."""
import sys

import numpy as np


def station(generator, days):
    season = 10 * np.sin(np.arange(days) * 2 * np.pi / 365)
    temperature = 12 + season + generator.normal(0, 3, days)
    temperature[generator.random(days) < 0.02] = np.nan
    return temperature


def fill_gaps(values):
    known = ~np.isnan(values)
    places = np.arange(len(values))
    return np.interp(places, places[known], values[known])


def longest_run(flags):
    longest = current = 0
    for flag in flags:
        current = current + 1 if flag else 0
        longest = max(longest, current)
    return longest


def summary(values):
    smooth = np.convolve(values, np.ones(7) / 7, mode="valid")
    by_year = values[: len(values) // 365 * 365].reshape(-1, 365)
    slope, _ = np.polyfit(np.arange(len(by_year)), by_year.mean(axis=1), 1)
    spectrum = np.abs(np.fft.rfft(values - values.mean()))
    histogram, _ = np.histogram(values, bins=12)
    return [smooth.max(), smooth.min(), slope, int(spectrum.argmax()), histogram.argmax(), longest_run(values > 15)]


def main(size):
    generator = np.random.default_rng(7)
    rows = np.array([summary(fill_gaps(station(generator, 3650))) for _ in range(size)])
    print(len(rows), *(f"{value:.6f}" for value in rows.mean(axis=0)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
