# SPDX-License-Identifier: MIT
"""Products of small matrices of floats: lists of lists, three loops."""
SIZE = 6_000


def matrix(size):
    left = [[(row + column) % 7 + 0.5 for column in range(20)] for row in range(20)]
    trace = 0.0
    for _ in range(size):
        product = []
        for row in left:
            line = []
            for column in range(20):
                cell = 0.0
                for index in range(20):
                    cell += row[index] * left[index][column]
                line.append(cell)
            product.append(line)
        trace += product[3][4]
    return trace
