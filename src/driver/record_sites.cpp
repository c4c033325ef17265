// SPDX-License-Identifier: MIT
#include "driver/record_sites.h"

#include <utility>

#include "driver/eligibility.h"
#include "frontend/build.h"

namespace pyjion::driver {

namespace {

/// The name that an instruction is about (borrowed), null for those without one.
PyObject* nameIn(PyCodeObject* code, const bytecode::Instruction& instruction) {
    switch (bytecode::info(instruction.opcode).argument) {
        case bytecode::Argument::Name:
            return PyTuple_GET_ITEM(code->co_names, instruction.argument);
        case bytecode::Argument::ShiftedName:
            return PyTuple_GET_ITEM(code->co_names, instruction.argument >> 1);
        default:
            return nullptr;
    }
}

}  // namespace

void prepareRecord(CodeRecord& record, const bytecode::Code& code) {
    if (record.bytecodes != 0) {
        return;
    }
    std::vector<uint32_t> numbers = frontend::numberSites(code);
    uint32_t count = 0;
    for (uint32_t number : numbers) {
        count += number != frontend::kNoSite;
    }
    // The record gets all of it or nothing: memory may be short.
    std::vector<runtime::Site> sites(count);
    std::vector<runtime::LoopCounter> loopCounters;
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        if (numbers[ordinal] != frontend::kNoSite) {
            sites[numbers[ordinal]].name = nameIn(record.code, instruction);
        }
    }
    for (const bytecode::Loop& loop : code.loops) {
        int32_t header = code.instructions[code.blocks[loop.header].first].start;
        loopCounters.push_back(runtime::LoopCounter{iterationsToPromote(), &record, static_cast<uint32_t>(header)});
    }
    record.sites = std::move(sites);
    record.loopCounters = std::move(loopCounters);
    record.bytecodes = static_cast<uint32_t>(code.instructions.size());
}

}  // namespace pyjion::driver
