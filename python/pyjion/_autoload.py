# SPDX-License-Identifier: MIT
"""`python -m pyjion --install-autoload` and `--remove-autoload`: a file in the environment's site-packages that enables
pyjion in each process of the environment for which PYJION_ENABLE says nothing.

Where PYJION_ENABLE is set, pyjion.pth, which comes with the package, has done what it says.
"""
import os
import site
import sys
import sysconfig

import pyjion

FILE_NAME = "pyjion-autoload.pth"
# `site` runs the line. The package may have been uninstalled since, which is no reason for a message.
_LINE = (
    "import os; os.environ.get('PYJION_ENABLE') or exec('"
    r"try:\n import pyjion\nexcept ImportError:\n pass\nelse:\n pyjion._enable_from_outside()"
    "')\n"
)


def run(action):
    """'install' or 'remove'. Prints what was done; SystemExit with a sentence where it cannot be done."""
    folder = os.path.dirname(os.path.abspath(pyjion.__path__[0]))
    path = os.path.join(folder, FILE_NAME)
    try:
        print(_install(folder, path) if action == "install" else _remove(path))
    except OSError as error:
        sys.exit(f"pyjion: {error}")


def _install(folder, path):
    if folder not in map(os.path.abspath, _folders_of_start_up_files()):
        sys.exit(f"pyjion: {folder} is no folder whose start-up files Python reads; install pyjion with pip first")
    # Whole or not at all: a process may start meanwhile.
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(_LINE)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return f"Enabled in every process of this environment, unless PYJION_ENABLE=0 is set: {path}"


def _remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        return f"There was nothing to remove: {path}"
    return f"No longer enabled in every process: {path} is removed"


def _folders_of_start_up_files():
    folders = [*site.getsitepackages(), *(sysconfig.get_path(name) for name in ("purelib", "platlib"))]
    return [*folders, site.getusersitepackages()] if site.ENABLE_USER_SITE else folders
