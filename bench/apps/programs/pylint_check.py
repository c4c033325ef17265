# SPDX-License-Identifier: MIT
"""pylint checks copies of files of the standard library."""
import collections
import contextlib
import io
import pathlib
import re
import shutil
import sys
import sysconfig

from pylint.lint import Run

NAMES = ["bisect", "fnmatch", "keyword", "sched", "queue", "glob", "copy", "linecache", "timeit", "cmd", "textwrap"]


def main(size):
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    files = []
    for number in range(size):
        name = NAMES[number % len(NAMES)]
        files.append(f"{name}_{number}.py")
        shutil.copy(library / f"{name}.py", files[-1])
    pathlib.Path("pylintrc").write_text("[MAIN]\npersistent=no\njobs=1\n")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        Run(["--rcfile=pylintrc", "--score=n", "--disable=duplicate-code", *files], exit=False)
    kinds = collections.Counter(re.findall(r"\(([\w-]+)\)$", said.getvalue(), re.MULTILINE))
    print(sorted(kinds.items()))


if __name__ == "__main__":
    main(int(sys.argv[1]))
