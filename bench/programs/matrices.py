# SPDX-License-Identifier: MIT
"""Matrices as lists of lists: products, transposition, elimination with fractions of integers."""
SIZE = 200


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def determinant(matrix):
    """Bareiss: exact, integers alone."""
    matrix = [list(row) for row in matrix]
    sign, previous = 1, 1
    for k in range(len(matrix) - 1):
        if matrix[k][k] == 0:
            for row in range(k + 1, len(matrix)):
                if matrix[row][k]:
                    matrix[k], matrix[row] = matrix[row], matrix[k]
                    sign = -sign
                    break
            else:
                return 0
        for i in range(k + 1, len(matrix)):
            for j in range(k + 1, len(matrix)):
                matrix[i][j] = (matrix[i][j] * matrix[k][k] - matrix[i][k] * matrix[k][j]) // previous
        previous = matrix[k][k]
    return sign * matrix[-1][-1]


def main(size):
    total = 0
    for seed in range(size):
        matrix = [[(i * 7 + j * 13 + i * j + seed) % 11 - 5 for j in range(24)] for i in range(24)]
        square = product(matrix, matrix)
        for _ in range(3):
            square = [[value % 97 for value in row] for row in product(square, matrix)]
        total += determinant(matrix) + sum(map(sum, square))
    return total
