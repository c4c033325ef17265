# SPDX-License-Identifier: MIT
"""black formats copies of files of the standard library, as its command does: in processes of its own for several."""
import hashlib
import pathlib
import shutil
import sys
import sysconfig

import black

NAMES = [
    "bisect",
    "calendar",
    "cmd",
    "copy",
    "csv",
    "fnmatch",
    "glob",
    "graphlib",
    "keyword",
    "linecache",
    "nturl2path",
]
NAMES += ["numbers", "pprint", "queue", "sched", "shlex", "stat", "string", "textwrap", "timeit", "token", "types"]


def main(size):
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    folder = pathlib.Path("sources")
    folder.mkdir()
    for number in range(size):
        name = NAMES[number % len(NAMES)]
        shutil.copy(library / f"{name}.py", folder / f"{name}{number}.py")
    try:
        black.main(["--quiet", "--line-length", "100", "sources"])
    except SystemExit as end:
        status = end.code
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.read_bytes())
    print(status, digest.hexdigest())


if __name__ == "__main__":
    main(int(sys.argv[1]))
