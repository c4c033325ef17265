# SPDX-License-Identifier: MIT
"""The list of mutants fits the sources, so that `make mutants` can be run at any time."""
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "mutants"))

import weave  # noqa: E402

FOLDERS = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()} - {"base", "module", "oracle", "replay"}


@pytest.fixture(scope="module")
def mutants():
    return weave.read_list()


def test_every_change_has_its_place(mutants):
    assert weave.weave(mutants)


def test_every_folder_has_mutants(mutants):
    assert {mutant.file.split("/")[1] for mutant in mutants} >= FOLDERS


def test_a_place_that_is_gone_or_not_the_only_one_is_named(tmp_path):
    (tmp_path / "file.cpp").write_text("f(); f();\n")
    for old, count in (("f();", 2), ("g();", 0)):
        mutant = weave.Mutant(1, "name", "file.cpp", old, "", "what")
        with pytest.raises(weave.ListError, match=f"name: `old` is {count} times"):
            weave.weave([mutant], tmp_path)


def test_statements_and_expressions_are_woven_in():
    statement = weave.Mutant(3, "name", "file.cpp", "f();", "g();", "what")
    expression = weave.Mutant(4, "name", "file.cpp", "a < b", "a <= b", "what")
    text = weave.weave_file("f();\nreturn a < b;\n", [statement, expression])
    assert "if (::pyjion::mutants::on(3)) { g(); } else { f(); }" in text
    assert "return (::pyjion::mutants::on(4) ? (a <= b) : (a < b));" in text
