# SPDX-License-Identifier: MIT
# Instances made in loops of compiled code, in cycles: the collector runs meanwhile, with finalizers that look at the
# frame, raise, and make more of them; switched off, it does not.
# compiled: cycles made_by watched with_sums pairs
import gc
import sys


class Node:
    def __init__(self, value):
        self.value = value
        self.other = self


ENDED = [0, 0]  # finalizers that ran, and those that saw a frame as it never was


class Watched(Node):
    def __del__(self):
        ENDED[0] += 1
        frame = sys._getframe(1)
        if frame.f_code is watched.__code__:
            i, total = frame.f_locals["i"], frame.f_locals["total"]
            ENDED[1] += i < self.value or total not in (i * (i - 1) * 0.25, i * (i + 1) * 0.25)
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


def watched(n):
    total = 0.0
    for i in range(n):
        total += Watched(i).value * 0.5
    return i


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
        waiting[0] = max(waiting[0], gc.get_count()[0])
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
    print(made_by(Node, 20_000))
    for _ in range(3):
        print(watched(6000), made_by(Watched, 1000))
        gc.collect()
    gc.collect()
    gc.collect()
    print(ENDED)
    print(largest_generation(cycles, 200_000) < 50_000, largest_generation(pairs, 100_000) < 50_000)
    gc.disable()
    before = collections()
    cycles(5000)
    print(collections() == before)
    gc.enable()
    cycles(5000)
    print(collections() > before)


main()
