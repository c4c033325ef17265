# SPDX-License-Identifier: MIT
"""Algebra with sympy: expanding, factoring, differentiating, integrating, solving."""
import sys

from sympy import Matrix, Poly, cos, diff, exp, expand, factor, integrate, simplify, sin, solve, symbols

x, y, z = symbols("x y z")


def exercise(turn):
    power = 3 + turn % 4
    product = expand((x + turn * y + z) ** power)
    yield len(product.args)
    yield factor(expand((x - turn) * (x + 2) * (x**2 + turn + 1)))
    yield diff(exp(turn * x) * sin(x) / (x + 1), x, 2).subs(x, 1).evalf(12)
    yield integrate((x**2 + turn) * cos(x), x)
    yield solve([x + turn * y - 3, x - y + turn], [x, y])
    yield simplify(sin(x) ** 2 + cos(x) ** 2 + turn)
    yield Matrix([[turn, x, 1], [y, 2, x], [1, 0, turn + 1]]).det()
    yield Poly(product, x).degree()


def main(size):
    for turn in range(size):
        answers = list(exercise(turn))
        if turn % 10 == 0:
            print(turn, *answers, sep="; ")
    print(size)


if __name__ == "__main__":
    main(int(sys.argv[1]))
