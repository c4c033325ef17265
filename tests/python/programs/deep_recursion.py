# SPDX-License-Identifier: MIT
# compiled: down up_and_down raise_limit Tree.count leaf
# Recursion of Python functions is as deep as the limit allows, however small the C stack is: plain 3.11 needs none for it.
import sys
import threading

sys.setrecursionlimit(60000)


def down(n):
    if n == 0:
        return leaf()
    return 1 + down(n - 1)


def leaf():
    """What runs at the bottom needs some C stack."""
    return len(repr([[[[["x"]]]]])) + sorted([3, 1, 2], key=lambda n: -n)[0] + int("7" * 30) % 2 - 17


def up_and_down(n):
    for i in range(2):
        if n % 2 == i and n > 0:
            return 1 + up_and_down(n - 1)
    return 0


def raise_limit(n):
    sys.setrecursionlimit(sys.getrecursionlimit() + 1)
    return 1 + raise_limit(n - 1) if n else 0


class Tree:
    def __init__(self, below=None):
        self.below = below

    def count(self, start=0):
        return self.below.count(start=start + 1) if self.below else start


def chain(n):
    tree = Tree()
    for _ in range(n):
        tree = Tree(tree)
    return tree


def values(n):
    for i in range(3):
        yield down(n) + i


def make_large():
    body = "\n".join(f"    if n == -{i}: return {i}" for i in range(1, 900))
    namespace = {}
    exec(f"def large(n):\n{body}\n    if n == 0: return 0\n    return 1 + large(n - 1)\n", namespace)
    return namespace["large"]


def caught(n):
    try:
        return down(n)
    except RecursionError as error:
        return str(error).removesuffix(" in comparison")


def in_thread(size, function, *args):
    results = []
    threading.stack_size(size * 1024)
    threads = [threading.Thread(target=lambda: results.append(function(*args))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    threading.stack_size(0)
    return results


def traced(switch, tracer, n):
    switch(tracer)
    try:
        return down(n)
    finally:
        switch(None)


large = make_large()
print([down(n) for n in (10, 1000, 20000, 40000)], up_and_down(30000))
print(large(25000), chain(10000).count(), [*values(15000)])
print(traced(sys.settrace, lambda *event: None, 20000), traced(sys.setprofile, lambda *event: None, 20000))
for size in (64, 256):
    print(size, in_thread(size, down, 900), in_thread(size, down, 6000), in_thread(size, large, 3000))
    print(size, in_thread(size, up_and_down, 5000), in_thread(size, lambda: [*values(2000)]))
    print(size, in_thread(size, traced, sys.setprofile, lambda *event: None, 3000))
print(down(100), caught(200000), caught(200000), down(100))
# A tree that is freed recursively would be CPython's own matter.
sys.setrecursionlimit(1000)
print(raise_limit(30000), sys.getrecursionlimit())
