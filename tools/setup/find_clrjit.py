#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Finds libclrjit.so of the .NET 10 runtime and copies it, with its licence texts, into a folder.

Input: the machine's .NET folders (DOTNET_ROOT, the `dotnet` on PATH, the usual places), else NuGet's runtime package,
which `dotnet restore` fetches. Output: `libclrjit.so`, `libclrjit.LICENSE.txt`, `libclrjit.ThirdPartyNotices.txt` in
the folder named by `--output`; `--print` says where the library was found and copies nothing.

The major version alone is looked at here. That the library speaks the JIT-EE version that pyjion was written for is
checked when it is loaded.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MAJOR = 10
RUNTIME_PACKAGE = "Microsoft.NETCore.App.Runtime.linux-x64"
USUAL_ROOTS = ("/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "~/.dotnet")
LICENSE_NAMES = ("LICENSE.txt", "LICENSE.TXT")
NOTICE_NAMES = ("ThirdPartyNotices.txt", "THIRD-PARTY-NOTICES.TXT", "ThirdPartyNotices.TXT")
OUTPUTS = ("libclrjit.so", "libclrjit.LICENSE.txt", "libclrjit.ThirdPartyNotices.txt")


def dotnet_roots() -> list[pathlib.Path]:
    """The folders where a .NET installation may be, best first, each once."""
    roots = []
    if os.environ.get("DOTNET_ROOT"):
        roots.append(pathlib.Path(os.environ["DOTNET_ROOT"]))
    command = shutil.which("dotnet")
    if command:
        roots.append(pathlib.Path(command).resolve().parent)
    roots.extend(pathlib.Path(root).expanduser() for root in USUAL_ROOTS)
    return list(dict.fromkeys(roots))


def version_key(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Orders 10.0.9 before 10.0.12, and a preview before its release."""
    number, _, suffix = version.partition("-")
    return tuple(int(part) for part in re.findall(r"\d+", number)), not suffix, suffix


def newest(folders: list[pathlib.Path]) -> pathlib.Path | None:
    fitting = [folder for folder in folders if folder.name.split(".")[0] == str(MAJOR)]
    return max(fitting, key=lambda folder: version_key(folder.name), default=None)


def installed_library() -> pathlib.Path | None:
    for root in dotnet_roots():
        runtimes = root / "shared" / "Microsoft.NETCore.App"
        folder = newest([path.parent for path in runtimes.glob("*/libclrjit.so")])
        if folder is not None:
            return folder / "libclrjit.so"
    return None


def nuget_packages_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("NUGET_PACKAGES") or pathlib.Path.home() / ".nuget" / "packages")


def restored_library() -> pathlib.Path | None:
    """Asks NuGet for the runtime package through a self-contained project that has no code."""
    command = shutil.which("dotnet")
    if command is None:
        return None
    with tempfile.TemporaryDirectory(prefix="pyjion-clrjit-") as folder:
        project = pathlib.Path(folder) / "runtime.csproj"
        project.write_text(
            '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>'
            f"<TargetFramework>net{MAJOR}.0</TargetFramework>"
            "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained>"
            "</PropertyGroup></Project>\n"
        )
        environment = dict(os.environ, DOTNET_CLI_TELEMETRY_OPTOUT="1", DOTNET_NOLOGO="1")
        subprocess.run([command, "restore", str(project)], cwd=folder, env=environment, check=False, stdout=sys.stderr)
    package = newest(list((nuget_packages_folder() / RUNTIME_PACKAGE.lower()).glob("*")))
    if package is None:
        return None
    library = package / "runtimes" / "linux-x64" / "native" / "libclrjit.so"
    return library if library.exists() else None


def not_found_message() -> str:
    looked = "\n".join(f"  {root}/shared/Microsoft.NETCore.App/{MAJOR}.*/libclrjit.so" for root in dotnet_roots())
    return (
        f"libclrjit.so of .NET {MAJOR} was not found. Looked for:\n{looked}\n"
        f"  NuGet package {RUNTIME_PACKAGE} through `dotnet restore`\n"
        f"Install the .NET {MAJOR} SDK or runtime, or set DOTNET_ROOT to the folder that holds `shared`."
    )


def text_beside(library: pathlib.Path, names: tuple[str, ...]) -> pathlib.Path | None:
    """A licence file of the installation: in the library's own folder or in one above it."""
    for folder in list(library.parents)[:5]:
        for name in names:
            if (folder / name).is_file():
                return folder / name
    return None


def copy_with_texts(library: pathlib.Path, output: pathlib.Path) -> None:
    fallback = pathlib.Path(__file__).resolve().parents[2] / "licenses" / "dotnet-runtime.txt"
    license_text = text_beside(library, LICENSE_NAMES) or fallback
    notices = text_beside(library, NOTICE_NAMES) or fallback
    output.mkdir(parents=True, exist_ok=True)
    for source, name in zip((library, license_text, notices), OUTPUTS):
        shutil.copyfile(source, output / name)
    (output / OUTPUTS[0]).chmod(0o755)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--output", type=pathlib.Path, help="folder to copy the library and its licences to")
    action.add_argument("--print", action="store_true", help="print the installed library's path; exit 1 without one")
    arguments = parser.parse_args()
    library = installed_library()
    if arguments.print:
        print(library or not_found_message())
        return 0 if library else 1
    library = library or restored_library()
    if library is None:
        print(not_found_message(), file=sys.stderr)
        return 1
    copy_with_texts(library, arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
