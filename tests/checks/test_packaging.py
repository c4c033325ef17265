# SPDX-License-Identifier: MIT
"""What is given away: the wheel that `make install` has made, and a source distribution."""
from __future__ import annotations

import email
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TEST_BUILD_FOLDER", ROOT / "build"))
sys.path.insert(0, str(ROOT / "tools" / "setup"))

import portable_wheel  # noqa: E402
from wheel.wheelfile import WheelFile  # noqa: E402


@pytest.fixture(scope="module")
def wheel():
    (path,) = (BUILD / "wheels").glob("*.whl")
    return path


def part(wheel, name):
    with zipfile.ZipFile(wheel) as archive:
        (found,) = [entry for entry in archive.namelist() if entry.endswith(f".dist-info/{name}")]
        return archive.read(found).decode()


def test_the_tag_is_the_one_that_the_symbols_allow(wheel):
    platform = portable_wheel.audit(wheel).platform
    assert platform is not None and platform.startswith("manylinux_2_")
    assert wheel.name.endswith(f"-cp311-cp311-{platform}.whl")
    assert re.findall(r"^Tag: (.*)$", part(wheel, "WHEEL"), re.M) == [f"cp311-cp311-{platform}"]


def test_readelf_finds_the_same(wheel, tmp_path):
    """Another tool's list of versions, of the extension module and of every library in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
    assert len(files) == 4
    out = subprocess.run(["readelf", "-VW", *files], capture_output=True, text=True, check=True).stdout
    newest = {}
    for prefix, numbers in re.findall(r"Name: ([A-Z]+)_([0-9.]+) ", out):
        if prefix in portable_wheel.PROMISES["2_34"]:
            newest[prefix] = max(newest.get(prefix, ()), tuple(map(int, numbers.split("."))))
    assert portable_wheel.audit(wheel).versions == newest


@pytest.mark.parametrize(
    "versions, platform",
    [
        ({"GLIBC": (2, 17)}, "manylinux_2_24_x86_64"),
        ({"GLIBC": (2, 24), "GCC": (7, 0, 0)}, "manylinux_2_28_x86_64"),
        ({"GLIBC": (2, 14), "GLIBCXX": (3, 4, 30)}, "manylinux_2_35_x86_64"),
        ({"GLIBC": (2, 36)}, "manylinux_2_39_x86_64"),
        ({"GLIBC": (2, 99)}, None),
        ({"OPENSSL": (3, 0)}, None),
    ],
)
def test_the_first_promise_that_is_enough(versions, platform):
    assert portable_wheel.Needs(versions).platform == platform


def test_libraries_that_are_not_everywhere_leave_no_tag(wheel, tmp_path):
    """The same wheel with a program in it that needs libraries of Debian's: it stays for this machine."""
    stranger = tmp_path / wheel.name.replace("manylinux_2_34_x86_64", "linux_x86_64")
    shutil.copy(wheel, stranger)
    with zipfile.ZipFile(stranger, "a") as archive:
        archive.write("/usr/bin/python3.11", "pyjion/lib/python3.11")
    needs = portable_wheel.audit(stranger)
    assert needs.platform is None and "libexpat.so.1" in needs.libraries
    assert portable_wheel.retag(stranger) == stranger and portable_wheel.main(stranger) == 1


def test_it_is_compressed_and_its_record_is_right(wheel):
    with WheelFile(wheel) as archive:
        for entry in archive.infolist():
            archive.read(entry)  # compares with RECORD
            assert entry.compress_type == zipfile.ZIP_DEFLATED
        unpacked = sum(entry.file_size for entry in archive.infolist())
        recorded = part(wheel, "RECORD").splitlines()
        assert {line.split(",")[0] for line in recorded} == set(archive.namelist())
    assert wheel.stat().st_size < unpacked / 2


def test_the_long_description_can_stand_alone(wheel):
    metadata = email.message_from_string(part(wheel, "METADATA"))
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert all(", https://" in url for url in metadata.get_all("Project-URL"))
    text = metadata.get_payload()
    assert text.strip() == (ROOT / "docs" / "package.md").read_text().strip()
    assert not re.findall(r"\]\((?!https?://)[^)]*\)|<(?:img|a) ", text)
    assert metadata["Requires-Python"] == ">=3.11,<3.12" or metadata["Requires-Python"] == "<3.12,>=3.11"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The source distribution of what is committed, unpacked."""
    if not (ROOT / ".git").exists():
        pytest.skip("sources are packed from a repository, and this is none")
    folder = tmp_path_factory.mktemp("sources")
    command = [sys.executable, ROOT / "tools" / "setup" / "build_backend.py", folder]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    (archive,) = folder.glob("pyjion-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder)
    return folder / archive.name.removesuffix(".tar.gz")


def test_sources_are_complete(sources):
    """File by file what is committed, so that what builds there builds here."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as file:
        committed = {entry.name: (file.extractfile(entry).read(), entry.mode & 0o100) for entry in file if entry.isfile()}
    packed = {str(path.relative_to(sources)): path for path in sources.rglob("*") if path.is_file()}
    del packed["PKG-INFO"]
    assert {name: (path.read_bytes(), path.stat().st_mode & 0o100) for name, path in packed.items()} == committed


def test_sources_are_configured_where_there_is_no_repository(sources):
    command = ["meson", "setup", "build", "--prefix", "/usr"]
    outcome = subprocess.run(command, cwd=sources, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    listed = subprocess.run(["ninja", "-C", "build", "-t", "targets", "all"], cwd=sources, capture_output=True, text=True).stdout
    assert "_native.cpython-311-x86_64-linux-gnu.so: " in listed and "python/pyjion/libclrjit.so: " in listed
