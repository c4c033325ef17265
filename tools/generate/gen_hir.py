#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generate C++ and documentation from the instruction table of HIR.

Input:  src/hir/ops.py, the enumerations of src/hir/kinds.h, the reasons of src/deopt/reasons.def.
Output: src/hir/generated/{opcode.h,opcode.cpp,builder.h,builder.cpp,views.h,visitor.h} and docs/hir.md, checked in.
        ``--check`` writes nothing and fails when a file differs from what would be written.

What no table can say (printing, parsing, verifying) is hand-written and reads the generated rows at run time.
"""

from __future__ import annotations

import argparse
import os
import re
import runpy
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

HEAPS = {"Locals": "kLocalsHeap", "Frame": "kFrameHeap", "Heap": "kObjectHeap", "World": "kWorldHeap"}
EXITS = {None: "None", "before": "Before", "raised": "Raised"}
PASSING = {"": "Value", "borrows": "Borrows", "consumes": "Consumes"}
# immediate kind in ops.py -> (C++ type, ImmediateKind, how an Immediate is read)
IMMEDIATES = {
    "int": ("int64_t", "Int", "integer"),
    "index": ("uint32_t", "Index", "integer"),
    "double": ("double", "Double", "real"),
    "type": ("Type", "Type", "type"),
    "binary": ("BinaryOperator", "Binary", "integer"),
    "compare": ("CompareOperator", "Compare", "integer"),
    "unary": ("UnaryOperator", "Unary", "integer"),
    "operation": ("Operation", "Operation", "integer"),
    "flag": ("bool", "Flag", "integer"),
    "reason": ("ExitReason", "Reason", "integer"),
}
# Enumerations of kinds.h whose names the text form needs.
NAMED_ENUMS = ["BinaryOperator", "CompareOperator", "UnaryOperator"]
# OpInfo::kAnyTargets
ANY_TARGETS = 255
# Names that C++ does not allow where the table uses them.
CPP_NAMES = {"operator": "op", "return": "return_"}
FLAGS = {"terminator", "keep", "required", "sinkable", "quiet", "snapshot"}
FIELDS = FLAGS | {"name", "doc", "operands", "immediates", "result", "reads", "writes", "exits", "reason", "targets",
                  "no_result"}


class TableError(Exception):
    """A row of ops.py that makes no sense; the message names the row."""


@dataclass
class Operand:
    name: str
    type: str
    passing: str
    variadic: bool


@dataclass
class Immediate:
    name: str
    kind: str


@dataclass
class Result:
    rule: str = "None"
    type: str = ""
    ownership: str = "None"
    operand: int = 0
    immediate: int = 0


@dataclass
class Op:
    name: str
    doc: str
    operands: list[Operand]
    immediates: list[Immediate]
    result: Result
    result_text: str
    reads: list[str]
    writes: list[str]
    exits: str | None
    reason: str
    targets: int
    flags: set[str] = field(default_factory=set)

    @property
    def method(self) -> str:
        return cpp_name(self.name[0].lower() + self.name[1:])

    @property
    def view(self) -> str:
        return "SnapshotInstr" if "snapshot" in self.flags else self.name


@dataclass
class Table:
    ops: list[Op]
    reasons: list[str]
    enums: dict[str, list[str]]


# --- reading ------------------------------------------------------------------------------------------------------------


def cpp_name(name: str) -> str:
    return CPP_NAMES.get(name, name)


def cpp_type(text: str) -> str:
    return " | ".join("k" + leaf.strip() for leaf in text.split("|"))


def read_operand(row: str, text: str) -> Operand:
    match = re.fullmatch(r"(\w+)(\.\.\.)?: ([\w|]+)(?: (consumes|borrows))?", text)
    if not match:
        raise TableError(f"{row}: cannot read operand {text!r}")
    name, dots, type_, passing = match.groups()
    return Operand(name, type_, passing or "", dots is not None)


def read_immediate(row: str, text: str) -> Immediate:
    name, _, kind = text.partition(": ")
    if kind not in IMMEDIATES:
        raise TableError(f"{row}: unknown kind of immediate in {text!r}")
    return Immediate(name, kind)


def read_result(row: str, text: str | None, operands: list[Operand], immediates: list[Immediate]) -> Result:
    if text is None:
        return Result()
    match = re.fullmatch(r"(?:(own|borrow) )?(?:(same|refine|notnull)\((\w+)(?:, (\w+))?\)|([\w|]+))", text)
    if not match:
        raise TableError(f"{row}: cannot read result {text!r}")
    ownership, rule, operand, immediate, fixed = match.groups()
    operand_names = [o.name for o in operands]
    immediate_names = [i.name for i in immediates]
    result = Result(ownership={"own": "Owned", "borrow": "Borrowed", None: "None"}[ownership])
    if rule:
        if operand not in operand_names or (immediate is not None and immediate not in immediate_names):
            raise TableError(f"{row}: the result {text!r} names something unknown")
        result.rule = {"same": "Same", "refine": "Refine", "notnull": "NotNull"}[rule]
        result.operand = operand_names.index(operand)
        result.immediate = immediate_names.index(immediate) if immediate else 0
        # A result that follows an operand is a view of it, unless the row says that a reference was taken.
        result.ownership = "Owned" if ownership == "own" else "Borrowed"
    elif fixed in immediate_names:
        result.immediate = immediate_names.index(fixed)
        result.rule = "Operation" if immediates[result.immediate].kind == "operation" else "Immediate"
    else:
        result.rule, result.type = "Fixed", fixed
    return result


def read_row(row: dict, reasons: list[str]) -> Op:
    name = row["name"]
    unknown = set(row) - FIELDS
    if unknown:
        raise TableError(f"{name}: unknown fields {sorted(unknown)}")
    operands = [read_operand(name, text) for text in row.get("operands", [])]
    immediates = [read_immediate(name, text) for text in row.get("immediates", [])]
    exits = row.get("exits")
    if exits not in EXITS:
        raise TableError(f"{name}: unknown exit {exits!r}")
    if any(o.variadic for o in operands[:-1]):
        raise TableError(f"{name}: only the last operand can take any number")
    for heap in [*row.get("reads", []), *row.get("writes", [])]:
        if heap not in HEAPS:
            raise TableError(f"{name}: unknown heap {heap!r}")
    reason = row.get("reason", "Raised")
    if reason not in reasons:
        raise TableError(f"{name}: unknown reason {reason!r}")
    takes_reason = any(i.kind == "reason" for i in immediates)
    if exits == "before" and "reason" not in row and not takes_reason:
        raise TableError(f"{name}: a `before` exit needs a reason")
    result_text = row.get("result")
    if result_text is not None and row.get("no_result"):
        raise TableError(f"{name}: has a result and no_result")
    targets = ANY_TARGETS if row.get("targets") == "any" else row.get("targets", 0)
    return Op(name, row["doc"], operands, immediates, read_result(name, result_text, operands, immediates),
              result_text or "", row.get("reads", []), row.get("writes", []), exits, reason, targets,
              {flag for flag in FLAGS if row.get(flag)})


def read_reasons(text: str) -> list[str]:
    return re.findall(r"^REASON\((\w+),", text, re.MULTILINE)


def read_enum(text: str, name: str) -> list[str]:
    match = re.search(rf"enum class {name} : uint8_t {{([^}}]*)}}", text)
    if not match:
        raise TableError(f"no enumeration {name}")
    return [item.strip() for item in match.group(1).split(",") if item.strip()]


def make_table(rows: list[dict], reasons_text: str, enums_text: str) -> Table:
    reasons = read_reasons(reasons_text)
    ops = [read_row(row, reasons) for row in rows]
    names = [op.name for op in ops]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise TableError(f"declared twice: {sorted(doubled)}")
    return Table(ops, reasons, {name: read_enum(enums_text, name) for name in NAMED_ENUMS})


# --- writing ------------------------------------------------------------------------------------------------------------


def head(what: str, *includes: str, header: bool = True) -> list[str]:
    lines = ["// SPDX-License-Identifier: MIT", "// Generated by tools/generate/gen_hir.py from ops.py; do not edit.",
             "// clang-format off", f"// {what}"]
    if header:
        lines.append("#pragma once")
    lines.append("")
    for include in includes:
        lines.append("" if not include else f"#include {include}")
    lines += ["", "namespace pyjion::hir {", ""]
    return lines


def finish(lines: list[str]) -> str:
    return "\n".join([*lines, "", "}  // namespace pyjion::hir", ""])


def opcode_h(table: Table) -> str:
    lines = head("The opcodes and their rows.", "<cstddef>", "<cstdint>", "<optional>", "<span>", "<string_view>", "",
                 '"hir/kinds.h"', '"hir/op_info.h"')
    lines.append("enum class Opcode : uint8_t {")
    lines += [f"    {op.name}," for op in table.ops]
    lines += ["};", f"inline constexpr size_t kOpcodeCount = {len(table.ops)};", ""]
    lines.append("/// The reasons of deopt/reasons.def, in the same order.")
    lines.append("enum class ExitReason : uint8_t {")
    lines += [f"    {reason}," for reason in table.reasons]
    lines += ["};", ""]
    lines += ["/// The row of an opcode.", "const OpInfo& info(Opcode opcode);",
              "std::optional<Opcode> parseOpcode(std::string_view name);", ""]
    lines.append("// Names of enumerators, by value.")
    lines += [f"std::span<const char* const> namesOf{name}();" for name in [*table.enums, "ExitReason"]]
    lines += [f"const char* toString({name} value);" for name in [*table.enums, "ExitReason"]]
    return finish(lines)


def operand_rows(op: Op) -> str:
    rows = [f'{{"{o.name}", {cpp_type(o.type)}, Passing::{PASSING[o.passing]}, {str(o.variadic).lower()}}}'
            for o in op.operands]
    return f"constexpr OperandInfo k{op.name}Operands[] = {{{', '.join(rows)}}};"


def immediate_rows(op: Op) -> str:
    rows = [f'{{"{i.name}", ImmediateKind::{IMMEDIATES[i.kind][1]}}}' for i in op.immediates]
    return f"constexpr ImmediateInfo k{op.name}Immediates[] = {{{', '.join(rows)}}};"


def heap_set(heaps: list[str]) -> str:
    return " | ".join(HEAPS[heap] for heap in heaps) or "kNoHeap"


def info_row(op: Op) -> list[str]:
    result = op.result
    row = [
        ("name", f'"{op.name}"'),
        ("doc", f'"{op.doc}"'),
        ("operands", f"k{op.name}Operands" if op.operands else "{}"),
        ("immediates", f"k{op.name}Immediates" if op.immediates else "{}"),
        ("result", f"ResultRule::{result.rule}"),
        ("resultType", cpp_type(result.type) if result.type else "kBottom"),
        ("resultOwnership", f"Ownership::{result.ownership}"),
        ("resultOperand", str(result.operand)),
        ("resultImmediate", str(result.immediate)),
        ("reads", heap_set(op.reads)),
        ("writes", heap_set(op.writes)),
        ("exits", f"ExitKind::{EXITS[op.exits]}"),
        ("reason", f"ExitReason::{op.reason}"),
        ("targets", str(op.targets)),
    ]
    row += [(flag, str(flag in op.flags).lower())
            for flag in ("terminator", "keep", "required", "sinkable", "quiet", "snapshot")]
    return ["    {", *(f"        .{key} = {value}," for key, value in row), "    },"]


def opcode_cpp(table: Table) -> str:
    lines = head("The rows of the instruction table.", '"hir/generated/opcode.h"', header=False)
    lines += ["namespace {", ""]
    for op in table.ops:
        if op.operands:
            lines.append(operand_rows(op))
        if op.immediates:
            lines.append(immediate_rows(op))
    lines += ["", "constexpr OpInfo kRows[kOpcodeCount] = {"]
    for op in table.ops:
        lines += info_row(op)
    lines += ["};", ""]
    enums = {**table.enums, "ExitReason": table.reasons}
    for name, values in enums.items():
        lines.append(f"constexpr const char* k{name}Names[] = {{{', '.join(chr(34) + v + chr(34) for v in values)}}};")
    lines += ["", "}  // namespace", "", "const OpInfo& info(Opcode opcode) { return kRows[static_cast<size_t>(opcode)]; }", "",
              "std::optional<Opcode> parseOpcode(std::string_view name) {",
              "    for (size_t i = 0; i < kOpcodeCount; ++i) {",
              "        if (name == kRows[i].name) {",
              "            return static_cast<Opcode>(i);", "        }", "    }", "    return std::nullopt;", "}", ""]
    for name in enums:
        lines.append(f"std::span<const char* const> namesOf{name}() {{ return k{name}Names; }}")
        lines.append(f"const char* toString({name} value) {{ return k{name}Names[static_cast<size_t>(value)]; }}")
    return finish(lines)


def builder_parameters(op: Op) -> list[str]:
    parameters = []
    for o in op.operands:
        parameters.append(f"std::vector<ValueId> {cpp_name(o.name)}" if o.variadic else f"ValueId {cpp_name(o.name)}")
    parameters += [f"{IMMEDIATES[i.kind][0]} {cpp_name(i.name)}" for i in op.immediates]
    if op.exits:
        # A quiet instruction on plain data cannot leave and needs no snapshot.
        parameters.append("SnapshotId exit = {}" if "quiet" in op.flags else "SnapshotId exit")
    if op.targets == 1:
        parameters += ["BlockId target", "std::vector<ValueId> arguments = {}"]
    elif op.targets == 2:
        parameters += ["Target ifTrue", "Target ifFalse"]
    elif op.targets == ANY_TARGETS:
        parameters.append("std::vector<Target> targets")
    return parameters


def return_type(op: Op) -> str:
    return "void" if op.result.rule == "None" else "ValueId"


def builder_h(table: Table) -> str:
    lines = head("Makes instructions, one method for each.", "<utility>", "<vector>", "", '"hir/builder_base.h"')
    lines += ["/// Operands first, then immediates, then the exit's snapshot.", "class Builder : public BuilderBase {",
              "  public:", "    using BuilderBase::BuilderBase;", ""]
    for op in table.ops:
        lines.append(f"    /// {op.doc}")
        if "snapshot" in op.flags:
            lines.append(f"    SnapshotId {op.method}(Snapshot state) {{ return emitSnapshot(std::move(state)); }}")
        else:
            lines.append(f"    {return_type(op)} {op.method}({', '.join(builder_parameters(op))});")
    lines.append("};")
    return finish(lines)


def builder_cpp(table: Table) -> str:
    lines = head("", '"hir/generated/builder.h"', header=False)
    for op in table.ops:
        if "snapshot" in op.flags:
            continue
        parameters = ", ".join(re.sub(r" = {}$", "", p) for p in builder_parameters(op))
        lines.append(f"{return_type(op)} Builder::{op.method}({parameters}) {{")
        fixed = [cpp_name(o.name) for o in op.operands if not o.variadic]
        operands = f"{{{', '.join(fixed)}}}"
        if op.operands and op.operands[-1].variadic:
            rest = cpp_name(op.operands[-1].name)
            lines += [f"    std::vector<ValueId> operands = {operands};",
                      f"    operands.insert(operands.end(), {rest}.begin(), {rest}.end());"]
            operands = "std::move(operands)"
        immediates = f"{{{', '.join(f'makeImmediate({cpp_name(i.name)})' for i in op.immediates)}}}"
        arguments = [f"Opcode::{op.name}", operands, immediates, "exit" if op.exits else "{}"]
        if op.targets == 1:
            lines += ["    std::vector<Target> targets;", "    targets.push_back({target, std::move(arguments)});"]
        elif op.targets == 2:
            lines += ["    std::vector<Target> targets;", "    targets.push_back(std::move(ifTrue));",
                      "    targets.push_back(std::move(ifFalse));"]
        if op.targets:
            arguments.append("std::move(targets)")
        keyword = "" if return_type(op) == "void" else "return "
        lines += [f"    {keyword}emit({', '.join(arguments)});", "}", ""]
    return finish(lines[:-1])


def views_h(table: Table) -> str:
    lines = head("Read access to instructions by the names of their operands and immediates.", "<span>", "", '"base/check.h"',
                 '"hir/function.h"', '"hir/instruction.h"')
    lines += ["/// What every instruction has.", "class InstrView {", "  public:",
              "    InstrId id() const { return id_; }",
              "    const Function& function() const { return *function_; }",
              "    const Instr& instr() const { return function_->instrs[id_]; }",
              "    ValueId result() const { return instr().result; }",
              "    SnapshotId snapshot() const { return instr().snapshot; }",
              "    /// The bytecode that the instruction came from.",
              "    uint32_t origin() const { return instr().bytecode; }",
              "    Type typeOf(ValueId value) const { return function_->values[value].type; }", "",
              "  protected:",
              "    InstrView(const Function& function, InstrId id, Opcode expected) : function_(&function), id_(id) {",
              '        PYJION_DCHECK(instr().opcode == expected, "a view of {} on {}", info(expected).name, '
              "info(instr().opcode).name);",
              "        (void)expected;", "    }", "",
              "  private:", "    const Function* function_;", "    InstrId id_;", "};"]
    for op in table.ops:
        lines += ["", f"/// {op.doc}", f"class {op.view} final : public InstrView {{", "  public:",
                  f"    static constexpr Opcode kOpcode = Opcode::{op.name};",
                  f"    {op.view}(const Function& function, InstrId id) : InstrView(function, id, kOpcode) {{}}"]
        for index, o in enumerate(op.operands):
            if o.variadic:
                lines.append(f"    std::span<const ValueId> {cpp_name(o.name)}() const {{ "
                             f"return std::span(instr().operands).subspan({index}); }}")
            else:
                lines.append(f"    ValueId {cpp_name(o.name)}() const {{ return instr().operands[{index}]; }}")
        for index, i in enumerate(op.immediates):
            type_, _, member = IMMEDIATES[i.kind]
            read = f"instr().immediates[{index}].{member}"
            if i.kind == "type":
                read = f"Type::fromBits({read})"
            elif i.kind == "flag":
                read = f"{read} != 0"
            elif i.kind not in ("int", "double"):
                read = f"static_cast<{type_}>({read})"
            lines.append(f"    {type_} {cpp_name(i.name)}() const {{ return {read}; }}")
        names = {0: [], 1: ["target"], 2: ["ifTrue", "ifFalse"], ANY_TARGETS: []}[op.targets]
        if op.targets == ANY_TARGETS:
            lines.append("    std::span<const Target> targets() const { return instr().targets; }")
        for index, name in enumerate(names):
            lines.append(f"    const Target& {name}() const {{ return instr().targets[{index}]; }}")
        if "snapshot" in op.flags:
            lines.append("    const Snapshot& state() const { return function().snapshots[snapshot()]; }")
        lines.append("};")
    return finish(lines)


def visitor_h(table: Table) -> str:
    lines = head("Calls visitor.visit(view) with the view of an instruction's opcode.", "<utility>", "", '"base/check.h"',
                 '"hir/generated/views.h"')
    lines += ["/// The visitor has an overload of visit() for every view; a missing one does not compile.",
              "template <typename Visitor>",
              "decltype(auto) dispatch(const Function& function, InstrId id, Visitor&& visitor) {",
              "    switch (function.instrs[id].opcode) {"]
    for op in table.ops:
        lines += [f"        case Opcode::{op.name}:", f"            return visitor.visit({op.view}(function, id));"]
    lines += ["    }", '    base::checkFailed(__FILE__, __LINE__, "opcode", "no such opcode");', "}"]
    return finish(lines)


# --- documentation ------------------------------------------------------------------------------------------------------


def doc_section(op: Op) -> list[str]:
    lines = [f"### {op.name}", "", op.doc, ""]
    for o in op.operands:
        dots = "..." if o.variadic else ""
        passing = f", {o.passing}" if o.passing else ""
        lines.append(f"* operand `{o.name}{dots}`: `{o.type}`{passing}")
    for i in op.immediates:
        lines.append(f"* immediate `{i.name}`: {i.kind}")
    if op.result_text:
        lines.append(f"* result: `{op.result_text}`")
    if op.reads:
        lines.append(f"* reads: {', '.join(op.reads)}")
    if op.writes:
        lines.append(f"* writes: {', '.join(op.writes)}")
    if op.exits:
        takes_reason = any(i.kind == "reason" for i in op.immediates)
        reason = "the reason it names" if takes_reason else f"`{op.reason}`"
        lines.append(f"* exit: {op.exits}, {reason}" + (", stays when its result is unused" if "required" in op.flags else ""))
    if op.targets:
        lines.append(f"* targets: {'any' if op.targets == ANY_TARGETS else op.targets}")
    notes = {"terminator": "ends its block", "keep": "never removed", "sinkable": "an exit can make the object itself",
             "quiet": "on plain data: no effects, no exit"}
    for flag, text in notes.items():
        if flag in op.flags:
            lines.append(f"* {text}")
    return lines if lines[-1] == "" else [*lines, ""]


def hir_md(table: Table, table_doc: str) -> str:
    lines = ["<!-- Generated by tools/generate/gen_hir.py from src/hir/ops.py; do not edit. -->", "# HIR: the instructions", ""]
    lines += ["The typed SSA form between CPython's bytecode and CIL. Text form, one line per instruction:", "", "```",
              "v2: own Object = BinaryOp v0, v1, operator Add, site 0, seenLeft Object, seenRight Object, exit s1 ; 4", "```", "",
              "result with ownership and type, operands, immediates by name, the exit's snapshot, and behind `;` the code unit",
              "of the bytecode that it came from.", ""]
    lines += ["## What a row says", "", "```", table_doc.strip(), "```", "", "## Exit reasons", ""]
    lines += [", ".join(f"`{reason}`" for reason in table.reasons), ""]
    for name, values in table.enums.items():
        lines += [f"## {name}", "", ", ".join(f"`{value}`" for value in values), ""]
    lines += ["## Instructions", ""]
    for op in table.ops:
        lines += doc_section(op)
    return "\n".join(lines[:-1]) + "\n"


# --- files --------------------------------------------------------------------------------------------------------------


def generate(table: Table, table_doc: str) -> dict[str, str]:
    folder = "src/hir/generated/"
    return {folder + "opcode.h": opcode_h(table), folder + "opcode.cpp": opcode_cpp(table),
            folder + "builder.h": builder_h(table), folder + "builder.cpp": builder_cpp(table),
            folder + "views.h": views_h(table), folder + "visitor.h": visitor_h(table),
            "docs/hir.md": hir_md(table, table_doc)}


def write_atomically(path: Path, text: str) -> None:
    """Others may be compiling: they see the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def load(root: Path) -> tuple[Table, str]:
    module = runpy.run_path(str(root / "src/hir/ops.py"))
    rows = module["OPS"]
    table = make_table(rows, (root / "src/deopt/reasons.def").read_text(encoding="utf-8"),
                       (root / "src/hir/kinds.h").read_text(encoding="utf-8"))
    return table, module["__doc__"]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when a generated file is not up to date")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    options = parser.parse_args(arguments)
    try:
        table, table_doc = load(options.root)
    except TableError as error:
        print(f"ops.py: {error}", file=sys.stderr)
        return 1
    stale = 0
    for name, text in generate(table, table_doc).items():
        path = options.root / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if options.check:
            print(f"{name} is not what gen_hir.py makes of ops.py", file=sys.stderr)
            stale += 1
        else:
            write_atomically(path, text)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
