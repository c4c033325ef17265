# SPDX-License-Identifier: MIT
"""A planet and its moon in steps of an hour: float arithmetic on scalars, a square root by hand."""
SIZE = 7_000_000


def orbit(size):
    x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
    moon_x, moon_y, moon_vx, moon_vy = 1.01, 0.0, 0.0, 1.3
    dt = 0.0005
    for _ in range(size):
        distance = x * x + y * y
        pull = dt / (distance * distance**0.5)
        vx -= x * pull
        vy -= y * pull
        dx = moon_x - x
        dy = moon_y - y
        distance = dx * dx + dy * dy + 0.0001
        pull = 0.001 * dt / (distance * distance**0.5)
        moon_vx -= dx * pull
        moon_vy -= dy * pull
        x += vx * dt
        y += vy * dt
        moon_x += moon_vx * dt
        moon_y += moon_vy * dt
    return x + y + moon_x + moon_y
