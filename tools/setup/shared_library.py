#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Prints the real path and the SONAME of a shared library that the compiler finds, one a line.

Input: the linker's name (`Zydis`) and the compiler's command. meson.build uses it to put a copy of the library, under
the name that the loader asks for, into the package.
"""
from __future__ import annotations

import os
import subprocess
import sys


def main(name: str, compiler: list[str]) -> int:
    file_name = f"lib{name}.so"
    answer = subprocess.run([*compiler, f"-print-file-name={file_name}"], capture_output=True, text=True, check=True)
    path = answer.stdout.strip()
    if not os.path.isabs(path):
        print(f"{file_name} was not found by {' '.join(compiler)}", file=sys.stderr)
        return 1
    dynamic = subprocess.run(["readelf", "--dynamic", "--wide", path], capture_output=True, text=True, check=True)
    for line in dynamic.stdout.splitlines():
        if "(SONAME)" in line:
            print(os.path.realpath(path))
            print(line.split("[", 1)[1].rstrip("]"))
            return 0
    print(f"{path} has no SONAME", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
