# SPDX-License-Identifier: MIT
"""Points of a grid of 100 columns that stay bounded for 200 rounds."""
SIZE = 3_500


def mandelbrot(size):
    inside = 0
    for row in range(size):
        cy = 2.0 * row / size - 1.0
        for column in range(100):
            cx = 3.0 * column / 100 - 2.0
            x = y = 0.0
            rounds = 0
            while x * x + y * y <= 4.0:
                if rounds == 200:
                    inside += 1
                    break
                x, y = x * x - y * y + cx, 2.0 * x * y + cy
                rounds += 1
    return inside
