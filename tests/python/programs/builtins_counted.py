# SPDX-License-Identifier: MIT
# compiled: work counts
# Compiled code that calls builtins holds no reference to them that sys.getrefcount() would show; neither do builtins that
# were replaced meanwhile live on.
import builtins
import gc
import sys
import weakref


def work(items, n):
    total = 0
    for i in range(n):
        total = total + len(items) + abs(i) + ord("a") + sum(items) + isinstance(i, int)
        items.append(i)
        items.pop()
    return total


def counts():
    return [sys.getrefcount(f) for f in (len, abs, ord, sum, isinstance, range, list.append, list.pop)]


class Replaced:
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments) + 1


before = counts()
for _ in range(40):
    work([1, 2], 30)
print([after - count for after, count in zip(counts(), before)])
for _ in range(3):
    builtins.len = Replaced(len)
    reference = weakref.ref(builtins.len)
    print(work([1, 2], 30), [work([1, 2], 30) for _ in range(20)][-1])
    builtins.len = builtins.len.function
    gc.collect()
    print(work([1, 2], 30), reference())
