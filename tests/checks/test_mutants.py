# SPDX-License-Identifier: MIT
"""The list of mutants fits the sources, so that `make mutants` can be run at any time."""
import functools
import pathlib
import re
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
    assert len(mutants) >= 60
    assert {mutant.file.split("/")[1] for mutant in mutants} >= FOLDERS


def test_every_mutant_names_a_test_that_there_is(mutants):
    for mutant in mutants:
        assert mutant.tests, mutant.name
        for test in mutant.tests:
            assert exists(test), f"{mutant.name}: {test}"


@functools.cache
def unit_tests():
    return "\n".join(path.read_text() for path in sorted(ROOT.glob("src/**/*_test.cpp")))


def exists(name):
    stage, _, test = name.partition(":")
    if stage == "python":
        file, _, function = test.partition("::")
        text = (ROOT / "tests" / "python" / file).read_text()
        program = re.fullmatch(r"test_same_as_plain\[(\w+)-[\w-]+\]", function)
        if program:
            return (ROOT / "tests" / "python" / "programs" / f"{program[1]}.py").exists()
        return f"def {function.partition('[')[0]}(" in text if function else bool(text)
    # `Prefix/Suite.Test/Parameter`: what a filter names by wildcards is shown by running it.
    suite, _, test = test.partition(".")
    suite, test = suite.rpartition("/")[2], test.partition("/")[0]
    macro = re.compile(rf"TEST(_[FP])?\({suite.replace('*', '.*')}, {test.replace('*', '.*')}\)")
    return stage in ("pure", "engine") and bool(macro.search(unit_tests()))


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


@pytest.mark.parametrize(
    "old, new", [("a ||", ""), ("a ||", "b ||"), ("&& b", "&& c"), ("if (a) {", "if (b) {"), ("a", ""), ("f(a", "g(a")]
)
def test_parts_of_expressions_cannot_be_woven(old, new):
    assert not weave.Mutant(1, "name", "file.cpp", old, new, "what").can_be_woven()


@pytest.mark.parametrize("old, new", [("f();", ""), ("*a == b", "-a"), ("a.b()", "!a"), ("if (a) { f(); }", "")])
def test_whole_expressions_and_statements_can_be_woven(old, new):
    assert weave.Mutant(1, "name", "file.cpp", old, new, "what").can_be_woven()
