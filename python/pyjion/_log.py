# SPDX-License-Identifier: MIT
"""Hands what has happened to code to the logger `pyjion`. Imported when there is something to be logged, not before.

Compilations and refusals are of level INFO, exits of level DEBUG, errors inside of pyjion of level ERROR. Each record
has the attributes `pyjion_event`, `pyjion_function`, `pyjion_file` and `pyjion_line`.
"""
import atexit
import logging

from . import _native

_LOGGER = logging.getLogger("pyjion")
_LEVELS = {
    "compiled": logging.INFO,
    "refused": logging.INFO,
    "given up": logging.INFO,
    "exit": logging.DEBUG,
    "internal error": logging.ERROR,
}


def drain():
    """Logs all that waits. Called in the main thread, where handlers of signals are called too, and at the end."""
    events, lost = _native.take_events()
    for event, function, filename, line, text in events:
        level = _LEVELS[event]
        if _LOGGER.isEnabledFor(level):
            extra = {"pyjion_event": event, "pyjion_function": function, "pyjion_file": filename, "pyjion_line": line}
            _LOGGER.log(level, "%s: %s (%s:%d): %s", event, function, filename, line, text, extra=extra)
    if lost:
        _LOGGER.warning("%d events were lost: nobody had time to take them", lost)


atexit.register(drain)
