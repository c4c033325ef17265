# SPDX-License-Identifier: MIT
"""The benchmarks of a folder of pyperformance, and what they need.

Input: the folder with MANIFEST. Each line of its table names a benchmark and the file that describes it: the
pyproject.toml of bm_NAME, or a file beside that one for another way to run the same program. Output: benchmarks, and
why some cannot run here.
"""
from __future__ import annotations

import pathlib
import re
import sys
import tomllib
from dataclasses import dataclass

from obstacles import Obstacle

# What benchmarks need of PyPI: modules with the packages that bring them in Debian 12 (none: it is in no package).
PACKAGES = {
    "chameleon": {"chameleon": "python3-chameleon"},
    "coverage": {"coverage": "python3-coverage"},
    "dask": {"dask": "python3-dask", "distributed": "python3-distributed"},
    "django": {"django": "python3-django"},
    "docutils": {"docutils": "python3-docutils"},
    "dulwich": {"dulwich": "python3-dulwich"},
    "fastapi": {"fastapi": "python3-fastapi"},
    "genshi": {"genshi": "python3-genshi"},
    "html5lib": {"html5lib": "python3-html5lib"},
    "httpx": {"httpx": "python3-httpx"},
    "legacy-cgi": {"cgi": "libpython3.11-stdlib"},
    "mako": {"mako": "python3-mako"},
    "networkx": {"networkx": "python3-networkx"},
    "pyaes": {"pyaes": "python3-pyaes"},
    "sphinx": {"sphinx": "python3-sphinx", "python_docs_theme": "python3-docs-theme"},
    "sqlalchemy": {"sqlalchemy": "python3-sqlalchemy"},
    "sqlglot_v2": {"sqlglot": "python3-sqlglot"},
    "sympy": {"sympy": "python3-sympy"},
    "tomli": {"tomli": "python3-tomli"},
    "tornado": {"tornado": "python3-tornado"},
    "uvicorn": {"uvicorn": "python3-uvicorn"},
    "websockets": {"websockets": "python3-websockets"},
    "xdsl": {"xdsl": ""},
}


@dataclass(frozen=True)
class Benchmark:
    name: str
    folder: pathlib.Path
    script: str
    options: tuple[str, ...]
    # Of Python, such as (3, 12).
    version: tuple[int, ...]
    # Names of PyPI.
    dependencies: tuple[str, ...]


def find_folder(named: pathlib.Path) -> pathlib.Path:
    """The folder itself, or where a checkout of pyperformance has it."""
    for folder in (named, named / "benchmarks", named / "pyperformance" / "data-files" / "benchmarks"):
        if (folder / "MANIFEST").is_file():
            return folder.resolve()
    sys.exit(f"{named}: there is no MANIFEST; wanted is pyperformance/data-files/benchmarks of python/pyperformance")


def read_benchmarks(folder: pathlib.Path) -> list[Benchmark]:
    lines = [line.split() for line in (folder / "MANIFEST").read_text().splitlines()]
    rows = [line for line in lines if len(line) == 2 and line[1].startswith("<local") and line[0][0] != "#"]
    return [read_benchmark(folder, name, where) for name, where in rows]


def read_benchmark(folder: pathlib.Path, name: str, where: str) -> Benchmark:
    """`where`: <local>, or <local:OTHER>, described in bm_OTHER/bm_NAME.toml."""
    other = re.fullmatch(r"<local:(\w+)>", where)
    own = folder / f"bm_{other[1] if other else name}"
    described = tomllib.loads((own / "pyproject.toml").read_text())
    variant = tomllib.loads((own / f"bm_{name}.toml").read_text()) if other else {}
    project = described.get("project", {}) | variant.get("project", {})
    tool = described.get("tool", {}).get("pyperformance", {}) | variant.get("tool", {}).get("pyperformance", {})
    dependencies = [re.match(r"[\w.-]+", text)[0].lower() for text in project.get("dependencies", [])]
    return Benchmark(
        name,
        own,
        tool.get("runscript", "run_benchmark.py"),
        tuple(tool.get("extra_opts", ())),
        tuple(map(int, re.findall(r"\d+", project.get("requires-python", "")))),
        tuple(dependency for dependency in dependencies if dependency != "pyperf"),
    )


def needed_modules() -> set[str]:
    return {module for modules in PACKAGES.values() for module in modules}


def obstacle(benchmark: Benchmark, present: set[str], version: tuple[int, int] = (3, 11)) -> Obstacle | None:
    if benchmark.version[:2] > version:
        return Obstacle(f"for Python {'.'.join(map(str, benchmark.version))}")
    packages = []
    for dependency in benchmark.dependencies:
        for module, package in PACKAGES.get(dependency, {dependency: ""}).items():
            if module not in present and not package:
                return Obstacle(f"needs {dependency}, which is no package of Debian")
            if module not in present:
                packages.append(package)
    return Obstacle(f"needs {' '.join(packages)}", tuple(packages)) if packages else None
