# SPDX-License-Identifier: MIT
"""`python -m pyjion`: see `_command.py`, which lives in a module of its own because this one's namespace becomes the
program's `__main__`."""
from pyjion._command import main

main()
