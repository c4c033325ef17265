// SPDX-License-Identifier: MIT
#include "driver/numbers_met.h"

#include <optional>
#include <vector>

#include "bytecode/decode.h"
#include "driver/access_facts.h"
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

/// A frame in front of an instruction.
struct Place {
    python::Frame* frame;
    std::optional<uint32_t> stored;  // the local that the instruction stores the top of the stack into

    PyObject* valueOf(uint32_t local) const {
        const int32_t depth = python::depth(frame);
        return local == stored && depth > 0 ? python::stackBase(frame)[depth - 1] : python::local(frame, local);
    }
};

/// Takes note of the number in a local for one operand of a site. Whether it is of a type that was not expected.
bool noteLocal(runtime::TypeSet& site, runtime::TypeSet seen, const Place& place, std::optional<uint32_t> local) {
    PyObject* object = local ? place.valueOf(*local) : nullptr;
    if (object == nullptr || (seen != runtime::kIntBit && seen != runtime::kFloatBit)) {
        return false;
    }
    runtime::TypeSet now = seen;
    runtime::recordType(now, object);
    if (now != kNumbers) {
        return false;
    }
    site = now;
    return true;
}

/// Guards of locals stand where code is entered, or what they hold is stored, in front of what uses them.
bool notesLocals(CodeRecord& record, const bytecode::Code& code, const std::vector<uint32_t>& numbers,
                 const std::vector<frontend::Seen>& seen, const Place& place) {
    bool isNew = false;
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] == frontend::kNoSite || !isArithmetic(code.instructions[ordinal].opcode)) {
            continue;
        }
        runtime::Site& site = record.sites[numbers[ordinal]];
        const frontend::Seen& before = seen[numbers[ordinal]];
        const bool isLeftNew = noteLocal(site.seenLeft, before.left.bits(), place, operandLocal(code, ordinal, 1));
        const bool isRightNew = noteLocal(site.seenRight, before.right.bits(), place, operandLocal(code, ordinal, 0));
        site.seenLeft = isRightNew && !isLeftNew ? before.left.bits() : site.seenLeft;
        site.seenRight = isLeftNew && !isRightNew ? before.right.bits() : site.seenRight;
        isNew = isNew || isLeftNew || isRightNew;
    }
    return isNew;
}

/// Takes note of the operands of the instruction at which the frame stands. Whether they are numbers, and one is of a
/// type that was not expected.
bool notesOperands(runtime::Site& site, const frontend::Seen& before, python::Frame* frame) {
    const int32_t depth = python::depth(frame);
    PyObject** top = python::stackBase(frame) + depth;
    runtime::TypeSet left = before.left.bits();
    runtime::TypeSet right = before.right.bits();
    if (depth < 2) {
        return false;
    }
    runtime::recordType(left, top[-2]);
    runtime::recordType(right, top[-1]);
    // What has seen both before has failed for another reason.
    const bool isNew = left != before.left.bits() || right != before.right.bits();
    if (before.left.isBottom() || !isNew || ((left | right) & ~kNumbers) != 0) {
        return false;
    }
    site.seenLeft = left;
    site.seenRight = right;
    return true;
}

}  // namespace

bool notesNumbers(CodeRecord& record, int32_t index, python::Frame* frame) {
    auto decoded = bytecode::decode(record.code);
    if (record.sites.empty() || !decoded.ok()) {
        return false;
    }
    const std::vector<uint32_t> numbers = frontend::numberSites(*decoded);
    const std::vector<frontend::Seen> seen = seenTypes(record, *decoded);
    const bytecode::Instruction* at = decoded->at(index);
    const bool isStart = at != nullptr && at->start == index;
    const uint32_t number =
        isStart ? numbers[static_cast<size_t>(at - decoded->instructions.data())] : frontend::kNoSite;
    const bool isOperation = number != frontend::kNoSite && isArithmetic(at->opcode);
    const bool stores = isStart && at->opcode == bytecode::Opcode::STORE_FAST;
    const Place place{frame, stores ? std::optional(at->argument) : std::nullopt};
    const bool isNew = isOperation ? notesOperands(record.sites[number], seen[number], frame)
                                   : notesLocals(record, *decoded, numbers, seen, place);
    if (isNew && record.lessons != 0) {
        expectIntsEverywhere(record, *decoded, numbers, seen);
    }
    return isNew;
}

}  // namespace pyjion::driver
