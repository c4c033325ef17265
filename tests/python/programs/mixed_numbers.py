# SPDX-License-Identifier: MIT
# compiled: scale total below power square norms move shared_item fields aliases replaced dot lengths parts many kept_number
# Ints among floats in compiled arithmetic, powers, and floats that are stored over floats: into the same object only where
# nobody else has it.
import sys

from observing import outcome, value_text, warm


def scale(values, factor, n):
    result = []
    for i in range(n):
        result.append(values[i & 3] * factor + 0.5)
    return result


def total(values):
    result = 0
    for value in values:
        result += value * 0.5
    return result


def below(values, limit):
    count = 0
    for value in values:
        if value < limit:
            count += 1
    return count


def power(values, exponent):
    result = 0.0
    for value in values:
        result += value ** exponent
    return result


def square(values):
    result = 0
    for value in values:
        result += value ** 2 - value
    return result


def norms(values, n):
    result = 0.0
    for i in range(n):
        x = values[i & 1]
        result += (x * x + 1.0) ** -1.5 + x ** 2 + 2.0 ** x
    return result


def move(position, speed, n):
    for _ in range(n):
        position[0] += speed[0] * 0.5
        position[1] -= speed[1] * 0.25
        position[-1] *= 0.75
    return position


def shared_item(items, n):
    kept = items[0]
    for i in range(n):
        items[0] = items[0] + 1.0
        if i == 3:
            kept = items[0]
    return kept, items[0]


class Body:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def fields(body, n):
    for _ in range(n):
        body.x += 0.5
        body.y = body.x * 2.0
    return body


def aliases(body, n):
    seen = []
    for i in range(n):
        seen.append(body.x)
        body.x = body.x + 1.0
        body.y = body.x
        body.x = body.x + 0.25
    return seen, body.x, body.y


def replaced(items, bodies, n):
    for i in range(n):
        items[i] = items[i - 1] + 1.0
        bodies[i].x = items[i] + bodies[i - 1].x
    return items


class MyFloat(float):
    def __add__(self, other):
        return "mine"

    def __mul__(self, other):
        return 2.0

    def __del__(self):
        ends.append(float(self))


ends = []
floats, mixed = [0.5, 1.5, 2.5, 3.5], [1, 2.5, 3, 4.5]
warm(scale, floats, 2.0, 20)
print(value_text(scale(floats, 2.0, 6)), value_text(scale(mixed, 2.0, 6)))
warm(scale, mixed, 1.5, 40)
for values, factor in ((mixed, 1.5), (mixed, 3), ([1, 2, 3, 4], 3), ([1, 2, 3, 4], 0.5), ([True, 2, 1.5, 3], 0.5),
                       ([1 << 40, 1 << 53, (1 << 53) + 1, 1.5], 0.5), ([1 << 1100, 1.5, 2, 3], 0.5), (["a", 1.5, 2, 3], 2),
                       ([MyFloat(1.5), 1.5, 2, 3], 0.5), ([0, -0.0, 0.0, -1], -1.5), ([1, 2.5, None, 3], 0.5)):
    print(outcome(lambda: scale(values, factor, 4)))
print(ends)

warm(total, floats)
warm(total, mixed)
for values in (floats, mixed, [1, 2, 3], [], [1.5], [1], [1 << 70, 1.5], [-0.0], [True, 0.5]):
    print(value_text(total(values)))

warm(below, floats, 2.0)
warm(below, mixed, 3)
for limit in (3, 2.5, -1, 1 << 60, float("inf"), float("nan"), True):
    print(limit, below(mixed, limit), below([1, 1 << 53, (1 << 53) + 1, float(1 << 53), float("nan")], limit))
print(outcome(lambda: below([1.5, "x"], 2.0)))

positive = [0.5, 1.5, 2.0, 1e10]
for exponent in (2.0, -1.5, 0.0, 2, -1, 0.5, 400.0, -400.0, float("inf"), float("nan"), 1 << 2000):
    warm(power, positive, 2.0)
    print(exponent, outcome(lambda: power(positive, exponent)), outcome(lambda: power([1.0, -1.0], exponent)))
    print(outcome(lambda: power([-2.0, -0.5], exponent)), outcome(lambda: power([0.0, -0.0], exponent)),
          outcome(lambda: power([float("inf"), -float("inf"), float("nan")], exponent)))
print(outcome(lambda: power([2, 3], 2)), outcome(lambda: power([2, 3], 0.5)), outcome(lambda: power([5e-324, 1e-310], 1.0)))

warm(square, [1, 2, 3])
for values in ([1, 2, 3], [1 << 30, -(1 << 30)], [1 << 31, 1 << 40], [1.5, 2], [True], [1 << 70], [-5, 0]):
    print(value_text(square(values)))
warm(norms, (0.5, 0.25), 30)
print(norms((0.5, 0.25), 30), norms((2, 0.25), 30), norms((2, 3), 30), outcome(lambda: norms((1e200, 1.0), 2)))

warm(move, [0.5, 1.5, 2.5], [1.0, 2.0], 5)
for position in ([0.5, 1.5, 2.5], [1, 2, 3], [0.5, 1.5], [0.5, "x", 1.5], [MyFloat(1.0), 1.5, 2.5]):
    one = position[0]
    print(outcome(lambda: move(position, [1.0, 2.0], 4)), value_text(one))
    print(value_text(list(position)))
del one, position
print(ends)

# The same float in several places: each keeps its own.
half = 1.5 * float("1")
shared = [half, half, half]
warm(move, [0.5, 1.5, 2.5], [1.0, 2.0], 5)
move(shared, [1.0, 2.0], 3)
print(half, shared)
constant = [0.25, 0.25, 0.25]
move(constant, [1.0, 2.0], 3)
print(constant, [0.25, 0.25, 0.25])
warm(shared_item, [1.5], 10)
print(shared_item([1.5], 10), shared_item([1], 10), shared_item([half, 1], 10), half)

warm(fields, Body(1.5, 2.5), 5)
body = fields(Body(1.5, 2.5), 5)
kept = body.x
print(kept, fields(body, 3).x, kept, body.y, list(body.__dict__))
late = Body.__new__(Body)
late.y, late.x = 1.0, 2.0
print(fields(late, 3).__dict__)
empty = Body.__new__(Body)
empty.x = 1.0
print(fields(empty, 3).__dict__)
print(fields(Body(1, "y"), 3).__dict__, fields(Body(MyFloat(1.0) * 1, MyFloat(7.0)), 1).__dict__, ends)
warm(aliases, Body(1.5, 2.5), 5)
print(aliases(Body(1.5, 2.5), 5), aliases(Body(half, half), 5), half)
many = [Body(float(i), 0.5) for i in range(20)]
warm(replaced, [0.5] * 20, many, 20)
print(replaced([0.5] * 20, many, 20), [b.x for b in many][:4])
print([sys.getrefcount(b.x) for b in many][:4])


# Ints and floats on both sides: what the result is, is known when it is there.
def dot(left, right):
    return left[0] * right[0] + left[1] * right[1] + left[2] * right[2]


def lengths(vectors, n):
    total = 0
    for i in range(n):
        v = vectors[i % len(vectors)]
        w = vectors[(i + 1) % len(vectors)]
        total += (v[0] - w[0]) * (v[0] - w[0]) - -v[1] * w[1] / (v[2] * v[2] + 1)
    return total


def parts(a, b, n):
    for i in range(n):
        results = a + b, a - b, a * b, -a, a / b, 2 * a, b * 0.5, (a < b, a == b)
    return results


def many(a, b, c):
    """Sums of products, each of which has its 50 bits, one inside of the other."""
    two = (a * b + a * b) + (a * b - c * b)
    return ((two + (a * b + a * b)) + ((a * b + a * b) + (a * b + a * b))) + ((a * b + a * b) + (a * b + c))


def kept_number(items, other, n):
    """The number is on the stack and in a local where code is left."""
    found = []
    for i in range(n):
        a = items[i % len(items)] * items[(i + 1) % len(items)]
        b = a
        found.append((a - items[0], other[i % len(other)] + a, a is b))
    return found


vectors = [(0, 1, 0), (0.5, 1, 2.5), (1, 2, 3), (-1.5, 0, 0.25), (0, -1, 0.0)]
for times in range(60):
    for v in vectors:
        for w in vectors:
            dot(v, w)
print([value_text(dot(v, w)) for v in vectors for w in vectors])
print([value_text(dot(v, w)) for v in ((1 << 29, 1 << 29, 1 << 29), (1 << 40, 0.5, 1), (1 << 70, 1, 2), (0, 0, -0.0))
       for w in ((1 << 29, 0.5, 2), (-1, -1, -1), (1 << 29, 1 << 29, (1 << 30) - 1), (0.0, -0.0, 0))])
print(outcome(dot, (True, 1, 2.5), (1, 2, 3)), outcome(dot, ("a", 1, 2.5), (2, 2, 3)), outcome(dot, (None, 1, 2.5), (2, 2, 3)))
print(value_text(lengths(vectors, 400)), value_text(lengths([(1, 2, 3)], 50)), outcome(lengths, [(1, 2)], 2))
for a in (3, 0.5):
    for b in (2, 4.0):
        parts(a, b, 50)
numbers = (0, -0.0, 0.0, 1, -1, 1.5, (1 << 30) - 1, -(1 << 30) + 1, 1 << 30, float("inf"), float("nan"), True)
for a in numbers:
    print(a, [outcome(parts, a, b, 3) for b in numbers])
kept_number([1, 2.5, 3], [1, 0.5], 100)
for other in ([1, 0.5], [1 << 80], ["x"], [None, 1], [1 << 52, 1 << 53, 0.1]):
    print(outcome(kept_number, [1, 2.5, 3], other, 6))
print(outcome(kept_number, [(1 << 29), (1 << 29), 3], [1 << 29, 0.5], 6))
for times in range(40):
    for a in (3, 0.5):
        for b in (2, 4.0):
            many(a, b, 1)
for a in (33554431, 33554393, 1 << 25, 1 << 24, -33554431, 3.5):
    print(a, [value_text(many(a, b, c)) for b in (33554393, 33554431, 1 << 26, 7) for c in (1, 0, -5, 0.5)])
