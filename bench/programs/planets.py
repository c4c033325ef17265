# SPDX-License-Identifier: MIT
"""Bodies that attract each other: attributes of objects, float arithmetic."""
SIZE = 130_000


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, position, velocity, mass):
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = velocity
        self.mass = mass


def pairs(items):
    return [(a, b) for index, a in enumerate(items) for b in items[index + 1 :]]


def advance(bodies, couples, step):
    for a, b in couples:
        dx = a.x - b.x
        dy = a.y - b.y
        dz = a.z - b.z
        distance2 = dx * dx + dy * dy + dz * dz + 0.01
        pull = step / (distance2 * distance2**0.5)
        a.vx -= dx * b.mass * pull
        a.vy -= dy * b.mass * pull
        a.vz -= dz * b.mass * pull
        b.vx += dx * a.mass * pull
        b.vy += dy * a.mass * pull
        b.vz += dz * a.mass * pull
    for body in bodies:
        body.x += step * body.vx
        body.y += step * body.vy
        body.z += step * body.vz


def energy(bodies, couples):
    total = 0.0
    for body in bodies:
        total += 0.5 * body.mass * (body.vx**2 + body.vy**2 + body.vz**2)
    for a, b in couples:
        total -= a.mass * b.mass / ((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2 + 0.01) ** 0.5
    return total


def main(size):
    bodies = [
        Body((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 40.0),
        Body((5.0, 1.0, 0.1), (-0.5, 2.6, 0.0), 0.03),
        Body((8.0, -4.0, -0.4), (1.0, 1.8, 0.0), 0.01),
        Body((-12.0, 9.0, 0.3), (-1.0, -1.2, 0.1), 0.002),
        Body((15.0, -20.0, 0.5), (0.9, 0.7, -0.1), 0.002),
    ]
    couples = pairs(bodies)
    before = energy(bodies, couples)
    for _ in range(size):
        advance(bodies, couples, 0.001)
    return round(before, 6), round(energy(bodies, couples), 6)
