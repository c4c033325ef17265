# SPDX-License-Identifier: MIT
"""mypy checks generated modules with classes, protocols, generics and mistakes."""
import pathlib
import re
import sys

from mypy import api

HEAD = """\
from __future__ import annotations

import dataclasses
from typing import Callable, Generic, Iterable, Optional, Protocol, TypeVar, Union

T = TypeVar("T")
"""
PART = """

class Sized{number}(Protocol):
    def size(self) -> int: ...


@dataclasses.dataclass
class Box{number}(Generic[T]):
    content: T
    name: str = "box"

    def map(self, change: Callable[[T], int]) -> Box{number}[int]:
        return Box{number}(change(self.content))

    def size(self) -> int:
        return len(self.name)


def total{number}(things: Iterable[Sized{number}]) -> int:
    return sum(thing.size() for thing in things)


def first{number}(values: list[T], default: Optional[T] = None) -> Union[T, str]:
    for value in values:
        return value
    if default is None:
        return "nothing"
    return default


def wrong{number}() -> int:
    box = Box{number}("text").map(len)
    numbers: dict[str, list[int]] = {{"a": [box.content], "b": ["c"]}}
    return numbers["a"]


print(total{number}([Box{number}(1), Box{number}("a")]) + first{number}([1, 2]))
"""


def main(size):
    for number in range(size):
        parts = [PART.format(number=number * 10 + part) for part in range(10)]
        pathlib.Path(f"module{number}.py").write_text(HEAD + "".join(parts))
    command = ["--no-incremental", "--cache-dir=/dev/null", "--no-error-summary", "--strict"]
    said, wrong, status = api.run(command + [f"module{number}.py" for number in range(size)])
    print(status, wrong, len(said.splitlines()), sorted(set(re.findall(r"\[[\w-]+\]$", said, re.MULTILINE))))


if __name__ == "__main__":
    main(int(sys.argv[1]))
