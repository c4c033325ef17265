// SPDX-License-Identifier: MIT
#include "lower/text_input.h"

#include <fmt/format.h>

#include <algorithm>

#include "hir/generated/opcode.h"

namespace pyjion::lower {

Input inputForText(const hir::Function& function) {
    Input input;
    input.function = &function;
    uint32_t last = function.entryBytecode;
    for (const hir::Instr& instr : function.instrs) {
        last = std::max(last, instr.bytecode);
        bool isCall = instr.opcode == hir::Opcode::CallFunction || instr.opcode == hir::Opcode::CallFunctionInt ||
                      instr.opcode == hir::Opcode::CallOperator || instr.opcode == hir::Opcode::CallGetter;
        if (isCall) {
            auto callee = static_cast<size_t>(instr.immediates[0].integer);
            auto arguments = static_cast<uint32_t>(instr.operands.size() - 1);
            input.callees.resize(std::max(input.callees.size(), callee + 1));
            input.callees[callee] = {arguments + 16, arguments, 0};
        }
    }
    for (const hir::Snapshot& snapshot : function.snapshots) {
        last = std::max(last, snapshot.bytecode);
    }
    for (uint32_t unit = 0; unit <= last; ++unit) {
        // Text has no bytecode: each instruction may be a jump.
        input.bounds.push_back({unit, unit + 1, 0, nullptr, deopt::Jump{unit + 1, unit + 1}});
    }
    constexpr size_t kNames = 256;
    for (size_t name = 0; name < kNames; ++name) {
        input.names.push_back(fmt::format("name {}", name));
    }
    return input;
}

}  // namespace pyjion::lower
