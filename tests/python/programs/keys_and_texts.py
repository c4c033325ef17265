# SPDX-License-Identifier: MIT
# compiled: items members sequences characters same choose changing deaths
# Keys of dicts, members of tuples and lists, characters and equal strings: of the types that are looked at without the
# way through them, of types that only look so, and with comparisons that run code, raise, or change the container.
import sys

from observing import outcome, value_text


class Text(str):
    def __eq__(self, other):
        log.append(("Text", str.__str__(self), type(other).__name__))
        return str.__eq__(self, other)

    __hash__ = str.__hash__


class Number(int):
    def __eq__(self, other):
        log.append(("Number", int(self), type(other).__name__))
        return int.__eq__(self, other)

    __hash__ = int.__hash__


class Fails:
    def __init__(self, hashed):
        self.hashed = hashed

    def __hash__(self):
        return hash(self.hashed)

    def __eq__(self, other):
        raise ArithmeticError(type(other).__name__)

    def __repr__(self):
        return f"Fails({self.hashed!r})"


class Default(dict):
    def __missing__(self, key):
        return "default", key


log = []


def items(table, keys):
    found = []
    for key in keys:
        try:
            found.append(table[key])
        except (KeyError, TypeError, ArithmeticError) as error:
            found.append((type(error).__name__, str(error)))
    return found


def members(table, keys):
    found = []
    for key in keys:
        found.append(key in table)
        found.append(key not in table)
    return found


def sequences(sequence, values):
    count = 0
    for value in values:
        if value in sequence:
            count += 1
        if value not in sequence:
            count += 100
    return count


def characters(text, places):
    found = []
    for place in places:
        found.append(text[place])
        if text[place] == "c":
            found.append(place)
    return found


def same(left, right):
    count = 0
    for one in left:
        for other in right:
            if one == other:
                count += 1
            if one != other:
                count += 1000
    return count


def choose(words):
    kinds = []
    for word in words:
        if word in ("a", "be", "sea"):
            kinds.append(1)
        elif word in ["d", 5, 600, None]:
            kinds.append(2)
        elif not word:
            kinds.append(3)
        else:
            kinds.append(0)
    return kinds


class Clears:
    def __init__(self, container):
        self.container = container

    def __hash__(self):
        return 7

    def __eq__(self, other):
        self.container.clear()
        return False


def changing(make, key):
    container = make()
    found = [key in container, len(container)]
    return found


def deaths(n):
    told = []

    class Told(list):
        def __del__(self):
            told.append(len(self))

    for i in range(n):
        table = {i: Told(range(i)), "key": Told()}
        table[i]
        del table
        told.append("after")
        told.append({"a": i}["a"] in [i])
    return told


keys = ["a", "".join(["a", "b"]), "é", "", 0, 1, -1, 5, 300, 2**40, 2**61 - 1, True, 1.0, 2.5, None, (1, 2), Text("a")]
keys += [Number(5), Fails("a"), Fails(300), b"a", "\u0430", "absent", [], {}]
tables = [
    {},
    {"a": 1, "ab": 2, "é": 3},
    {0: "zero", 1: "one", -1: "minus", 300: "many", 2**40: "more", "a": "text"},
    {Text("a"): "odd", Number(5): "number", 1.0: "float", 2**61 - 1: "zero's hash"},
    {Fails("absent"): 1, "ab": 2},
    Default(a="own"),
    {i: str(i) for i in range(-50, 500)},
    {f"k{i}": i for i in range(300)},
]


def all_tables():
    for table in tables:
        log.clear()
        print(value_text(items(table, keys)), log[-6:])
        for key in keys:
            print(outcome(members, table, [key, key]), end=" ")
        print(len(log))


for _ in range(3):
    all_tables()

values = ["a", "b", 1, 1.0, True, 300, 2**40, None, Text("a"), Number(300), "é", (1,), float("nan")]
for sequence in (), ("a", "b"), ["x", 1, 300], (1.0, True, None), [Text("a"), Number(300)], tuple(values), [Fails(1), "a"]:
    log.clear()
    for _ in range(4):
        print(outcome(sequences, sequence, values), len(log), end="; ")
print()

for text in "abcabc", "aéc", "a\u0430c", "", "a\U0001f600c", Text("abc"), "c" * 300:
    print(outcome(characters, text, list(range(-len(text), len(text))) * 2)[:200])
    for place in (len(text), -len(text) - 1, 2**70, True, None, "a", 1.0, slice(1, 3)):
        print(outcome(characters, text, [0, place])[:80] if text else outcome(characters, text, [place])[:80], end=" ")
print(characters("abc", [0, 1, 2])[0] is chr(97), characters("é", [0])[0] is chr(233))

texts = ["", "a", "b", "ab", "".join(["a", "b"]), "é", "\u0430", "ab" * 40, "ab" * 39 + "ac", "a\0b"]
for _ in range(4):
    print(same(texts, texts), same(texts, [1, None, b"a", Text("a")]), same([1, 300, 2.5], [1.0, 300, 2**70]))
print(choose(["a", "be", "sea", "d", 5, 600, None, "", [], (), {}, 0, "else", 601, "be" + "a"] * 5))

for _ in range(4):
    for make in (lambda: {Clears(tables[0]): 1, 8: 2}), (lambda: [Clears([]), 7]), (lambda: (Clears([1]), 7)):
        print(changing(make, 7), changing(make, "7"), changing(make, 8), end=" ")
    own = {}
    own[Clears(own)] = 1
    print(outcome(changing, lambda: own, 7))
print(deaths(8))
counted = [sys.getrefcount("counted key"), sys.getrefcount(keys[8])]
for _ in range(50):
    items({"counted key": keys[8]}, ["counted key"])
    members({"counted key": keys[8]}, ["counted key", keys[8]])
print([sys.getrefcount("counted key"), sys.getrefcount(keys[8])] == counted)
