# SPDX-License-Identifier: MIT
"""Compares generated programs of the whole language under pyjion with the plain interpreter; `python -m fuzz`."""
