# SPDX-License-Identifier: MIT
"""The programs of programs/: how large they are for each length, and what they need of Debian."""
from __future__ import annotations

import pathlib
from dataclasses import dataclass, field

PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
# About the seconds that CPython takes. Where starting takes most of one second, the size for it is a very small one.
LENGTHS = (1, 5, 30)


@dataclass(frozen=True)
class Application:
    # Arguments of the program, one for each of LENGTHS.
    sizes: tuple[int, int, int]
    # Modules, with the packages that bring them.
    needs: dict[str, str] = field(default_factory=dict)

    def size(self, length: int) -> int:
        return self.sizes[LENGTHS.index(length)]


APPLICATIONS = {
    "argparse_commands": Application((22_000, 115_000, 700_000)),
    "asyncio_echo": Application((2250, 12_000, 72_000)),
    "black_format": Application((8, 64, 390), {"black": "black"}),
    "django_requests": Application((340, 2300, 14_500), {"django": "python3-django"}),
    "flask_requests": Application((220, 1200, 7300), {"flask": "python3-flask"}),
    "hypothesis_run": Application((110, 1050, 7000), {"hypothesis": "python3-hypothesis", "pytest": "python3-pytest"}),
    "jinja2_pages": Application((850, 4500, 27_000), {"jinja2": "python3-jinja2"}),
    "log_analysis": Application((63_000, 320_000, 1_930_000)),
    "manual_rendering": Application((98, 550, 3400), {"docutils": "python3-docutils", "pygments": "python3-pygments"}),
    "markup_reading": Application((300, 1630, 9900), {"html5lib": "python3-html5lib", "lxml": "python3-lxml"}),
    "matplotlib_figures": Application((5, 33, 210), {"matplotlib": "python3-matplotlib"}),
    "multiprocessing_words": Application((760, 3900, 23_500)),
    "mypy_check": Application((2, 63, 450), {"mypy": "python3-mypy"}),
    "networkx_roads": Application((19, 114, 710), {"networkx": "python3-networkx", "scipy": "python3-scipy"}),
    "numpy_weather": Application((1300, 7100, 43_000), {"numpy": "python3-numpy"}),
    "pandas_sales": Application((62, 450, 2880), {"pandas": "python3-pandas"}),
    "pyflakes_check": Application((95, 490, 3000), {"pyflakes": "python3-pyflakes"}),
    "pylint_check": Application((2, 48, 400), {"pylint": "pylint"}),
    "scipy_fits": Application((160, 1190, 7600), {"scipy": "python3-scipy"}),
    "sqlalchemy_orm": Application((85, 460, 1900), {"sqlalchemy": "python3-sqlalchemy"}),
    "sympy_algebra": Application((9, 83, 560), {"sympy": "python3-sympy"}),
    "unittest_run": Application((350, 1830, 11_000)),
    "yaml_settings": Application((280, 1430, 8700), {"yaml": "python3-yaml"}),
}


def needed_modules() -> set[str]:
    return {module for application in APPLICATIONS.values() for module in application.needs}
