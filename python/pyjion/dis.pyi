# SPDX-License-Identifier: MIT
from typing import TextIO

from . import _Compilable

__all__: list[str]

def dis(f: _Compilable, file: TextIO | None = None, *, loop: int | None = None, all: bool = False) -> None: ...
def dis_native(f: _Compilable, file: TextIO | None = None, *, loop: int | None = None, all: bool = False) -> None: ...
