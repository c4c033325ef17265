// SPDX-License-Identifier: MIT
#include "hir/constants.h"

#include "hir/generated/opcode.h"
#include "hir/generated/views.h"

namespace pyjion::hir {

std::optional<bool> constantBool(const Function& function, ValueId value) {
    InstrId id = function.values[value].definition;
    bool isConstant = id.valid() && function.instrs[id].opcode == Opcode::ConstBool;
    return isConstant ? std::optional(ConstBool(function, id).value()) : std::nullopt;
}

}  // namespace pyjion::hir
