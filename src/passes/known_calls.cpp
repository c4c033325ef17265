// SPDX-License-Identifier: MIT
#include "passes/known_calls.h"

#include <utility>

#include "hir/generated/views.h"
#include "passes/number_source.h"

namespace pyjion::passes {

using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

InstrId originId(const Function& function, ValueId callable) {
    return function.values[objectBehind(function, callable)].definition;
}

template <typename Fact>
const Fact* find(const std::map<uint32_t, Fact>& facts, uint32_t key) {
    const auto found = facts.find(key);
    return found != facts.end() ? &found->second : nullptr;
}

}  // namespace

const hir::Instr* originOf(const Function& function, ValueId callable) {
    const InstrId definition = originId(function, callable);
    return definition.valid() ? &function.instrs[definition] : nullptr;
}

const CalleeFact* calleeBehind(const Function& function, const CodeFacts& facts, ValueId callable) {
    const InstrId id = originId(function, callable);
    if (!id.valid()) {
        return nullptr;
    }
    switch (function.instrs[id].opcode) {
        case Opcode::LoadGlobal:
            return find(facts.functions, hir::LoadGlobal(function, id).site());
        case Opcode::LoadFound:
            return find(facts.methods, hir::LoadFound(function, id).object());
        case Opcode::EntryLocal:
            return find(facts.slots, hir::EntryLocal(function, id).local());
        case Opcode::Operate: {
            const hir::Operate operate(function, id);
            return operate.operation() == hir::Operation::LoadDeref ? find(facts.slots, operate.argument()) : nullptr;
        }
        default:
            return nullptr;
    }
}

const ClassFact* classBehind(const Function& function, const CodeFacts& facts, ValueId callable) {
    const InstrId id = originId(function, callable);
    const bool isName = id.valid() && function.instrs[id].opcode == Opcode::LoadGlobal;
    return isName ? find(facts.classes, hir::LoadGlobal(function, id).site()) : nullptr;
}

ValueId callKnown(hir::Builder& builder, BeforeState& state, const CodeFacts& facts, ValueId function,
                  const CalleeFact& callee, std::vector<ValueId> arguments, hir::Type seen, hir::SnapshotId raised) {
    // What is inlined returns an object that may be somebody's.
    const bool returnsInt =
        callee.returnsInt.value_or(seen == hir::kLongExact) && !facts.inlinees.contains(callee.callee);
    const ValueId result = returnsInt ? builder.callFunctionInt(function, std::move(arguments), callee.callee, raised)
                                      : builder.callFunction(function, std::move(arguments), callee.callee, raised);
    state.pass(builder.last());
    return returnsInt ? builder.boxInt(result) : result;
}

}  // namespace pyjion::passes
