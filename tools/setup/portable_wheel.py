#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Which Linux systems a wheel's ELF files run on, as its platform tag says it (PEP 600).

A tag `manylinux_2_N_x86_64` promises that nothing is needed but libraries that every such system has, in the versions
of their symbols that came with glibc 2.N and the GCC of its time. `audit()` looks at what the files need; `retag()`
writes the wheel anew, compressed, under the tag that this allows.

As a command: `portable_wheel.py WHEEL` prints what the wheel needs and the tag; exit status 1 where that is another
than in its name.
"""
from __future__ import annotations

import io
import pathlib
import re
import sys
import zipfile
from dataclasses import dataclass, field

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from wheel.wheelfile import WheelFile

# What a system with that glibc has at least: the newest versions of symbols. The table is that of the tools which check
# wheels for package indexes; they know no names between these.
PROMISES = {
    "2_24": {"GLIBC": (2, 24), "GLIBCXX": (3, 4, 22), "CXXABI": (1, 3, 10), "GCC": (4, 8, 0)},
    "2_28": {"GLIBC": (2, 28), "GLIBCXX": (3, 4, 24), "CXXABI": (1, 3, 11), "GCC": (7, 0, 0)},
    "2_31": {"GLIBC": (2, 31), "GLIBCXX": (3, 4, 28), "CXXABI": (1, 3, 12), "GCC": (7, 0, 0)},
    "2_34": {"GLIBC": (2, 34), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (7, 0, 0)},
    "2_35": {"GLIBC": (2, 35), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13), "GCC": (12, 0, 0)},
    "2_39": {"GLIBC": (2, 39), "GLIBCXX": (3, 4, 33), "CXXABI": (1, 3, 15), "GCC": (14, 0, 0)},
}
# Of the libraries that all these systems have, those that C and C++ programs are linked with by themselves.
LIBRARIES = {
    "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "librt.so.1",
    "libstdc++.so.6",
}  # fmt: skip
_VERSION = re.compile(r"([A-Z]+)_([0-9.]+)")


@dataclass
class Needs:
    """What the ELF files of a wheel need from outside, and what keeps them from being portable."""

    versions: dict[str, tuple[int, ...]] = field(default_factory=dict)  # the newest, by the prefix of their names
    libraries: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    @property
    def platform(self) -> str | None:
        """The first tag that promises all of it; None: there is none."""
        if self.problems or self.libraries - LIBRARIES:
            return None
        for name, promised in PROMISES.items():
            if all(version <= promised.get(prefix, ()) for prefix, version in self.versions.items()):
                return f"manylinux_{name}_x86_64"
        return None


def audit(path: pathlib.Path) -> Needs:
    needs = Needs()
    own = set()
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            content = wheel.read(name)
            if content.startswith(b"\x7fELF"):
                own.add(pathlib.PurePath(name).name)
                _look_at(name, ELFFile(io.BytesIO(content)), needs)
    needs.libraries -= own
    return needs


def _look_at(name: str, elf: ELFFile, needs: Needs) -> None:
    if elf["e_machine"] != "EM_X86_64":
        needs.problems.append(f"{name} is for another processor")
    for section in elf.iter_sections():
        if isinstance(section, DynamicSection):
            for tag in section.iter_tags():
                if tag.entry.d_tag == "DT_NEEDED":
                    needs.libraries.add(tag.needed)
                elif tag.entry.d_tag in ("DT_RPATH", "DT_RUNPATH"):
                    folders = (tag.rpath if tag.entry.d_tag == "DT_RPATH" else tag.runpath).split(":")
                    if not all(folder.startswith("$ORIGIN") for folder in folders):
                        needs.problems.append(f"{name} looks for libraries in {folders}")
        elif isinstance(section, GNUVerNeedSection):
            for library, versions in section.iter_versions():
                if library.name in LIBRARIES:
                    _note_versions(name, [version.name for version in versions], needs)


def _note_versions(name: str, versions: list[str], needs: Needs) -> None:
    for version in versions:
        found = _VERSION.fullmatch(version)
        if found is None:  # such as GLIBC_PRIVATE
            needs.problems.append(f"{name} needs {version}")
            continue
        numbers = tuple(map(int, found[2].split(".")))
        needs.versions[found[1]] = max(numbers, needs.versions.get(found[1], ()))


def retag(path: pathlib.Path) -> pathlib.Path:
    """Replaces a wheel by one that is compressed and has the tag that it deserves; returns the path of that.

    Where no tag fits, since a machine's own libraries are in use, the tag stays: the wheel is for this machine.
    """
    platform = audit(path).platform
    *parts, old = path.name.removesuffix(".whl").split("-")
    new = path.with_name("-".join([*parts, platform or old]) + ".whl")
    with zipfile.ZipFile(path) as source:
        contents = [(entry, source.read(entry)) for entry in source.infolist()]
    path.unlink()
    with WheelFile(new, "w", compression=zipfile.ZIP_DEFLATED) as target:
        for entry, content in contents:
            folder, _, name = entry.filename.rpartition("/")
            if folder.endswith(".dist-info") and name == "RECORD":
                continue  # written anew
            if folder.endswith(".dist-info") and name == "WHEEL":
                content = re.sub(rb"(?m)^(Tag: .*-).*$", rb"\g<1>" + (platform or old).encode(), content)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return new


def main(path: pathlib.Path) -> int:
    needs = audit(path)
    for prefix, numbers in sorted(needs.versions.items()):
        print(f"{prefix}_{'.'.join(map(str, numbers))}")
    for library in sorted(needs.libraries):
        print(library + ("" if library in LIBRARIES else "  (not everywhere)"))
    print(*needs.problems, needs.platform or "no manylinux tag fits", sep="\n")
    return 0 if needs.platform and path.name.endswith(f"-{needs.platform}.whl") else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
