# SPDX-License-Identifier: MIT
from collections.abc import Callable
from functools import singledispatchmethod
from os import PathLike
from types import CodeType, TracebackType
from typing import Any, Literal, Protocol, TypedDict, TypeVar, overload

from ._explanation import Explanation as Explanation
from ._explanations import Explanations as _Explanations
from ._functions import Functions as _Functions

class _Descriptor(Protocol):
    """What holds a function in a class: a classmethod, staticmethod, property, cached_property, partialmethod."""

    def __get__(self, instance: Any, owner: type[Any] | None = None, /) -> Any: ...

# A plain function, a method, a functools.partial, what lru_cache returns and a class are all callable.
_Compilable = Callable[..., Any] | CodeType | _Descriptor
_F = TypeVar("_F", bound=_Compilable)
_C = TypeVar("_C", bound=Callable[..., Any])

__all__: list[str]
__version__: str

class Info(TypedDict):
    failed: bool
    compiled: bool
    run_count: int

class Status(TypedDict):
    available: bool
    enabled: bool
    watches_calls: bool
    reason: str | None
    library: str | None
    library_version: str | None
    python: str
    code_bytes: int
    problems: str | None

class Options(TypedDict):
    threshold: int
    budget: float
    osr: str
    compile: Literal["sync", "background"]
    full_code: bool
    stress: str
    stats_file: str
    dump: str
    function_filter: str
    include: str
    exclude: str
    code_memory: int
    fuel: int | Literal["unlimited"]
    disable_passes: str
    log: bool
    observe: bool
    perf_map: bool
    gdb: bool
    verify: int

class NotFullyOptimised(RuntimeError): ...

class _Pause:
    def __enter__(self) -> _Pause: ...
    def __exit__(
        self,
        *exception: type[BaseException] | BaseException | TracebackType | None,
    ) -> None: ...
    def __call__(self, f: _C) -> _C: ...

def enable(strict: bool = False) -> bool: ...
def disable() -> bool: ...
def status() -> Status: ...
def info(f: _Compilable) -> Info: ...
@overload
def explain(f: type[Any] | property | singledispatchmethod[Any]) -> _Explanations: ...  # type: ignore[misc]
@overload
def explain(f: _Compilable) -> Explanation: ...
def functions() -> _Functions: ...
def report(path: str | PathLike[str]) -> None: ...
def compile(f: _F, full: bool = False) -> _F: ...
def suppress(f: _F) -> _F: ...
def unsuppress(f: _F) -> _F: ...
def require_full(f: _F) -> _F: ...
@overload
def pause(f: None = None) -> _Pause: ...
@overload
def pause(f: _C) -> _C: ...
def statistics() -> dict[str, Any]: ...
def config(
    *,
    threshold: int | str = ...,
    budget: float | str = ...,
    osr: str = ...,
    compile: Literal["sync", "background"] = ...,
    full_code: bool | int | str = ...,
    stress: str = ...,
    stats_file: str | PathLike[str] = ...,
    dump: str = ...,
    function_filter: str = ...,
    include: str = ...,
    exclude: str = ...,
    code_memory: int | str = ...,
    fuel: int | str = ...,
    disable_passes: str = ...,
    log: bool | int | str = ...,
    observe: bool | int | str = ...,
    perf_map: bool | int | str = ...,
    gdb: bool | int | str = ...,
    verify: int | str = ...,
) -> Options: ...
def load_config(path: str | PathLike[str] = "pyproject.toml") -> Options: ...
