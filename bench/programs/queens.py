# SPDX-License-Identifier: MIT
"""Placing queens: recursion, closures and generators."""
SIZE = 12


def solutions(size):
    columns, rising, falling = set(), set(), set()

    def place(row, placed):
        if row == size:
            yield tuple(placed)
            return
        for column in range(size):
            if column in columns or row + column in rising or row - column in falling:
                continue
            columns.add(column)
            rising.add(row + column)
            falling.add(row - column)
            yield from place(row + 1, [*placed, column])
            columns.discard(column)
            rising.discard(row + column)
            falling.discard(row - column)

    return place(0, [])


def main(size):
    found = list(solutions(size))
    return len(found), found[0]
