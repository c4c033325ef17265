# SPDX-License-Identifier: MIT
"""Curves with scipy: fits, roots, integrals, differential equations whose functions are Python."""
import sys

import numpy as np
from scipy import integrate, interpolate, optimize, signal, stats


def model(t, height, rate, phase):
    return height * np.exp(-rate * t) * np.cos(phase + 3 * t)


def oscillator(t, state, damping):
    position, speed = state
    return [speed, -damping * speed - position + 0.1 * np.sin(t)]


def study(seed):
    generator = np.random.default_rng(seed)
    t = np.linspace(0, 4, 120)
    measured = model(t, 2.0, 0.4, 0.3) + generator.normal(0, 0.05, len(t))
    found, _ = optimize.curve_fit(model, t, measured, p0=(1.5, 0.5, 0.2))
    least = optimize.minimize(
        lambda p: (1 - p[0]) ** 2 + 20 * (p[1] - p[0] ** 2) ** 2, [0.0, 0.0], method="Nelder-Mead"
    )
    solved = integrate.solve_ivp(oscillator, (0, 10), [1.0, 0.0], args=(0.2,), rtol=1e-6)
    area, _ = integrate.quad(lambda value: float(np.exp(-value * value)), -2, 2)
    root = optimize.brentq(lambda value: value**3 - value - seed % 5, 1, 3) if seed % 5 else 0.0
    spline = interpolate.CubicSpline(t, measured)(1.5)
    peaks = signal.find_peaks(signal.savgol_filter(measured, 11, 3))[0]
    test = stats.ttest_ind(measured[:60], measured[60:]).pvalue
    return [*found, least.fun, solved.y[0, -1], area, root, spline, len(peaks), test]


def main(size):
    rows = np.array([study(seed) for seed in range(size)])
    print(len(rows), *(f"{value:.5f}" for value in rows.mean(axis=0)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
