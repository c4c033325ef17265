# SPDX-License-Identifier: MIT
"""Setting up: where libclrjit is looked for, and what `make setup` does without root."""
from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import time

import pytest


@pytest.fixture(scope="module")
def find_clrjit(root):
    specification = importlib.util.spec_from_file_location("find_clrjit", root / "tools/setup/find_clrjit.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def make_runtime(dotnet_root, *versions):
    for version in versions:
        folder = dotnet_root / "shared" / "Microsoft.NETCore.App" / version
        folder.mkdir(parents=True)
        (folder / "libclrjit.so").write_text(version)


def test_the_highest_version_of_our_major_wins(find_clrjit, tmp_path, monkeypatch):
    make_runtime(tmp_path, "9.0.20", "10.0.9", "10.0.12", "10.1.0-preview.2", "11.0.0")
    monkeypatch.setenv("DOTNET_ROOT", str(tmp_path))
    assert find_clrjit.installed_library().read_text() == "10.1.0-preview.2"


def test_a_preview_comes_before_its_release(find_clrjit, tmp_path, monkeypatch):
    make_runtime(tmp_path, "10.0.0-rc.2", "10.0.0", "10.0.0-rc.1")
    monkeypatch.setenv("DOTNET_ROOT", str(tmp_path))
    assert find_clrjit.installed_library().read_text() == "10.0.0"


def test_dotnet_on_path_is_followed_to_its_folder(find_clrjit, tmp_path, monkeypatch):
    make_runtime(tmp_path / "sdk", "10.0.1")
    command = tmp_path / "sdk" / "dotnet"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dotnet").symlink_to(command)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("DOTNET_ROOT", raising=False)
    assert find_clrjit.installed_library().read_text() == "10.0.1"


def test_a_useless_dotnet_root_is_passed_over(find_clrjit, tmp_path, monkeypatch):
    make_runtime(tmp_path / "home" / ".dotnet", "10.0.3")
    monkeypatch.setenv("DOTNET_ROOT", str(tmp_path / "nowhere"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(find_clrjit, "USUAL_ROOTS", ("~/.dotnet",))
    assert find_clrjit.installed_library().read_text() == "10.0.3"


def test_without_any_installation_the_restored_package_is_taken(find_clrjit, tmp_path, monkeypatch):
    """`dotnet restore` is played by a script that fills the package folder."""
    packages = tmp_path / "packages"
    native = packages / "microsoft.netcore.app.runtime.linux-x64" / "10.0.5" / "runtimes" / "linux-x64" / "native"
    command = tmp_path / "bin" / "dotnet"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\ntest "$1" = restore && mkdir -p {native} && echo 10.0.5 > {native}/libclrjit.so\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")
    monkeypatch.setenv("NUGET_PACKAGES", str(packages))
    monkeypatch.delenv("DOTNET_ROOT", raising=False)
    assert find_clrjit.restored_library() == native / "libclrjit.so"


def test_the_copy_carries_its_licences(find_clrjit, tmp_path):
    make_runtime(tmp_path / "dotnet", "10.0.1")
    (tmp_path / "dotnet" / "LICENSE.txt").write_text("licence")
    (tmp_path / "dotnet" / "ThirdPartyNotices.txt").write_text("notices")
    library = tmp_path / "dotnet/shared/Microsoft.NETCore.App/10.0.1/libclrjit.so"
    find_clrjit.copy_with_texts(library, tmp_path / "out")
    contents = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert contents == {
        "libclrjit.so": "10.0.1",
        "libclrjit.LICENSE.txt": "licence",
        "libclrjit.ThirdPartyNotices.txt": "notices",
    }


def test_the_message_names_every_place(find_clrjit, monkeypatch):
    monkeypatch.setenv("DOTNET_ROOT", "/nowhere")
    message = find_clrjit.not_found_message()
    assert "/nowhere/shared/Microsoft.NETCore.App/10.*/libclrjit.so" in message
    assert "dotnet restore" in message and "DOTNET_ROOT" in message


def run_setup(script_folder, *groups, environment=None, prefix=()):
    script = script_folder / "tools" / "setup" / "install_missing.sh"
    command = [*prefix, "bash", str(script), *groups]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_set_up_takes_no_time_when_nothing_is_missing(root):
    start = time.monotonic()
    outcome = run_setup(root, "build", "tests")
    assert (outcome.returncode, outcome.stdout) == (0, ""), outcome.stderr
    assert time.monotonic() - start < 3


def test_an_unknown_group_is_an_error(root):
    outcome = run_setup(root, "tests", "test")
    assert (outcome.returncode, outcome.stderr) == (1, "There is no group test.\n")


@pytest.fixture(scope="module")
def set_up_as_nobody(root, tmp_path_factory):
    """Runs the script as nobody, with a dpkg-query that has never heard of some packages."""
    folder = tmp_path_factory.mktemp("setup")
    for path in (folder, folder.parent, folder.parent.parent):
        path.chmod(0o755)
    (folder / "tools" / "setup").mkdir(parents=True)
    for name in ("install_missing.sh", "find_clrjit.py"):
        shutil.copy(root / "tools" / "setup" / name, folder / "tools" / "setup")
    query = folder / "bin" / "dpkg-query"
    query.parent.mkdir()

    def run(missing, *groups):
        knows = f'case " {missing} " in *" $name "*) ;; *) printf "%s:installed " "$name";; esac'
        query.write_text(f"#!/bin/sh\nfor name do {knows}; done\n")
        query.chmod(0o755)
        environment = dict(os.environ, PATH=f"{query.parent}:{os.environ['PATH']}")
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        return run_setup(folder, *groups, environment=environment, prefix=prefix)

    return run


def test_without_root_set_up_says_what_is_missing(set_up_as_nobody):
    outcome = set_up_as_nobody("g++")
    assert outcome.returncode == 1
    assert outcome.stderr == "Missing packages. As root: apt-get install g++\n"


def test_what_only_tests_need_is_asked_for_by_tests_only(set_up_as_nobody):
    only_tests = "libgtest-dev python3-pytest libpython3.11-testsuite python3-flask"
    assert set_up_as_nobody(only_tests, "build").returncode == 0
    outcome = set_up_as_nobody(only_tests, "build", "tests")
    assert outcome.returncode == 1
    assert set(outcome.stderr.split()[6:]) == set(only_tests.split())
