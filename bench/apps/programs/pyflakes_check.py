# SPDX-License-Identifier: MIT
"""pyflakes checks files of the standard library and of its packages."""
import io
import pathlib
import sys
import sysconfig

from pyflakes.api import checkPath
from pyflakes.reporter import Reporter

FOLDERS = ["asyncio", "collections", "concurrent", "email", "encodings", "html", "http", "importlib", "json", "logging"]


def main(size):
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    files = [file for folder in FOLDERS for file in sorted((library / folder).rglob("*.py"))]
    said, wrong = io.StringIO(), io.StringIO()
    found = 0
    for number in range(size):
        found += checkPath(str(files[number * 7 % len(files)]), Reporter(said, wrong))
    print(found, len(said.getvalue()), len(wrong.getvalue()))


if __name__ == "__main__":
    main(int(sys.argv[1]))
