// SPDX-License-Identifier: MIT
// Operations of hir/operations.def: the letters of a row become the arguments of the call of the helper with its name.
// Operands beyond those in registers go to the frame's own value stack, where the interpreter would have them.
#include "hir/operation.h"

#include "base/check.h"
#include "lower/exits.h"
#include "lower/lowering.h"

namespace pyjion::lower {

using cil::Opcode;
using runtime::Helper;

namespace {

Helper helperOf(hir::Operation operation) {
    static constexpr Helper kHelpers[] = {
#define OPERATION(name, parameters, effects, result) Helper::name,
#include "hir/operations.def"
#undef OPERATION
    };
    return kHelpers[static_cast<size_t>(operation)];
}

}  // namespace

void Lowering::storeOperands(hir::InstrView i, size_t first) {
    uint32_t slot = freeSlot(i.snapshot());
    for (size_t k = first; k < i.instr().operands.size(); ++k) {
        pushFrameAddress(slotOffset(slot++));
        push(i.instr().operands[k]);
        op(Opcode::StindI);
    }
}

void Lowering::pushParameter(hir::InstrView i, char parameter, size_t& operand, uint32_t argument, uint32_t site) {
    const std::vector<hir::ValueId>& operands = i.instr().operands;
    switch (parameter) {
        case 't':
            pushThread();
            return;
        case 'f':
            pushFrame();
            return;
        case 'b':
        case 'o':
            push(operands[operand++]);
            return;
        case '*':
        case 'r':
            pushFrameAddress(slotOffset(freeSlot(i.snapshot())));
            return;
        case 'c':
            cil_.ldcI8(static_cast<int64_t>(operands.size() - operand));
            return;
        case 'a':
            cil_.ldcI4(static_cast<int32_t>(argument));
            return;
        case 'n':
            pushPool({PoolKind::Name, argument}, input_.names[argument]);
            return;
        case 'k':
            pushPool({PoolKind::Constant, argument}, fmt::format("constant {}", argument));
            return;
        case 'l':
            pushFrameAddress(slotOffset(argument));
            return;
        case 's':
            pushSite(site);
            return;
        default:
            PYJION_CHECK(false, "operations.def has the unknown letter {}", parameter);
    }
}

void Lowering::callOperation(hir::InstrView i, hir::Operation operation, uint32_t argument, uint32_t site) {
    std::string_view parameters = hir::parametersOf(operation);
    recordPosition(i.origin());
    if (size_t first = parameters.find('*'); first != std::string_view::npos) {
        size_t inRegisters = 0;
        for (char parameter : parameters.substr(0, first)) {
            inRegisters += parameter == 'o' || parameter == 'b';
        }
        storeOperands(i, inRegisters);
    }
    size_t operand = 0;
    for (char parameter : parameters) {
        pushParameter(i, parameter, operand, argument, site);
    }
    callHelper(helperOf(operation));
}

void Lowering::visit(hir::Operate i) {
    callOperation(i, i.operation(), i.argument(), i.site());
    finishObjectHelper(i);
}

void Lowering::visit(hir::Perform i) {
    callOperation(i, i.operation(), i.argument(), i.site());
    finishStatusHelper(i);
}

void Lowering::visit(hir::Spread i) {
    callOperation(i, i.operation(), i.argument(), i.site());
    cil::LocalId status = scratch(cil::Type::Int32, "status");
    cil_.stloc(status);
    cil_.ldloc(status);
    cil_.ldcI4(0);
    cil_.branch(Opcode::Blt, exits_.raisedSpread(i.snapshot(), i.origin(), i.results()));
}

void Lowering::visit(hir::TakeStack i) {
    pushFrameField(slotOffset(function().frameLocals() + i.depth()), Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::ChangeLocal i) {
    callOperation(i, i.operation(), i.local(), 0);
    finishStatusHelper(i);
}

}  // namespace pyjion::lower
