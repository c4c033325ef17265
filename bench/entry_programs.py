# SPDX-License-Identifier: MIT
"""Programs whose time is in entries of functions: each takes the number of rounds."""
from __future__ import annotations

import argparse


def argparse_program(rounds: int) -> None:
    parser = argparse.ArgumentParser(prog="copy", exit_on_error=False)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("target")
    parser.add_argument("-v", "--verbose", action="count", default=0)
    parser.add_argument("-n", "--dry-run", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("-e", "--exclude", action="append", default=[])
    parser.add_argument("-o", "--output", metavar="FILE")
    parser.add_argument("--retries", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--mode", choices=["fast", "safe", "check"], default="safe")
    parser.add_argument("--no-links", dest="links", action="store_false")
    words = ["-vv", "--jobs", "4", "-e", "*.o", "--exclude=*.pyc", "--mode", "fast", "--scale=2.5", "a", "b", "c"]
    for _ in range(rounds):
        parsed = parser.parse_args(words)
        assert parsed.jobs == 4 and parsed.sources == ["a", "b"]


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y

    def moved(self, dx: int, dy: int) -> Point:
        return Point(self.x + dx, self.y + dy)

    def norm(self) -> int:
        return abs(self.x) + abs(self.y)

    @property
    def is_origin(self) -> bool:
        return self.norm() == 0


def method_program(rounds: int) -> None:
    point = Point(0, 0)
    for _ in range(rounds):
        for _ in range(20):
            point = point.moved(1, -1)
            if point.is_origin:
                raise AssertionError("it has moved")


def countdown(start: int):
    while start > 0:
        yield start
        start -= 1


def pairs(start: int):
    yield from zip(countdown(start), countdown(start))


async def answer(value: int) -> int:
    return value + 1


async def chain(length: int) -> int:
    value = 0
    for _ in range(length):
        value = await answer(value)
    return value


def generator_program(rounds: int) -> None:
    for _ in range(rounds):
        assert sum(left * right for left, right in pairs(20)) == 2870
        try:
            chain(10).send(None)
        except StopIteration as stop:
            assert stop.value == 10


PROGRAMS = {"argparse": argparse_program, "methods": method_program, "generators": generator_program}
