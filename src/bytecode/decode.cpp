// SPDX-License-Identifier: MIT
#include "bytecode/decode.h"

#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include <algorithm>

#include "bytecode/flow.h"
#include "bytecode/line_table.h"
#include "python/original_units.h"

namespace pyjion::bytecode {
namespace {

using Problem = std::optional<std::string>;

Problem readInstructions(Code& code) {
    const std::vector<uint16_t> all = python::originalUnits(code.object);
    const uint16_t* units = all.data();
    const auto count = static_cast<int32_t>(all.size());
    const std::vector<int32_t> lines = readLines(code.object);
    code.ordinals.assign(static_cast<size_t>(count), kNone);
    uint32_t prefix = 0;
    int32_t start = 0;
    for (int32_t unit = 0; unit < count;) {
        const auto found = static_cast<Opcode>(units[unit] & 0xff);
        const OpcodeInfo& row = info(found);
        if (!row.known) {
            return fmt::format("unknown opcode {} at {}", static_cast<int>(found), unit);
        }
        const auto ordinal = static_cast<int32_t>(code.instructions.size());
        code.ordinals[static_cast<size_t>(unit)] = ordinal;
        const uint32_t argument = prefix << 8 | units[unit] >> 8;
        if (row.base == Opcode::EXTENDED_ARG) {
            prefix = argument;
            unit++;
            continue;
        }
        Instruction instruction;
        instruction.opcode = row.base;
        instruction.found = found;
        instruction.argument = argument;
        instruction.start = start;
        instruction.index = unit;
        instruction.next = unit + 1 + row.caches;
        instruction.line = lines[static_cast<size_t>(unit)];
        if (instruction.next > count) {
            return fmt::format("the caches of {} at {} lie behind the end of the code", row.name, unit);
        }
        if (row.jump != Jump::None) {
            const auto distance = static_cast<int32_t>(argument);
            instruction.target = instruction.next + (row.jump == Jump::Forward ? distance : -distance);
        }
        code.instructions.push_back(instruction);
        unit = start = instruction.next;
        prefix = 0;
    }
    if (start != count) {
        return "the code ends with EXTENDED_ARG";
    }
    return {};
}

// KW_NAMES leaves the names in a variable of the interpreter's C function, where they wait for CALL: a call with
// keywords can only be entered before KW_NAMES.
void findResumePoints(Code& code) {
    bool namesWait = false;
    for (Instruction& instruction : code.instructions) {
        instruction.isResumePoint = !namesWait;
        if (instruction.opcode == Opcode::KW_NAMES) {
            namesWait = true;
        } else if (instruction.opcode == Opcode::CALL) {
            namesWait = false;
        }
    }
}

Problem checkTargets(const Code& code) {
    for (const Instruction& instruction : code.instructions) {
        if (instruction.target == kNone) {
            continue;
        }
        const Instruction* target = code.at(instruction.target);
        if (target == nullptr || target->start != instruction.target) {
            return fmt::format("{} at {} jumps to {}, where no instruction starts", nameOf(instruction.opcode),
                               instruction.index, instruction.target);
        }
    }
    for (const python::ExceptionEntry& handler : code.handlers) {
        const Instruction* target = code.at(handler.target);
        if (target == nullptr || target->start != handler.target) {
            return fmt::format("an exception handler is at {}, where no instruction starts", handler.target);
        }
    }
    const Instruction& last = code.instructions.back();
    if (!endsFlow(last.opcode)) {
        return fmt::format("control runs over the end of the code behind {}", nameOf(last.opcode));
    }
    return {};
}

}  // namespace

base::Result<Code, std::string> decode(PyCodeObject* object, std::span<const int32_t> leaders) {
    Code code;
    code.object = object;
    if (Problem problem = readInstructions(code)) {
        return base::fail(*problem);
    }
    if (code.instructions.empty()) {
        return base::fail(std::string("the code is empty"));
    }
    python::ExceptionTableReader reader(object);
    while (auto entry = reader.next()) {
        code.handlers.push_back(*entry);
    }
    if (Problem problem = checkTargets(code)) {
        return base::fail(*problem);
    }
    findResumePoints(code);
    findBlocks(code, leaders);
    findLoops(code);
    if (Problem problem = findDepths(code)) {
        return base::fail(*problem);
    }
    return code;
}

}  // namespace pyjion::bytecode
