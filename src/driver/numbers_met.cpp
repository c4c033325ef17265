// SPDX-License-Identifier: MIT
#include "driver/numbers_met.h"

#include <vector>

#include "bytecode/decode.h"
#include "driver/facts.h"
#include "frontend/build.h"
#include "runtime/site.h"

namespace pyjion::driver {
namespace {

constexpr runtime::TypeSet kNumbers = runtime::kIntBit | runtime::kFloatBit;

bool isArithmetic(bytecode::Opcode opcode) {
    return opcode == bytecode::Opcode::BINARY_OP || opcode == bytecode::Opcode::COMPARE_OP;
}

/// Of operands that were floats alone.
void expectInts(runtime::TypeSet& site, runtime::TypeSet seen) {
    if (seen == runtime::kFloatBit) {
        site = kNumbers;
    }
}

/// Ints come among floats at one place after the other: they are expected wherever floats were met.
void expectIntsEverywhere(CodeRecord& record, const bytecode::Code& code, const std::vector<uint32_t>& numbers,
                          const std::vector<frontend::Seen>& seen) {
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] != frontend::kNoSite && isArithmetic(code.instructions[ordinal].opcode)) {
            const frontend::Seen& before = seen[numbers[ordinal]];
            expectInts(record.sites[numbers[ordinal]].seenLeft, before.left.bits());
            expectInts(record.sites[numbers[ordinal]].seenRight, before.right.bits());
        }
    }
}

}  // namespace

bool notesNumbers(CodeRecord& record, int32_t index, python::Frame* frame) {
    const int32_t depth = python::depth(frame);
    auto decoded = bytecode::decode(record.code);
    if (depth < 2 || record.sites.empty() || !decoded.ok()) {
        return false;
    }
    PyObject** top = python::stackBase(frame) + depth;
    const std::vector<uint32_t> numbers = frontend::numberSites(*decoded);
    const std::vector<frontend::Seen> seen = seenTypes(record, *decoded);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = decoded->instructions[ordinal];
        if (instruction.start != index || numbers[ordinal] == frontend::kNoSite || !isArithmetic(instruction.opcode)) {
            continue;
        }
        const frontend::Seen& before = seen[numbers[ordinal]];
        runtime::TypeSet left = before.left.bits();
        runtime::TypeSet right = before.right.bits();
        runtime::recordType(left, top[-2]);
        runtime::recordType(right, top[-1]);
        // What has seen both before has failed for another reason.
        const bool isNew = left != before.left.bits() || right != before.right.bits();
        if (before.left.isBottom() || !isNew || ((left | right) & ~kNumbers) != 0) {
            return false;
        }
        record.sites[numbers[ordinal]].seenLeft = left;
        record.sites[numbers[ordinal]].seenRight = right;
        if (record.lessons != 0) {
            expectIntsEverywhere(record, *decoded, numbers, seen);
        }
        return true;
    }
    return false;
}

}  // namespace pyjion::driver
