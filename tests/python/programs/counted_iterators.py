# SPDX-License-Identifier: MIT
# compiled: plain counted both mixed shared changing listed nested strict numbers stored
# Loops over lists and tuples, enumerated and zipped, in which the iterators are at hand for others, and in which the
# sequences, the iterators and the types of the items change in the middle.
import gc
import itertools
import sys

from observing import outcome, value_text

log = []


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(("dies", self.name))


class Own(list):
    """It iterates as lists do."""


class Other(list):
    def __iter__(self):
        return reversed(self)


def plain(items):
    total = []
    for item in items:
        total.append(item)
    return total


def counted(items, start=0):
    total = []
    for n, item in enumerate(items, start):
        total.append((n, item))
    return total


def both(a, b):
    total = []
    for x, y in zip(a, b):
        total.append((x, y))
    return total


def mixed(kinds):
    """One loop over iterators of all kinds."""
    found = []
    for kind in kinds:
        for pair in kind():
            found.append(pair)
    for kind in kinds:
        try:
            for x, y in kind():
                found.append((y, x))
        except (TypeError, ValueError) as error:
            found.append(str(error))
    return found


def shared(items):
    """The iterator is asked by others as well, and one iterator comes twice."""
    iterator = iter(items)
    found = []
    for item in iterator:
        found.append((item, next(iterator, None)))
    for a, b in zip(*[iter(items)] * 2):
        found.append((a, b))
    pairs = enumerate(items)
    for n, item in pairs:
        found.append((n, item))
        if n % 3 == 0:
            found.append(next(pairs, "end"))
    return found


def changing(items):
    """The list grows and shrinks while it is iterated over; at its end an iterator stays at its end."""
    found = []
    iterator = iter(items)
    for n, item in enumerate(iterator):
        found.append((n, item))
        if n < 20:
            items.append(n)
        elif n % 4 == 0:
            del items[-2:]
    items.extend((1, 2, 3))
    found.append((list(iterator), len(items)))
    for a, b in zip(items, items[:]):
        items.clear()
        found.append((a, b))
    return found


def listed(items):
    return [item for item in items], [n * item for n, item in enumerate(items)], [a + b for a, b in zip(items, items)]


def nested(rows):
    total = 0
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            for x, y in zip(row, rows[j % len(rows)]):
                total += i * cell + x * y
    return total


def strict(a, b):
    found = []
    for x, y in zip(a, b, strict=True):
        found.append(x)
        found.append(y)
    return found


def numbers(items):
    """What is used as a number is stored first, and may be something else."""
    total = 0
    for n, item in enumerate(items):
        total += item * n
        last = item
    return total, last


def stored(items):
    """What a local held dies when the next item is stored, and is told so in order."""
    for n, item in enumerate(items):
        log.append(("stored", n))
        items[n] = None
    item = None
    for item in [Dies("a"), 1.5, Dies("b"), 2.5]:
        log.append(("item", type(item).__name__))
        if type(item) is float:
            log.append(item * 2)
    return len(log)


def generated(n):
    yield from range(n)


def kinds(n):
    data = list(range(n))
    return [
        lambda: data,
        lambda: tuple(data),
        lambda: enumerate(data),
        lambda: zip(data, data),
        lambda: zip(data, tuple(data)),
        lambda: zip(data, data, data),
        lambda: zip(data, range(n)),
        lambda: enumerate(range(n)),
        lambda: enumerate(generated(n)),
        lambda: generated(n),
        lambda: {i: -i for i in data},
        lambda: {i: -i for i in data}.items(),
        lambda: "ab" * n,
        lambda: Own(data),
        lambda: Other(data),
        lambda: enumerate(Own(data)),
        lambda: map(lambda i: (i, i), data),
        lambda: enumerate(data, 1 << 70),
        lambda: enumerate(data, sys.maxsize - n // 2),
        lambda: enumerate(data, (1 << 61) - n // 2),
    ]


N = 60
data = list(range(N))
for turn in range(6):
    for items in (data, tuple(data), Own(data), Other(data), range(N), [], ()):
        print(turn, value_text(plain(items))[-60:], value_text(counted(items))[-60:], value_text(both(items, data))[-60:])
    print(value_text(counted(data, 1 << 70))[-60:], value_text(counted(data, -5))[:60])
    print(value_text(counted(data, sys.maxsize - 30))[-80:], value_text(counted(data, (1 << 61) - 30))[-80:])
    print(value_text(both(data, data[:30]))[-60:], value_text(both(data[:30], tuple(data)))[-60:])
    print(value_text(shared(data))[-200:], len(shared(data)))
    print(value_text(changing(list(data)))[-300:])
    print(value_text(listed(data))[-100:])
    print(nested([data[:9], data[1:10], data[2:11]]))
    print(outcome(strict, data, data)[-60:], outcome(strict, data, data[1:]), outcome(strict, data[1:], data))
    for items in (data, [1.5] * N, data[:30] + [2.5] * 30, [None, 1], ["a", 2], [1 << 80, 3, 0.5], [True, 2]):
        print(outcome(numbers, items)[:100])
    log.clear()
    print(stored([Dies(i) for i in range(5)]), log)
print(value_text(mixed(kinds(12)))[:2000])
print(value_text(mixed(list(itertools.chain(*[kinds(3)] * 4))))[-2000:])

first, second = iter(data), iter(data)
pairs = zip(first, second)
for x, y in pairs:
    if x == 50:
        break
print(next(first), next(second), next(pairs), sys.getrefcount(data) - sys.getrefcount([]), gc.collect() >= 0)
