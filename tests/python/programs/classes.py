# SPDX-License-Identifier: MIT
# compiled: area helper count_items method_like
# Compiled functions as methods, class and static methods, properties, lambdas, defaults and decorators.
import functools

from observing import outcome


def helper(a, b):
    return a * b + 1


class Shape:
    sides = 0

    def __init__(self, w, h):
        self.w, self.h = w, h

    def area(self):
        return helper(self.w, self.h)

    @staticmethod
    def double(n):
        return n + n

    @classmethod
    def describe(cls, n):
        return cls.sides + n

    @property
    def half(self):
        return self.area() / 2

    def __len__(self):
        return self.double(self.sides)

    def __eq__(self, other):
        return self.area() == other.area()


class Square(Shape):
    sides = 4

    def __init__(self, w):
        super().__init__(w, w)

    def area(self):
        return super().area() - 1


def area(shape):
    return helper(1, 2)


def count_items(items):
    return len(items) + 1


def method_like(self, n):
    return n * 2


Shape.injected = method_like
shape, square = Shape(3, 4), Square(5)
for turn in range(200):
    shape.area()
    square.area()
print(shape.area(), square.area(), shape.double(4), Square.describe(3), shape.half, square.half, len(square))
print(shape == square, shape != square, shape.injected(21), Shape.injected(None, 2), outcome(shape.injected))
print(count_items(square), count_items([1]), outcome(count_items, 5), outcome(area, shape))
Shape.area = lambda self: 1000
print(shape.area(), square.area(), shape.half)


def traced(function):
    @functools.wraps(function)
    def inner(*arguments):
        return ("traced", function(*arguments))

    return inner


helper = traced(helper)  # noqa: F811
print(helper(2, 3), area(shape), outcome(square.area))
helper = helper.__wrapped__
print(helper(2, 3), area(shape), sorted([3, 1, 2], key=lambda n: helper(n, -1)))
print(list(map(helper, range(5), range(5))), functools.reduce(helper, range(6)), functools.partial(helper, 3)(4))
