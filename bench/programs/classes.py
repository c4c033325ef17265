# SPDX-License-Identifier: MIT
"""Shapes: inheritance, properties, special methods, operators, comparison, class attributes."""
SIZE = 60


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def cross(self, other):
        return self.x * other.y - self.y * other.x


class Shape:
    sides = 0
    made = 0

    def __init__(self, origin):
        self.origin = origin
        Shape.made += 1

    @property
    def area(self):
        raise NotImplementedError

    def moved(self, offset):
        return type(self)(self.origin + offset, *self.measures())

    def measures(self):
        return ()

    def __lt__(self, other):
        return self.area < other.area


class Rectangle(Shape):
    sides = 4

    def __init__(self, origin, width, height):
        super().__init__(origin)
        self.width, self.height = width, height

    def measures(self):
        return self.width, self.height

    @property
    def area(self):
        return self.width * self.height


class Square(Rectangle):
    def __init__(self, origin, width, height=None):
        super().__init__(origin, width, width)


class Triangle(Shape):
    sides = 3

    def __init__(self, origin, second, third):
        super().__init__(origin)
        self.second, self.third = second, third

    def measures(self):
        return self.second, self.third

    @property
    def area(self):
        return abs((self.second - self.origin).cross(self.third - self.origin)) / 2


def main(size):
    total, sides = 0, 0
    for round_ in range(size):
        shapes = []
        for number in range(500):
            origin = Vector(number % 17, number % 13)
            shapes.append(Rectangle(origin, number % 7 + 1, round_ + 1))
            shapes.append(Square(origin, number % 5 + 1))
            shapes.append(Triangle(origin, origin + Vector(3, number % 4), origin * 2))
        offset = Vector(1, round_)
        moved = [shape.moved(offset) for shape in shapes]
        moved.sort()
        total += sum(shape.area for shape in moved[::10])
        sides += sum(shape.sides for shape in moved) + (moved[0].origin == shapes[0].origin)
    return round(total, 3), sides
