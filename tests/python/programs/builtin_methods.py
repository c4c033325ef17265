# SPDX-License-Identifier: MIT
# compiled: texts lists dicts sets functions classes
# Methods of builtin types, builtin functions and classes by all conventions: results, errors, arguments that are too many
# or too few, instances of derived classes, what they run, and when arguments die.
import sys

from observing import outcome, value_text


def texts(items):
    result = []
    for s in items:
        result.append((s.isalnum(), s.isupper(), s.lower(), s.strip(), s.split(), s.split(None, 1), s.find("a"),
                       s.startswith("a"), s.partition("-"), s.join(["x", "y"]), s.replace("a", "b"), s.encode()))
        if s.isdigit() and not s.islower():
            result.append(s.zfill(6))
        if s.count("a") > 1:
            result.append(s.index("a"))
    return result


def lists(items, more):
    items.extend(more)
    removed = 0
    for item in more:
        items.append(item)
        items.insert(0, item)
        removed += items.count(item) + items.index(item)
        items.remove(item)
    copied = items.copy()
    copied.reverse()
    last = copied.pop(), copied.pop(0)
    copied.sort()
    items.clear()
    return removed, copied, last, items


def dicts(d, keys):
    hits = 0
    for key in keys:
        if d.get(key) is None:
            d.setdefault(key, hits)
        hits += d.get(key, 0)
        hits += d.pop(key, 1)
    return hits, sorted(d.items()), list(d.keys()), list(d.values()), d.copy()


def sets(values):
    made = set()
    for value in values:
        made.add(value)
        made.discard(value + 1)
    return sorted(made), made.isdisjoint(values), made.issubset(values), made.copy() == made


def functions(values):
    total = 0
    for value in values:
        total += divmod(value, 7)[1] + abs(value) + hash(value) % 3 + ord(chr(value % 100 + 40))
        total += next(iter((value,)), 0) + round(value / 3) + sum((value, 1)) + len(sorted((value, 2), reverse=True))
        if hasattr(value, "real") and callable(int) and getattr(value, "none", None) is None:
            total += len(globals()) * 0 + len(repr(value))
    return total


def classes(values):
    result = []
    for value in values:
        result.append((int(value), float(value), bool(value), str(value), list((value,)), tuple([value]), dict(a=value),
                       dict(), set(), frozenset((value,)), type(value), int(), str(), int("12", 13), list(), tuple()))
    return result


class Text(str):
    def lower(self):
        return "mine"


class Ordered(dict):
    def __missing__(self, key):
        return 5


class Stack(list):
    pass


class Odd:
    def __init__(self, log, name):
        self.log = log
        self.name = name

    def __eq__(self, other):
        self.log.append(("eq", self.name))
        return self is other

    def __hash__(self):
        self.log.append(("hash", self.name))
        return 7

    def __del__(self):
        self.log.append(("del", self.name))

    def __int__(self):
        self.log.append(("int", self.name))
        return 3

    def __str__(self):
        return Text("odd")


for _ in range(30):
    seen = [texts(["abc", "A1", "  12 ", "a-a-a", "77"]), lists([3, 1], [2, 2, 5]), dicts({1: 2}, [1, 2, 3, 1]),
            sets(range(5)), functions(range(9)), classes([1, 2])]
print(value_text(seen[:2]))
print(value_text(seen[2:5]))
print(seen[5])
print(texts([Text("Abc"), "abc", Text("12")]))
print(lists(Stack([3, 1]), [2]), dicts(Ordered(), [1, 2]))
for wrong in ([None], ["a", 1], ["a", b"a"], [["a"]]):
    print(outcome(texts, wrong), outcome(lists, wrong, "ab"), outcome(dicts, wrong, [1]), outcome(sets, wrong))
print(outcome(dicts, {}, [[]]), outcome(functions, ["a"]), outcome(classes, ["b"]), outcome(classes, [10**400]))


def wrong_counts(s, items, d):
    errors = []
    for number in range(9):
        try:
            if number == 0:
                s.lower(1)
            elif number == 1:
                items.count()
            elif number == 2:
                d.get()
            elif number == 3:
                d.get(1, 2, 3)
            elif number == 4:
                items.append(1, 2)
            elif number == 5:
                divmod(1)
            elif number == 6:
                globals(1)
            elif number == 7:
                int(1, 2, 3)
            else:
                type()
        except TypeError as error:
            errors.append(str(error))
    return errors


for _ in range(20):
    errors = wrong_counts("a", [1], {})
print(errors)


def lifetimes(log):
    items = []
    for k in range(3):
        items.append(Odd(log, k))
        items.count(Odd(log, "counted"))
        {}.get(Odd(log, "key"), Odd(log, "default"))
        log.append(int(Odd(log, "number")))
        log.append(str(Odd(log, "text")))
        set().add(Odd(log, "member"))
        log.append("next")
    items.clear()
    return log


for _ in range(20):
    log = lifetimes([])
print(log)


def replaced_meanwhile(items, swap):
    global list
    made = []
    for k in range(len(items)):
        if k == swap:
            list = tuple
        made.append(list(items[k]))
    return made


for swap in (-1, -1, -1, 3):
    print(replaced_meanwhile(["ab", "c", "d", "e", "f"] * 4, swap))
del list


def deep(n, items):
    return items.count(n) + abs(n) + len(str(n)) if n == 0 else deep(n - 1, items)


for _ in range(30):
    deep(20, [1])


def at_the_limit():
    limit = sys.getrecursionlimit()
    results = []
    for extra in range(-12, 4):
        try:
            results.append(deep(limit - 60 + extra, [0]))
        except RecursionError:
            results.append("limit")
    return set(results) <= {2, 1, "limit"}


print(at_the_limit())
