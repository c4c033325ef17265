# SPDX-License-Identifier: MIT
# compiled: join repeat pad compare_all in_place
# The operators on texts and bytes, as fast loops see them.
from observing import outcome


def join(a, b, n):
    result = a
    for i in range(n):
        result = result + b
    return result


def in_place(n):
    result = ""
    for i in range(n):
        result += "ab"
        if i == 100:
            kept = result
    return len(kept) * 100000 + len(result)


def repeat(text, n):
    return text * n + n * text


def pad(n):
    return "%5d|%-5d|%s" % n


def pad(text, n):  # noqa: F811
    return text % n


def compare_all(a, b):
    if a == b:
        return "equal"
    if a < b:
        return "less"
    return "greater"


print(len(join("", "xyz", 1000)), join("s", "é", 5), join(b"", b"ab", 4), outcome(join, "a", 1, 3))
print(in_place(500), repeat("ab", 3), repeat(b"x", 0), outcome(repeat, "ab", 1.5), repeat("z", True))
print(pad("%5d|", 42), pad("%s", "x"), outcome(pad, "%d", "x"), outcome(pad, "%d %d", 1), pad("%r", "é"))
WORDS = ("", "a", "b", "ab", "A", "é", "aé", "𝒳", "a" * 100, "a" * 99 + "b")
for a in WORDS:
    print([compare_all(a, b) for b in WORDS])
print(outcome(compare_all, "a", 1), outcome(compare_all, b"a", "a"), outcome(compare_all, None, None))
