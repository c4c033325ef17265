// SPDX-License-Identifier: MIT
#include "passes/passed_numbers.h"

#include <algorithm>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/number_source.h"

namespace pyjion::passes {

using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

NewNumbers::NewNumbers(const Function& function) : function_(function), users_(analysis::usersOf(function)) {}

bool NewNumbers::isNewNumber(ValueId object, InstrId user) const {
    const InstrId definition = function_.values[object].definition;
    return definition.valid() && function_.instrs[definition].opcode == Opcode::BoxInt &&
           isKeptFromOthers(object, user);
}

bool NewNumbers::isKeptFromOthers(ValueId object, InstrId user) const {
    const std::vector<InstrId>& users = users_[object.index()];
    return std::all_of(users.begin(), users.end(), [&](InstrId id) {
        const hir::Instr& instr = function_.instrs[id];
        switch (instr.opcode) {
            case Opcode::DecRef:
            case Opcode::ReleaseQuietly:
            case Opcode::GuardQuietEnd:
            case Opcode::UnboxInt:
            case Opcode::TestInt:
                return true;
            default:
                break;
        }
        if (id == user) {
            return std::count(instr.operands.begin(), instr.operands.end(), object) == 1;
        }
        const bool isCopy = instr.result.valid() && objectCopiedBy(function_, instr.result) == object;
        return isCopy && isKeptFromOthers(instr.result, user);
    });
}

void passNumbers(Function& function, InstrId call, const std::vector<bool>& arguments) {
    hir::Builder builder(function);
    builder.setInsertBefore(call);
    builder.setBytecode(function.instrs[call].bytecode);
    for (size_t k = 0; k < arguments.size(); ++k) {
        if (arguments[k]) {
            const ValueId object = function.instrs[call].operands[k];
            function.instrs[call].operands[k] = hir::BoxInt(function, function.values[object].definition).input();
            builder.decRef(object);
        }
    }
}

}  // namespace pyjion::passes
