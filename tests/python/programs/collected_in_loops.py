# SPDX-License-Identifier: MIT
# Instances made in loops of compiled code, in cycles: the collector runs meanwhile, with finalizers that look at the
# frame, raise, and make more of them; switched off, it does not.
# compiled: cycles made_by with_sums pairs
import gc
import sys


class Node:
    def __init__(self, value):
        self.value = value
        self.other = self


class Watched(Node):
    ended = 0
    early = 0

    def __del__(self):
        Watched.ended += 1
        frame = sys._getframe(1)
        if frame.f_code is made_by.__code__:
            Watched.early += frame.f_locals["i"] < self.value
        Node(self.value)
        if self.value % 7 == 0:
            self.value = None
            raise ValueError("nobody hears this")


def cycles(n):
    for i in range(n):
        Node(i)
    return i


def made_by(kind, n):
    for i in range(n):
        node = kind(i)
        node.other = [node]
    return node.value


def with_sums(n):
    total = 0
    for i in range(n):
        total += Node(i).value * 0.5
    return total


def pairs(n):
    first = Node(0)
    for i in range(n):
        second = Node(i)
        first.other, second.other = second, first
        first = second
    return first.other.value


def largest_generation(function, *arguments):
    """How many objects were waiting for the collector at most, when it came."""
    waiting = [0]

    def note(phase, facts):
        if phase == "start":
            waiting[0] = max(waiting[0], gc.get_count()[0])

    gc.callbacks.append(note)
    try:
        function(*arguments)
    finally:
        gc.callbacks.remove(note)
    return waiting[0]


def collections():
    return sum(generation["collections"] for generation in gc.get_stats())


def main():
    sys.unraisablehook = lambda unraisable: None
    for _ in range(3):
        print(cycles(3000), with_sums(3000), pairs(2000))
    gc.collect()
    print(made_by(Node, 3000))
    print(made_by(Watched, 4000))
    gc.collect()
    gc.collect()
    print(Watched.ended, Watched.early)
    print(largest_generation(cycles, 100_000) < 50_000, largest_generation(pairs, 100_000) < 50_000)
    gc.disable()
    before = collections()
    cycles(5000)
    print(collections() == before)
    gc.enable()
    cycles(5000)
    print(collections() > before)


main()
