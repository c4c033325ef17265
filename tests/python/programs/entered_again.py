# SPDX-License-Identifier: MIT
# compiled: caught_inside caught_outside with_block finally_block third_nest late_local deleted falls_into skipped_double
# compiled: skipped_nested skipped_twice walked_by_generator
# Nested loops entered a second time, after an exception, with other locals bound than the first time; and loops of which
# one is skipped, with numbers that were computed in front of both.
import math

from observing import outcome


def caught_inside(a):
    k = 6
    seen = []
    while not k < 2:
        k -= 2
        try:
            x = 5
            while True:
                x -= 1
                if x < 0:
                    break
                try:
                    no_such()
                except NameError:
                    seen.append((k, x))
        except Exception as error:
            return repr(error)
        else:
            v = ~a + +a
    return k, x, v, seen


def caught_outside(a, fails):
    total = 0.5
    for outer in range(4):
        try:
            step = a * 0.25
            for inner in range(6):
                total += step
                last = total - inner
                if inner == fails and outer % 2:
                    raise KeyError(inner)
            rest = last * 2.0
        except KeyError as error:
            total -= error.args[0]
            rest = -0.0
        total += rest
    return total, step, last, rest, outer, inner


class Swallows:
    def __enter__(self):
        return 3

    def __exit__(self, kind, value, traceback):
        return kind is ValueError


def with_block(a):
    i = 0
    while i < 5:
        i += 1
        with Swallows() as width:
            j = 0
            while j < width + 2:
                j += 1
                product = i * j + a
                if j == width and i != 3:
                    raise ValueError
            whole = product
        difference = product - i
    return i, j, product, whole, difference


def finally_block(a):
    counted = 0
    for i in range(5):
        try:
            j = 0
            while j < 4:
                j += 1
                square = j * j
                if j == 2 and i & 1:
                    break
                if j == 3 and i == 2:
                    raise IndexError
            else:
                ended = i
        except IndexError:
            ended = -i
        finally:
            counted += j
            flag = counted > a
    return counted, square, ended, flag, i, j


def third_nest(n):
    total = 0
    for a in range(n):
        try:
            for b in range(3):
                try:
                    c = 4
                    while c:
                        c -= 1
                        total += a ^ b
                        if c == 1 and b == 1:
                            raise OSError
                    middle = total
                except OSError:
                    outside = total + c
                    if a == 2:
                        raise LookupError
            inside = a
        except LookupError:
            inside = b * 10
    return total, a, b, c, middle, outside, inside


def late_local(n):
    """A local that is bound when the loop is compiled for a running frame, and not when the loop is entered again."""
    out = []
    for start in (1, 0):
        for i in range(n):
            try:
                if start or i > 3:
                    number = i
                x = 2
                while x > 0:
                    x -= 1
                    if i % 3 == 2:
                        no_such()
                    out.append(number + x)
                number = number * 2
            except (NameError, UnboundLocalError) as error:
                out.append(type(error).__name__)
        try:
            del number
        except UnboundLocalError:
            out.append("none")
    return out


def deleted(n):
    out = []
    for i in range(n):
        for j in range(3):
            try:
                value = i + j
                if j == 1:
                    del value
                out.append(value)
            except UnboundLocalError as error:
                out.append(str(error))
            scaled = j * 1.5
        if i % 2:
            del scaled
    return out, j


def falls_into(flag, n):
    """The last bytecode in front of the loop reads a local; others are unbound there."""
    out = 0
    for i in range(n):
        if flag and i > 4:
            late = i
        chosen = i if i & 1 else n
        while chosen > 0:
            chosen -= 3
            try:
                out += late
            except UnboundLocalError:
                out -= 1
    return out


def skipped_double(n, first):
    lp = math.log(0.7)
    x = w = 1
    if first:
        while x < n:
            w = w + int(math.log(x) / lp)
            while w < 0:
                w += 3
            x += 1
        x = 1
    while x < n:
        w = w + int(math.log(x + 1) / lp)
        while w < 0:
            w += 2
        x += 1
    return w, x


def skipped_nested(n, which):
    scale = n / 3
    big = n << 20
    total = 0
    for i in range(3):
        if which & 1:
            for j in range(n):
                total += scale * j
        elif which & 2:
            for j in range(n):
                total -= scale + big
        for j in range(n):
            total += big - scale
    return total


def skipped_twice(n, which):
    limit = float(n)
    at = 0.0
    while which == 0 and at < limit:
        at += limit / 4
    while which != 1 and at < limit * 2:
        at += limit / 8
    while which != 2 and at < limit * 3:
        at += limit / 16
    return at


def produced(n, x):
    for i in range(n):
        try:
            yield i * x
        except ValueError:
            x += 1


def walked_by_generator(n):
    total = 0
    for i in range(3):
        source = produced(n, i)
        for value in source:
            total += value
            half = total / 2
            if value > 4:
                total += source.throw(ValueError)
                break
        kept = half
    return total, kept, half, value


def show(function, *arguments):
    print(function.__name__, *arguments, outcome(function, *arguments))


for number in (7, True, 1 << 40, -3):
    show(caught_inside, number)
for fails in (1, 4, 9):
    show(caught_outside, 3, fails)
    show(caught_outside, 2.5, fails)
for argument in (3, 2.5, 1 << 62):
    show(with_block, argument)
    show(finally_block, argument)
for count in (1, 3, 5):
    show(third_nest, count)
show(late_local, 9)
for count in (4, 6):
    show(deleted, count)
    show(falls_into, True, count * 2)
    show(falls_into, False, count)
for first in (True, False, False, True):
    show(skipped_double, 9, first)
for which in (0, 1, 2, 3, 0):
    show(skipped_nested, 5, which)
    show(skipped_twice, 7, which)
show(walked_by_generator, 6)
for repeat in range(250):
    results = [caught_inside(repeat), skipped_double(9, repeat & 1), skipped_nested(4, repeat & 3)]
    results += [skipped_twice(5, repeat % 3), late_local(5), falls_into(repeat & 1, 6), caught_outside(repeat, 3)]
print(results)
