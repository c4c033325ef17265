# SPDX-License-Identifier: MIT
"""The largest singular value of an infinite matrix, by the power method: floats in lists, a call per element."""
SIZE = 320


def element(row, column):
    return 1.0 / ((row + column) * (row + column + 1) // 2 + row + 1)


def times(vector):
    count = len(vector)
    return [sum([element(row, column) * vector[column] for column in range(count)]) for row in range(count)]


def transposed_times(vector):
    count = len(vector)
    return [sum([element(column, row) * vector[column] for column in range(count)]) for row in range(count)]


def main(size):
    vector = [1.0] * size
    for _ in range(10):
        image = transposed_times(times(vector))
        vector, previous = transposed_times(times(image)), image
    product = sum(a * b for a, b in zip(previous, vector))
    square = sum(a * a for a in previous)
    return round((product / square) ** 0.5, 9)
