# SPDX-License-Identifier: MIT
"""What became of several functions: what `pyjion.explain` returns for a class or a property."""
from pyjion._explanation import Explanation


class Explanations(tuple[Explanation, ...]):
    """One `Explanation` for each function, in the order of their definition; `str()` is one after the other."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        return "".join(each._repr_html_() for each in self)
