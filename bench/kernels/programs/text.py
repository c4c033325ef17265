# SPDX-License-Identifier: MIT
"""A text that grows piece by piece and starts again when it is long."""
SIZE = 24_000_000


def text(size):
    length = 0
    line = ""
    for number in range(size):
        if number % 7 == 0:
            line += ", "
        elif number % 5 == 0:
            line += "five"
        else:
            line += "x"
        if len(line) > 2000:
            length += len(line)
            line = ""
    return length + len(line)
