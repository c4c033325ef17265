# SPDX-License-Identifier: MIT
"""The generator of HIR's instruction set, on a table of its own: what it writes (gen_hir_golden.txt; BLESS=1 rewrites it) and
which rows it refuses."""
from __future__ import annotations

import importlib.util
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE / "gen_hir_golden.txt"
REASONS = 'REASON(TypeChanged, "text", Speculation)\nREASON(Raised, "text", Exact)\n'
ENUMS = """
enum class BinaryOperator : uint8_t {
    Add,
    Subtract,
};
enum class CompareOperator : uint8_t { Less, Equal };
enum class UnaryOperator : uint8_t { Not };
"""
ROWS = [
    {"name": "Jump", "doc": "Go on.", "terminator": True, "targets": 1},
    {"name": "Branch", "doc": "Choose.", "operands": ["condition: Bool"], "terminator": True, "targets": 2},
    {"name": "Return", "doc": "End.", "operands": ["value: Object|Null consumes"], "terminator": True, "reads": ["Locals"]},
    {"name": "Snapshot", "doc": "State.", "snapshot": True},
    {"name": "GuardType", "doc": "Leave.", "operands": ["input: Object borrows"], "immediates": ["type: type"],
     "result": "refine(input, type)", "exits": "before", "reason": "TypeChanged", "required": True},
    {"name": "Call", "doc": "Call it.", "operands": ["callable: Object consumes", "arguments...: Object consumes"],
     "immediates": ["operator: binary", "site: index", "negated: flag"], "result": "own Object", "reads": ["World"],
     "writes": ["World", "Locals"], "exits": "raised", "quiet": True},
    {"name": "LoadConst", "doc": "Constant.", "immediates": ["type: type", "value: double"], "result": "borrow type"},
    {"name": "IncRef", "doc": "Copy.", "operands": ["input: Object borrows"], "result": "own same(input)"},
    {"name": "BoxInt", "doc": "Box.", "operands": ["input: Int64"], "result": "own LongExact", "sinkable": True},
]


@pytest.fixture(scope="module")
def generator(root):
    specification = importlib.util.spec_from_file_location("gen_hir", root / "tools/generate/gen_hir.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules["gen_hir"] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


def test_output_is_the_golden_one(generator):
    table = generator.make_table(ROWS, REASONS, ENUMS)
    text = "".join(f"=== {name}\n{content}" for name, content in generator.generate(table, "The table.").items())
    if os.environ.get("BLESS") == "1":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.parametrize(("change", "message"), [
    ({"operands": ["input Object"]}, "cannot read operand"),
    ({"operands": ["input: Object steals"]}, "cannot read operand"),
    ({"operands": ["all...: Object borrows", "last: Bool"]}, "only the last operand"),
    ({"immediates": ["size: number"]}, "unknown kind of immediate"),
    ({"result": "same(other)"}, "names something unknown"),
    ({"result": "lend Object"}, "cannot read result"),
    ({"result": "Bool", "no_result": True}, "has a result and no_result"),
    ({"reads": ["Stack"]}, "unknown heap"),
    ({"exits": "after"}, "unknown exit"),
    ({"exits": "before"}, "needs a reason"),
    ({"exits": "before", "reason": "Whim"}, "unknown reason"),
    ({"sinkable?": True}, "unknown fields"),
])
def test_rows_that_make_no_sense_are_refused(generator, change, message):
    row = {"name": "Odd", "doc": "Odd one.", **change}
    with pytest.raises(generator.TableError, match=message) as caught:
        generator.make_table([row], REASONS, ENUMS)
    assert "Odd" in str(caught.value)


def test_a_name_declared_twice_is_refused(generator):
    with pytest.raises(generator.TableError, match="declared twice"):
        generator.make_table([ROWS[0], ROWS[0]], REASONS, ENUMS)


def test_check_finds_a_stale_file(generator, root, tmp_path):
    for name in ("src/hir/ops.py", "src/hir/kinds.h", "src/deopt/reasons.def"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((root / name).read_text())
    assert generator.main(["--check", "--root", str(tmp_path)]) == 1
    assert generator.main(["--root", str(tmp_path)]) == 0
    assert generator.main(["--check", "--root", str(tmp_path)]) == 0
    (tmp_path / "docs/hir.md").write_text("old")
    assert generator.main(["--check", "--root", str(tmp_path)]) == 1
