# SPDX-License-Identifier: MIT
"""Uses everything that the package offers. test_stubs.py runs it, and has mypy check it with --strict."""
from __future__ import annotations

import functools
import io
import pathlib
import tempfile

import pyjion
import pyjion.dis


def half(x: float) -> float:
    return x / 2


@pyjion.suppress
def slow(x: int) -> int:
    return x + 1


@pyjion.compile
def fast(x: int) -> int:
    return x * 2


@pyjion.pause
def paused(x: int) -> str:
    return str(fast(x))


@pyjion.pause()
def paused_too(x: int) -> str:
    return str(slow(x))


@functools.lru_cache
def cached(x: int) -> int:
    return x


@pyjion.compile
class Shape:
    def __init__(self, side: float) -> None:
        self.side = side

    @property
    def area(self) -> float:
        return self.side**2

    @pyjion.compile
    @classmethod
    def unit(cls) -> Shape:
        return cls(1.0)

    @pyjion.suppress
    @staticmethod
    def corners() -> int:
        return 4


def main() -> None:
    changed: bool = pyjion.enable(strict=False)
    reason: str | None = pyjion.status()["reason"]
    python: str = pyjion.status()["python"]
    total: float = half(3.0) + fast(2) + slow(1) + Shape.unit().area + Shape.corners() + cached(1)
    with pyjion.pause() as block:
        print(changed, reason, python, total, block, paused(1), paused_too(1))
    count: int = pyjion.info(half)["run_count"] + pyjion.info(Shape(2.0).__init__)["run_count"]  # type: ignore[misc]
    explanation: pyjion.Explanation = pyjion.explain(functools.partial(half, 1.0))
    tier: str = explanation.tier
    lines: list[int] = [each.line for each in pyjion.explain(Shape)]
    lines += [each.line for each in pyjion.explain(functools.singledispatchmethod(half))]
    print(count, explanation, tier, lines, explanation.reason_line or 0, explanation.to_dict())
    pyjion.unsuppress(slow)
    pyjion.compile(half, full=True)
    try:
        pyjion.require_full(cached)
    except pyjion.NotFullyOptimised as error:
        print(error)
    options = pyjion.config(threshold=2, budget="inf", fuel="unlimited", verify=1, gdb=False)
    budget: float = options["budget"]
    limit: int | str = options["fuel"]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "pyproject.toml")
        path.write_text("[tool.pyjion]\nthreshold = 3\n")
        pyjion.report(pathlib.Path(folder, "page.html"))
        seconds: float = sum(each.compiled_seconds for each in pyjion.functions())
        print(seconds, budget, limit, pyjion.load_config(path)["threshold"], pyjion.statistics()["compiled"])
    pyjion.dis.dis(half, file=io.StringIO())
    pyjion.dis.dis_native(half, file=io.StringIO())
    print(pyjion.disable(), pyjion.__version__)


if __name__ == "__main__":
    main()
