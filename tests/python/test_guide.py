# SPDX-License-Identifier: MIT
"""The tables of the user's guide, and the listings of the README, against the installed package."""
from __future__ import annotations

import json
import pathlib
import re

import pyjion
import running

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/user-guide.md").read_text()


def rows(heading):
    """The cells of the tables of one section, without their head."""
    section = re.split(r"^## ", GUIDE, flags=re.M)
    (text,) = [part for part in section if part.startswith(heading + "\n")]
    found = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("\\*", "*") for cell in row] for row in found]


def test_options_are_those_of_help():
    written = {name.strip("`"): (allowed, default, text) for name, allowed, default, text in rows("Options")}
    told = re.findall(r"^(\w+): (.*)\n    (.*) \(default: (.*)\)$", pyjion.config.__doc__, re.M)
    assert written == {name: (allowed, default or "empty", text) for name, allowed, text, default in told}
    assert list(written) == list(pyjion.config())


def test_the_api_is_whole():
    written = {row[0].strip("`").partition("(")[0] for row in rows("The API")}
    names = {name for name in pyjion.__all__ if name.islower() and not name.startswith("_")}
    assert written == names


def test_keys_of_dictionaries():
    (status,) = [row[1] for row in rows("The API") if row[0].startswith("`status")]
    assert re.findall(r"`(\w+)`", status) == list(pyjion.status())
    example = json.loads(re.search(r'^\{"pid": .*$', GUIDE, re.M)[0])
    assert list(example) == list(pyjion.statistics())


def test_stress_switches():
    for switch, _ in rows("Stress switches"):
        value = switch.strip("`").replace("N", "3").replace("SEED", "1")
        assert running.succeed(running.run_code("import pyjion; print(pyjion.config()['stress'])", stress=value)) == value + "\n"
    (allowed,) = [row[1] for row in rows("Options") if row[0] == "`stress`"]
    assert {switch.strip("`") for switch, _ in rows("Stress switches")} == set(re.split(", | and ", allowed.removeprefix("a comma list of ")))


def test_listings_of_the_readme():
    """Each line that it shows is one that is printed, but for offsets, addresses and the numbers of locals."""
    session = (ROOT / "README.md").read_text().split("```text\n")[1].split("```")[0]
    typed = re.findall(r"^(?:>>>|\.\.\.) ?(.*)$", session, re.M)
    out = running.run_python("-i", "-q", stdin="\n".join(typed) + "\n", env=running.environment(compile="background")).stdout

    def lines(text):
        return [re.sub(r"\b(IL_|0x|ldloc\.)?[0-9a-f]+\b", "N", line) for line in text.splitlines()]

    shown = [line for line in lines(session) if not line.startswith((">>>", "...", "[...]"))]
    assert not [line for line in shown if line not in lines(out)]
