# SPDX-License-Identifier: MIT
"""Processes that multiprocessing starts by spawn or forkserver go on as their parent is: enabled, with its options.

A forked process inherits both. The others get a pickled `Process`, and with it the configuration that each process has
from its parent: an entry in there says what they have to do when they read it.
"""
import sys

from . import _native

_PACKAGE = "multiprocessing"
_MODULE = "multiprocessing.process"


def hand_on():
    """From now on this process's children are enabled if it is. Imports nothing that the program has not imported."""
    if _MODULE in sys.modules:
        _add_entry()
    elif not any(isinstance(finder, _Awaited) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Awaited())


class _Awaited:
    """Finds no module: it is asked for each, until multiprocessing has what the entry is for."""

    def find_spec(self, name, path=None, target=None):
        # `process` is the first module of that package to be loaded as a whole; others follow.
        if name.startswith(_PACKAGE) and _MODULE in sys.modules and name != _MODULE:
            sys.meta_path.remove(self)
            _add_entry()
            # Whoever goes through the list has lost its place in it.
            return _found_by_others(name, path, target)
        return None


def _found_by_others(name, path, target):
    for finder in list(sys.meta_path):
        find = getattr(finder, "find_spec", None)
        spec = find(name, path, target) if find is not None else None
        if spec is not None:
            return spec
    return None


def _add_entry():
    sys.modules[_MODULE].current_process()._config["pyjion"] = _Inheritance()


class _Inheritance:
    """Pickled as what its reader shall do."""

    def __reduce__(self):
        if not _native.status()["enabled"]:
            return _stay_off, ()
        return _go_on, (_native.config(),)


def _stay_off():
    if _native.status()["enabled"]:  # by a start-up file
        _native.disable()
    return _Inheritance()


def _go_on(options):
    import pyjion

    pyjion.config(**options)
    pyjion.enable()
    return _Inheritance()
