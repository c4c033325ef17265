# SPDX-License-Identifier: MIT
"""Figures with matplotlib: lines, bars, a scatter plot and an image, drawn into a PNG in memory."""
import io
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402


def figure(turn):
    generator = np.random.default_rng(turn)
    drawn, ((lines, bars), (points, picture)) = plt.subplots(2, 2, figsize=(6, 5))
    x = np.linspace(0, 10, 200)
    for phase in range(3):
        lines.plot(x, np.sin(x + phase + turn), label=f"phase {phase}")
    lines.legend(loc="upper right")
    lines.set_title(f"figure {turn}")
    bars.bar(["one", "two", "three"], generator.random(3))
    bars.grid(True)
    points.scatter(generator.random(80), generator.random(80), c=generator.random(80), s=20)
    points.set_xlabel("$x^2$")
    picture.imshow(generator.random((16, 16)), cmap="viridis")
    drawn.tight_layout()
    stored = io.BytesIO()
    drawn.savefig(stored, format="png", metadata={"Software": None})
    plt.close(drawn)
    return stored.getvalue()


def main(size):
    pictures = [figure(turn) for turn in range(size)]
    print(len(pictures), sum(map(len, pictures)), all(picture.startswith(b"\x89PNG") for picture in pictures))


if __name__ == "__main__":
    main(int(sys.argv[1]))
