# SPDX-License-Identifier: MIT
"""Cells that live and die: sets of tuples, comprehensions, counting in dictionaries."""
SIZE = 8000

GLIDER = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
ACORN = {(40, 40), (41, 40), (41, 38), (43, 39), (44, 40), (45, 40), (46, 40)}


def step(cells):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    place = (x + dx, y + dy)
                    counts[place] = counts.get(place, 0) + 1
    return {place for place, count in counts.items() if count == 3 or (count == 2 and place in cells)}


def main(size):
    cells = GLIDER | ACORN
    most = 0
    for _ in range(size):
        cells = step(cells)
        most = max(most, len(cells))
    return len(cells), most, min(cells), max(cells)
