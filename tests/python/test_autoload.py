# SPDX-License-Identifier: MIT
"""`python -m pyjion --install-autoload`: every process of an environment has pyjion enabled."""
from __future__ import annotations

import pathlib
import shutil
import subprocess
import textwrap
import venv

import pytest

import pyjion
import running

PACKAGE = pathlib.Path(pyjion.__path__[0]).resolve()
REPORT = "import sys; print('pyjion' in sys.modules and sys.modules['pyjion'].status()['enabled'])"


class Environment:
    """A virtual environment of this interpreter in which the package under test is installed."""

    def __init__(self, folder):
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        self.site = next(folder.glob("lib/python*/site-packages"))
        (self.site / "pyjion").symlink_to(PACKAGE)
        shutil.copy(PACKAGE.parent / "pyjion.pth", self.site)

    def run(self, *arguments, variables=None, **options):
        child = running.environment(**options)
        child.pop("PYTHONPATH", None)
        child.update(variables or {})
        command = [self.python, *map(str, arguments)]
        return subprocess.run(command, env=child, capture_output=True, text=True, timeout=running.SECONDS)

    def succeed(self, *arguments, **options):
        return running.succeed(self.run(*arguments, **options))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def loading(tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("loading"))
    out = environment.succeed("-m", "pyjion", "--install-autoload")
    path = environment.site / "pyjion-autoload.pth"
    assert out == f"Enabled in every process of this environment, unless PYJION_ENABLE=0 is set: {path}\n"
    return environment


def test_every_process_has_it(loading):
    assert loading.succeed("-c", REPORT) == "True\n"
    assert loading.succeed("-I", "-c", REPORT) == "True\n"
    assert loading.succeed("-c", REPORT, enable="") == "True\n"
    assert loading.succeed("-S", "-c", REPORT) == "False\n"


def test_what_the_environment_says_comes_first(loading):
    assert loading.succeed("-c", REPORT, enable="0") == "False\n"
    assert loading.succeed("-c", "import pyjion; print(pyjion.enable(), pyjion.status()['reason'])", enable="0") == (
        "False PYJION_ENABLE=0 in the environment keeps pyjion off\n"
    )
    assert loading.succeed("-c", REPORT, enable="1", threshold="7") == "True\n"


def test_where_compiling_is_impossible_nothing_is_said(loading, tmp_path):
    assert loading.succeed("-c", REPORT, clrjit=str(tmp_path / "nowhere.so")) == "False\n"


def test_bad_variables_are_said_and_the_program_runs(loading):
    outcome = loading.run("-c", "print('runs')", threshold="many")
    assert (outcome.returncode, outcome.stdout) == (0, "runs\n")
    assert len(outcome.stderr.splitlines()) == 1 and "PYJION_THRESHOLD" in outcome.stderr


CHILDREN = """
    import subprocess, sys
    {first}
    def report(queue):
        import pyjion
        queue.put((pyjion.status()["enabled"], pyjion.config()["threshold"]))
    if __name__ == "__main__":
        import multiprocessing, pyjion
        print(pyjion.status()["enabled"])
        for method in ("fork", "spawn", "forkserver"):
            context = multiprocessing.get_context(method)
            queue = context.Queue()
            child = context.Process(target=report, args=(queue,))
            child.start()
            print(method, *queue.get())
            child.join()
        print("subprocess", subprocess.run([sys.executable, "-c", {report!r}], capture_output=True, text=True).stdout, end="")
"""


@pytest.mark.parametrize(
    "first, expected",
    [
        ("pass", "True\nfork True 0\nspawn True 0\nforkserver True 0\nsubprocess True\n"),
        ("import pyjion; pyjion.config(threshold=3)", "True\nfork True 3\nspawn True 3\nforkserver True 3\nsubprocess True\n"),
        # A child of multiprocessing follows its parent, another program its environment.
        ("import pyjion; pyjion.disable()", "False\nfork False 0\nspawn False 0\nforkserver False 0\nsubprocess True\n"),
    ],
)
def test_children(loading, tmp_path, first, expected):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(CHILDREN).format(first=first, report=REPORT))
    assert loading.succeed(program) == expected


def test_children_that_are_kept_off(loading, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(CHILDREN).format(first="pass", report=REPORT))
    expected = "False\nfork False 0\nspawn False 0\nforkserver False 0\nsubprocess False\n"
    assert loading.succeed(program, enable="0") == expected


def test_it_is_taken_back(plain):
    path = plain.site / "pyjion-autoload.pth"
    assert plain.succeed("-m", "pyjion", "--remove-autoload") == f"There was nothing to remove: {path}\n"
    for _ in range(2):
        plain.succeed("-m", "pyjion", "--install-autoload")
    assert [file.name for file in plain.site.glob("*autoload*")] == [path.name]
    out = plain.succeed("-m", "pyjion", "--remove-autoload")
    assert out == f"No longer enabled in every process: {path} is removed\n"
    assert not path.exists() and plain.succeed("-c", REPORT) == "False\n"


def test_a_package_that_is_gone_says_nothing(loading):
    link = loading.site / "pyjion"
    link.rename(loading.site / "away")
    try:
        (loading.site / "pyjion.pth").rename(loading.site / "pyjion.pth.away")
        assert loading.succeed("-c", "print('runs')") == "runs\n"
    finally:
        (loading.site / "away").rename(link)
        (loading.site / "pyjion.pth.away").rename(loading.site / "pyjion.pth")


def test_where_no_start_up_files_are_read_it_is_refused(plain, tmp_path):
    (tmp_path / "pyjion").symlink_to(PACKAGE)
    outcome = plain.run("-m", "pyjion", "--install-autoload", variables={"PYTHONPATH": str(tmp_path)})
    assert outcome.returncode == 1 and not list(tmp_path.glob("*.pth"))
    assert outcome.stderr.startswith(f"pyjion: {tmp_path} is no folder whose start-up files Python reads")


def test_other_arguments_are_refused(plain):
    outcome = plain.run("-m", "pyjion", "--install-autoload", "now")
    assert outcome.returncode == 2 and outcome.stderr.startswith("--install-autoload takes no arguments\nusage: ")
    assert not (plain.site / "pyjion-autoload.pth").exists()
