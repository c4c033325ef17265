// SPDX-License-Identifier: MIT
#include "oracle/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "oracle/object.h"
#include "oracle/run_lines.h"

namespace pyjion::oracle {

namespace {

struct Row {
    std::string_view values;
    std::string_view object;
    std::string_view unboxed;
    std::string_view unbox;
    std::string_view exit;  // of the unboxing
    std::string_view box;
};
constexpr Row kRows[] = {
    {"ints", "LongExact", "Int64", "UnboxInt", ", exit s0", "BoxInt"},
    {"floats", "FloatExact", "Double", "UnboxDouble", "", "BoxDouble"},
    {"bools", "BoolExact", "Bool", "UnboxBool", "", "BoxBool"},
};

const Row& rowOf(std::string_view name) {
    if (name == "small") {
        return kRows[0];
    }
    for (const Row& row : kRows) {
        if (row.values == name || row.unboxed == name) {
            return row;
        }
    }
    throw std::logic_error("no such class");
}

std::string constant(const Row& row, const std::string& value) {
    if (row.unboxed == "Int64") {
        return fmt::format("ConstInt value {}", toText(*parseInteger(value)));
    }
    if (row.unboxed == "Double") {
        // `nan` has no name in the text form.
        return fmt::format("ConstDouble value {}", value == "nan" ? "0x7ff8000000000000" : value);
    }
    return fmt::format("ConstBool value {}", value == "True" ? "true" : "false");
}

const Operation kOperations[] = {
    {"CheckedIntAdd {0}, {1}, exit s1", {"ints", "ints"}, "Int64"},
    {"CheckedIntSubtract {0}, {1}, exit s1", {"ints", "ints"}, "Int64"},
    {"CheckedIntMultiply {0}, {1}, exit s1", {"ints", "ints"}, "Int64"},
    {"CheckedIntFloorDivide {0}, {1}, exit s1", {"ints", "ints"}, "Int64"},
    {"CheckedIntModulo {0}, {1}, exit s1", {"ints", "ints"}, "Int64"},
    {"CheckedIntTrueDivide {0}, {1}, exit s1", {"ints", "ints"}, "Double"},
    {"CheckedIntNegate {0}, exit s1", {"ints"}, "Int64"},
    {"CheckedIntToDouble {0}, exit s1", {"ints"}, "Double"},
    {"DoubleAdd {0}, {1}", {"floats", "floats"}, "Double"},
    {"DoubleSubtract {0}, {1}", {"floats", "floats"}, "Double"},
    {"DoubleMultiply {0}, {1}", {"floats", "floats"}, "Double"},
    {"CheckedDoubleTrueDivide {0}, {1}, exit s1", {"floats", "floats"}, "Double"},
    {"CheckedDoubleFloorDivide {0}, {1}, exit s1", {"floats", "floats"}, "Double"},
    {"CheckedDoubleModulo {0}, {1}, exit s1", {"floats", "floats"}, "Double"},
    {"CheckedDoublePower {0}, {1}, exit s1", {"floats", "floats"}, "Double"},
    {"CheckedMath {0}, function 0, exit s1", {"floats"}, "Double"},
    {"DoubleNegate {0}", {"floats"}, "Double"},
    {"BoolNot {0}", {"bools"}, "Bool"},
    {"BoolAnd {0}, {1}", {"bools", "bools"}, "Bool"},
    {"CheckedWhole {0}, {1}, exit s1", {"floats", "bools"}, "Double"},
    {"IntAnd {0}, {1}", {"ints", "ints"}, "Int64"},
    {"IntOr {0}, {1}", {"ints", "ints"}, "Int64"},
    {"IntXor {0}, {1}", {"ints", "ints"}, "Int64"},
    {"IntAddUnchecked {0}, {1}", {"small", "small"}, "Int64"},
};

}  // namespace

std::string textFor(const Operation& operation, const Constants& constants, bool branches) {
    std::string text = fmt::format("function %f(locals {}, stack 2, entry 0) {{\nblock0:\n", constants.size());
    std::string unchanged = "-";
    for (size_t i = 1; i < constants.size(); ++i) {
        unchanged += ", -";
    }
    text += fmt::format("  s0 = Snapshot @0 locals({}) stack() ; 0\n", unchanged);
    std::vector<std::string> names;
    for (size_t i = 0; i < constants.size(); ++i) {
        const Row& row = rowOf(operation.operands[i]);
        const size_t v = 10 * (i + 1);
        names.push_back(fmt::format("v{}", v + 3));
        if (constants[i]) {
            text += fmt::format("  v{}: {} = {} ; 0\n", v + 3, row.unboxed, constant(row, *constants[i]));
            continue;
        }
        text += fmt::format("  v{}: borrow Object|Null = EntryLocal local {}, seen {} ; 0\n", v, i, row.object);
        text += fmt::format("  v{}: borrow Object = GuardBound v{}, exit s0 ; 0\n", v + 1, v);
        text += fmt::format("  v{}: borrow {} = GuardType v{}, type {}, exit s0 ; 0\n", v + 2, row.object, v + 1,
                            row.object);
        text += fmt::format("  v{}: {} = {} v{}{} ; 0\n", v + 3, row.unboxed, row.unbox, v + 2, row.exit);
    }
    // The operands are what the exit hands over, as words.
    text += fmt::format("  s1 = Snapshot @7 locals({}) stack({}) ; 7\n", unchanged, fmt::join(names, ", "));
    std::string instr = operation.text;
    for (size_t i = 0; i < names.size(); ++i) {
        instr.replace(instr.find(fmt::format("{{{}}}", i)), 3, names[i]);
    }
    text += fmt::format("  v50: {} = {} ; 7\n", operation.result, instr);
    if (branches) {
        text +=
            "  Branch v50, block1, block2 ; 8\nblock1:\n  v60: Int64 = ConstInt value 1 ; 9\n  Jump block3(v60) ; 9\n";
        text += "block2:\n  v61: Int64 = ConstInt value 0 ; 9\n  Jump block3(v61) ; 9\nblock3(v62: Int64):\n";
        text += "  v51: own LongExact = BoxInt v62 ; 9\n";
    } else {
        const Row& row = rowOf(operation.result);
        text += fmt::format("  v51: own {} = {} v50 ; 8\n", row.object, row.box);
    }
    return text +
           fmt::format("  s2 = Snapshot @9 locals({}) stack(v51) ; 9\n  Return v51, exit s2 ; 9\n}}\n", unchanged);
}

std::vector<Entry> entriesFor(const Operation& operation, const Constants& constants) {
    std::vector<Entry> entries(1);
    for (size_t i = 0; i < constants.size(); ++i) {
        std::vector<Entry> longer;
        const std::vector<std::string> none{"-"};
        for (const Entry& entry : entries) {
            for (const std::string& value : constants[i] ? none : valuesAround(operation.operands[i])) {
                longer.push_back(entry);
                longer.back().locals.push_back(value);
            }
        }
        entries = std::move(longer);
    }
    return entries;
}

std::string nameOf(const Operation& operation) {
    std::string name = operation.text.substr(0, operation.text.find(' '));
    const size_t op = operation.text.find("operator ");
    return op == std::string::npos ? name : name + operation.text.substr(op + 9);
}

std::vector<Operation> numberOperations() {
    std::vector<Operation> all(std::begin(kOperations), std::end(kOperations));
    for (std::string_view op : {"Less", "LessEqual", "Equal", "NotEqual", "Greater", "GreaterEqual"}) {
        all.push_back({fmt::format("IntCompare {{0}}, {{1}}, operator {}", op), {"ints", "ints"}, "Bool"});
        all.push_back({fmt::format("DoubleCompare {{0}}, {{1}}, operator {}", op), {"floats", "floats"}, "Bool"});
    }
    return all;
}

bool canBeConstant(const std::string& value) {
    constexpr Integer kUnboxedEnd = Integer(1) << 62;
    const std::optional<Integer> integer = parseInteger(value);
    return !integer || (*integer >= -kUnboxedEnd && *integer < kUnboxedEnd);
}

}  // namespace pyjion::oracle
