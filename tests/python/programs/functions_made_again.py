# SPDX-License-Identifier: MIT
# compiled: lists nested filtered made kept named weak sums
# Functions that are made, called and let go again and again: comprehensions, lambdas and inner functions, with free
# variables, defaults and annotations; those that somebody keeps, names, or waits for the end of.
import sys
import weakref

log = []


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def lists(count):
    total = 0
    for number in range(count):
        total += len([item for item in (number, 1, 2)]) + len({item: 1 for item in (number, 1)})
        total += len({item for item in (1, number)})
    return total


def nested(count):
    rows = []
    for number in range(count):
        rows.append([[row * column + number for column in range(3)] for row in range(3)])
    return rows[0], rows[-1]


def filtered(items, limits):
    return [[item for item in items if item < limit] for limit in limits]


def made(count):
    found = []
    for number in range(count):
        noisy = Noisy(number)

        def inner(step=number, *, more=1) -> "an annotation":
            """Described."""
            return step + more + noisy.name

        found.append((inner(), inner.__doc__, inner.__defaults__, inner.__kwdefaults__, inner.__annotations__))
        found[-1] += (inner.__module__, inner.__qualname__, inner.__closure__ is not None, inner.__dict__)
        inner.mark = number
        inner = None
        noisy = None
        log.append("behind")
    return found[0], found[-1]


def kept(count):
    functions = []
    for number in range(count):
        function = lambda: number  # noqa: E731
        function()
        if number % 3 == 0:
            functions.append(function)
    return [function() for function in functions[:4]], len(set(map(id, functions))) == len(functions)


def named(count):
    """A function is known by its module as it is when it is made."""
    names = set()
    for number in range(count):
        globals()["__name__"] = f"module {number // 25}"
        function = lambda: None  # noqa: E731
        names.add((function.__module__, function.__globals__ is globals()))
    globals()["__name__"] = "__main__"
    return sorted(names)


def weak(count):
    ended = []
    for number in range(count):
        function = lambda: number  # noqa: E731
        function()
        if number % 7 == 0:
            reference = weakref.ref(function, lambda _: ended.append(1))
        function = None
    return len(ended), reference() is None


def sums(count):
    total = 0
    for number in range(count):
        total += sum(item for item in (1, 2, number)) + any(item > 5 for item in (1, number))
        total += (lambda x, y=number: x + y)(2)
    return total


print(lists(5), lists(300))
print(nested(50))
print(filtered(range(12), [2, 5, 0, 30] * 10)[:4])
print(made(40))
print(log[:6], len(log))
print(kept(40), named(60), weak(50))
print(sums(5), sums(200))


def escaping(count):
    """What a comprehension calls may keep its function, by its frame."""
    found = []

    def look(item):
        if item == 13:
            found.append(sys._getframe(1).f_code.co_name)
        return item

    for _ in range(count):
        [look(item) for item in (1, 13)]
    return found[:2], len(found)


print(escaping(60))
