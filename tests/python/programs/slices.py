# SPDX-License-Identifier: MIT
# compiled: part head tail both chosen prefix starts kept raised stepped stored
# Subscripts by slices, whose objects nobody sees: of all builtin sequences and of others, with bounds of all kinds.
import gc

from observing import outcome, specialise, value_text


def part(s, i, j):
    return s[i:j]


def head(s, j):
    return s[:j]


def tail(s, i):
    return s[i:]


def both(s, i, j):
    return s[:i] + s[i:j] + s[j:]


def chosen(s, i, flag):
    return s[i if flag else -i : len(s) if flag else None]


def prefix(s):
    return s[:2]


def starts(words, start):
    found = 0
    for word in words:
        if prefix(word) == start:
            found += 1
    return found


def kept(s, i):
    made = slice(i, None)
    return s[made], made


def raised(s, i):
    try:
        return s[i:i]
    except (TypeError, ValueError) as error:
        return type(error).__name__, str(error)


def stepped(s, i):
    return s[i::2], s[::-1]


def stored(s, i):
    s[i : i + 2] = s[:i]
    del s[i:]
    return s


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        if self.value is None:
            raise ValueError("no index")
        return self.value


    def __repr__(self):
        return f"Index({self.value})"


class Own:
    def __getitem__(self, key):
        return key


class Text(str):
    def __getitem__(self, key):
        return "own", key


class Shorter(list):
    pass


SEQUENCES = [
    [1, 2, 3, 4, 5],
    (1, 2, 3, 4, 5),
    "abcde",
    "äöü߀",
    "a\U0001f600bcd",
    b"abcde",
    bytearray(b"abcde"),
    range(5),
    memoryview(b"abcde").tolist(),
    Text("abcde"),
    Shorter([1, 2, 3, 4, 5]),
    Own(),
    [],
    (),
    "",
    b"",
    {1: 2},
    None,
]
BOUNDS = [0, 2, -2, 5, 7, -9, None, True, 2**40, -(2**40), 2**80, Index(3), Index(-1), Index(None), 1.5, "x"]

for function, *arguments in ((part, "abcde", 1, 3), (head, [1, 2, 3], 2), (tail, (1, 2, 3), 1), (both, b"abcde", 1, 3)):
    specialise(function, lambda: function(*arguments))
specialise(chosen, lambda: chosen("abcde", 2, True))
specialise(starts, lambda: starts(["abc", "abd", "b"], "ab"))
specialise(kept, lambda: kept("abc", 1))
specialise(raised, lambda: raised("abc", 1))
specialise(stepped, lambda: stepped("abcde", 1))
specialise(stored, lambda: stored([1, 2, 3, 4, 5], 2))

for sequence in SEQUENCES:
    print(type(sequence).__name__)
    for i in BOUNDS:
        if isinstance(sequence, dict) and i.__hash__ is None:
            continue
        print(outcome(head, sequence, i), outcome(tail, sequence, i), *[outcome(part, sequence, i, j) for j in (1, -1, None)])
    for i, j in ((1, 3), (3, 1), (-3, -1), (0, 9)):
        print(outcome(both, sequence, i, j), outcome(chosen, sequence, i, i < 2), outcome(kept, sequence, i))
    print(outcome(prefix, sequence), raised(sequence, 1), raised(sequence, Index(None)), outcome(stepped, sequence, 1))

for sequence in ("abcde", (1, 2), b"abc"):
    print(head(sequence, None) is sequence, tail(sequence, 0) is sequence, part(sequence, -9, 9) is sequence)
made = [1, 2]
print(head(made, None) is made, starts(["abc", "abd", "b", Text("ab"), "äb"], "ab"), outcome(starts, ["ab", 5], "ab"))
print(value_text(stored([1, 2, 3, 4, 5], 2)), outcome(stored, (1, 2), 1))


class Watched:
    def __init__(self):
        self.me = self

    def __del__(self):
        seen.append("died")


seen = []
for i in range(2000):
    Watched()
    tail([Watched(), i], 1)
gc.collect()
print(len(seen))
