# SPDX-License-Identifier: MIT
# compiled: total copy add fill dots bytes_of poke nested in_handler squares of_self ends
# Numbers that compiled code loads from and stores into arrays, bytes and bytearrays, in place: each typecode, the ends of
# its range, other kinds and sizes at the same site, wrong indices and values, and arrays that grow or shrink meanwhile.
import array
import sys

from observing import outcome, value_text, warm

CODES = "bBhHiIlqfd"


def total(numbers, n):
    result = 0
    for i in range(n):
        result = result + numbers[i] + numbers[i - n]
    return result


def copy(to, numbers, n):
    for i in range(n):
        to[i] = numbers[n - 1 - i]
    return to


def add(numbers, amount, n):
    for i in range(n):
        numbers[i] += amount
        numbers[-1] -= amount
    return numbers


def fill(numbers, value, n):
    for i in range(n):
        numbers[i] = value
    return numbers


def dots(left, right, at, n):
    result = 0.0
    for i in range(n):
        result += left[at[i]] * right[i]
    return result


def bytes_of(data, n):
    result = 0
    for i in range(n):
        result = (result * 31 + data[i]) % 65521
    return result


def poke(data, n):
    for i in range(n):
        data[i] = data[i] ^ 0x55
    return data


def nested(rows, n):
    result = 0
    for i in range(n):
        for j in range(n):
            rows[i][j] = rows[j][i] + 1
            result += rows[i][j]
    return result


def in_handler(numbers, indices, value):
    seen = []
    for index in indices:
        try:
            numbers[index] = value
            seen.append(numbers[index])
        except (IndexError, TypeError, OverflowError, ValueError) as error:
            seen.append((type(error).__name__, str(error), error.__traceback__.tb_lineno - in_handler.__code__.co_firstlineno))
    return seen


def squares(n):
    numbers = array.array("i", [0]) * n
    for i in range(n):
        numbers[i] = i * i
    return numbers


class Generator:
    def __init__(self):
        self.state = array.array("d", [0.25, 0.5, 0.125, 0.75])
        self.at = 0

    def step(self):
        state, at = self.state, self.at
        value = state[at] + state[at - 1]
        if value >= 1.0:
            value -= 1.0
        self.state[at] = value
        self.at = at - 1 if at > 0 else 3
        return value


def of_self(n):
    generator = Generator()
    result = 0.0
    for _ in range(n):
        result += generator.step()
    return result


def ends(numbers, least, most):
    numbers[0] = least
    numbers[1] = most
    return numbers[0], numbers[1], numbers[-1] - numbers[-2]


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Number:
    def __repr__(self):
        return "Number()"

    def __float__(self):
        return 2.5

    def __index__(self):
        return 7


class MyArray(array.array):
    def __getitem__(self, index):
        return 1000

    def __setitem__(self, index, value):
        array.array.__setitem__(self, index, 5)


class MyBytes(bytes):
    def __getitem__(self, index):
        return 3


def numbers_of(code, n=40):
    return array.array(code, range(n))


for code in CODES:
    warm(total, numbers_of(code), 40)
    print(code, total(numbers_of(code), 40), type(total(numbers_of(code), 40)).__name__)
    print(code, copy(array.array(code, [0]) * 10, numbers_of(code, 10), 10).tolist())
    print(code, outcome(lambda: add(numbers_of(code, 10), 3, 10).tolist()))

# Other kinds where one was expected, lists and what is indexed otherwise among them.
for numbers in (numbers_of("d"), numbers_of("i"), bytes(range(40)), bytearray(range(40)), list(range(40)), tuple(range(40)),
                MyArray("d", range(40)), MyBytes(range(40)), {i: i for i in range(-40, 40)}, range(40), memoryview(bytes(range(40)))):
    print(type(numbers).__name__, total(numbers, 40))
print(outcome(lambda: total("abc", 3)))
print(outcome(lambda: total(numbers_of("d", 3), 4)))
print(outcome(lambda: total(array.array("u", "abc"), 3)))
print(outcome(lambda: total(array.array("d"), 1)))

# Ends of the ranges. What does not fit raises and leaves the rest as it was.
for code in CODES:
    size = 8 * array.array(code).itemsize
    signed = code.islower()
    least, most = (-(1 << size - 1), (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)
    if code in "fd":
        least, most = -1e30, sys.float_info.max
    numbers = numbers_of(code, 2)
    warm(ends, numbers, 1, 2)
    print(code, outcome(lambda: ends(numbers, least, most)), numbers.tolist())
    if code not in "fd":
        print(code, outcome(lambda: ends(numbers, least - 1, most)), numbers.tolist())
        print(code, outcome(lambda: ends(numbers, least, most + 1)), numbers.tolist())
        print(code, outcome(lambda: ends(numbers, 1, 1 << 70)), numbers.tolist())

# Values of other types.
for numbers in (numbers_of("d", 5), numbers_of("f", 5), numbers_of("i", 5), numbers_of("B", 5), bytearray(5)):
    warm(fill, numbers, 1, 5)
    for value in (1, 2.5, True, 1 << 53, (1 << 53) + 1, -1, 1 << 80, float("inf"), float("nan"), 1e300, Number(), "x", None):
        text = outcome(lambda: list(fill(numbers, value, 5)))
        print(type(numbers).__name__, value_text(value), text)

# Doubles first, ints after, at the same site, and the other way round.
floats = numbers_of("d", 8)
warm(fill, floats, 0.5, 8)
print(fill(floats, 3, 8).tolist(), fill(floats, 0.25, 8).tolist())

at = array.array("i", range(31, -1, -1))
warm(dots, numbers_of("d", 32), numbers_of("d", 32), at, 32)
print(dots(numbers_of("d", 32), numbers_of("f", 32), at, 32))
print(dots(numbers_of("d", 32), [2] * 32, at, 32))
at[5] = 99
print(outcome(lambda: dots(numbers_of("d", 32), numbers_of("d", 32), at, 32)))

data = bytes(i * 7 & 255 for i in range(64))
warm(bytes_of, data, 64)
print(bytes_of(data, 64), bytes_of(bytearray(data), 64), bytes_of(array.array("B", data), 64), bytes_of(memoryview(data), 64))
print(outcome(lambda: bytes_of(data, 65)))
changed = bytearray(data)
warm(poke, changed, 64)
print(poke(changed, 64).hex(), bytes_of(changed, 64))
print(outcome(lambda: poke(data, 3)))

rows = [array.array("d", [0.0]) * 6 for _ in range(6)]
warm(nested, rows, 6)
print(nested(rows, 6), [row.tolist() for row in rows])
rows[3] = [1] * 6
print(nested(rows, 6))
rows[2] = array.array("q", [1 << 62, -(1 << 62), 5, 6, 7, 8])
print(outcome(lambda: nested(rows, 6)))

for numbers in (numbers_of("d", 4), numbers_of("h", 4), bytearray(4), bytes(4)):
    warm(in_handler, numbers, (0, 1, -1), 1)
    print(in_handler(numbers, (0, -4, 4, -5, 1 << 70, True, Index(2), Index(9), "0", 1.0, None), 3))
    print(in_handler(numbers, (0, 1), "no number"), in_handler(numbers, (0, 1), 1 << 40))

warm(squares, 40)
print(squares(50).tolist())
print(outcome(lambda: squares(50000)))

warm(of_self, 50)
print(of_self(1000))


def shrinking(numbers, n):
    numbers = numbers[:]
    seen = []
    for i in range(n):
        seen.append(numbers[i])
        numbers.pop()
    return seen


def growing(numbers, n):
    numbers = numbers[:]
    for i in range(n):
        numbers.append(numbers[i] + 1)
        numbers[i] = 0
    return numbers


warm(shrinking, numbers_of("i", 400), 2)
print(outcome(lambda: shrinking(numbers_of("i", 10), 10)))
warm(growing, numbers_of("i", 4), 5)
print(growing(array.array("i", [1]), 100).tolist())

# Somebody looks at the numbers while they change.
shared = numbers_of("d", 16)
with memoryview(shared) as view:
    fill(shared, 1.5, 16)
    print(view.tolist() == shared.tolist(), outcome(lambda: shared.append(2.0)))


class Loud:
    """Looks at the array whenever it is asked for an index."""

    def __init__(self, numbers):
        self.numbers = numbers

    def __index__(self):
        self.numbers.append(self.numbers[0])
        return len(self.numbers) - 1


loud = numbers_of("i", 3)
print(outcome(lambda: fill(loud, 7, 3)), outcome(lambda: loud[Loud(loud)]), loud.tolist())
