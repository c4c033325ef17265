# SPDX-License-Identifier: MIT
# compiled: norms waves chosen named lengths
# Functions of the module math in compiled code: arguments of all kinds, errors, and names that mean something else from
# some time on, in the module and in globals.
import math
import sys
from math import cos, exp, sin, sqrt

from observing import outcome, value_text, warm


def norms(values, n):
    total = 0.0
    for i in range(n):
        value = values[i % len(values)]
        total += math.sqrt(value * value + 1) + math.fabs(value)
    return total


def waves(values, n):
    total = 0.0
    for i in range(n):
        value = values[i % len(values)]
        total += sin(value) * cos(value) + exp(-value * value)
    return total


def chosen(values):
    results = []
    for value in values:
        results.append((math.sqrt(value), math.exp(value), math.atan(value), math.asin(value), math.tanh(value)))
    return results


def named(n):
    total = 0
    for i in range(n):
        total += sqrt(i) + math.cos(i)
    return total


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def length(self):
        return math.sqrt(self.x * self.x + self.y * self.y)


def lengths(vectors, n):
    total = 0
    for i in range(n):
        total += vectors[i % len(vectors)].length()
    return total


class Floatable:
    def __float__(self):
        return 2.25


class MyFloat(float):
    def __float__(self):
        return 9.0


warm(norms, [1.5, 2.5], 200)
for values in ([1.5, 2.5], [1, 2.5], [1, 2], [1 << 40, 0.5], [1 << 1100, 0.5], [True, 0.5], [float("inf")], [float("nan"), 1.0],
               [-0.0], ["x"], [None], [MyFloat(4.0)], [Floatable()]):
    print(outcome(norms, values, 6))
warm(waves, [0.5, -1.5], 200)
for values in ([0.5, -1.5], [0, 1], [1e308, 0.1], [30.0], [float("inf")], [float("-inf"), 0.5], [float("nan")], [1 << 70], ["x"]):
    print(outcome(waves, values, 6))

numbers = [0.0, 0.25, -0.0, 1, 0, True, 0.75]
warm(chosen, numbers)
print(value_text(chosen(numbers)))
for value in (-1.0, 2.0, 1e308, 710.0, -5e-324, 5e-324, float("inf"), float("-inf"), float("nan"), 1 << 62, Floatable(), MyFloat(0.25),
              "x", None, [], -1, 1.5):
    print(outcome(chosen, [0.5, value, 0.25]))

warm(lengths, [Vector(3.0, 4.0), Vector(3, 4)], 300)
for vectors in ([Vector(3.0, 4.0)], [Vector(3, 4), Vector(0.5, 1)], [Vector(1 << 30, 1)], [Vector(1j, 1)], [Vector(0, 0)]):
    print(outcome(lengths, vectors, 5))


# Names that change while a loop runs.
def changing(action, n=400):
    total = 0
    for i in range(n):
        total += math.sqrt(i % 16)
        if i == n // 2:
            action()
    return total


def replace_in_module():
    math.sqrt = lambda value: 1000


def restore_in_module():
    math.sqrt = original


def add_to_module():
    math.another_name = 5


def delete_from_module():
    del math.sqrt


def replace_module():
    global math

    class math:
        sqrt = staticmethod(lambda value: -1)


def swap_function():
    math.sqrt = math.fabs


original = math.sqrt
the_module = math
for action in (add_to_module, replace_in_module, swap_function, delete_from_module, replace_module):
    warm(changing, lambda: None)
    print(action.__name__, outcome(changing, action))
    math = the_module
    math.sqrt = original
del math.another_name


def rebound(n):
    global sqrt
    total = 0
    for i in range(n):
        total += sqrt(i % 9)
        if i == n // 2:
            sqrt = lambda value: 0.5
    sqrt = original
    return total


print(outcome(rebound, 400), outcome(rebound, 400))
warm(named, 100)
print(named(100))
sqrt, kept = math.fabs, sqrt
print(named(100))
sqrt = kept
print(named(100), sys.getrefcount(the_module) > 1)


class Module(type(math)):
    def __getattr__(self, name):
        return lambda value: value + 0.25


math = Module("math")
print(outcome(changing, lambda: None), outcome(norms, [1.5], 3))
math = the_module
print(outcome(changing, lambda: None), outcome(norms, [1.5], 3))
