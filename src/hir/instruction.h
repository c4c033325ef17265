// SPDX-License-Identifier: MIT
// Questions about one instruction that are answered from its table row together with the types of its operands: type of
// the result, effects, exit. Nothing here knows a particular opcode.
#pragma once

#include <optional>
#include <vector>

#include "hir/function.h"
#include "hir/generated/opcode.h"
#include "hir/op_info.h"
#include "hir/operation.h"
#include "hir/type.h"

namespace pyjion::hir {

Immediate makeImmediate(int64_t value);
Immediate makeImmediate(uint32_t value);
Immediate makeImmediate(double value);
Immediate makeImmediate(bool value);
Immediate makeImmediate(Type value);
Immediate makeImmediate(BinaryOperator value);
Immediate makeImmediate(CompareOperator value);
Immediate makeImmediate(UnaryOperator value);
Immediate makeImmediate(Operation value);
Immediate makeImmediate(ExitReason value);

/// The row of an instruction.
const OpInfo& infoOf(const Function& function, InstrId id);

/// The result's type by the row's rule, from the operands' types as they are now; Bottom when there is no result.
Type resultTypeByRule(const Function& function, const Instr& instr);

struct Effects {
    HeapSet reads;
    HeapSet writes;
};

/// What an instruction reads and writes. Less than the row says for a quiet instruction on plain data.
Effects effectsOf(const Function& function, InstrId id);

/// All operands are plain data and the row says that nothing happens then but the operation itself.
bool isQuiet(const Function& function, InstrId id);

/// How an instruction can leave: the row's kind, None when it is quiet and names no snapshot.
ExitKind exitKindOf(const Function& function, InstrId id);

/// Why an instruction leaves: its reason immediate, else the row's default.
ExitReason exitReasonOf(const Function& function, InstrId id);

/// The local whose slot an instruction writes: the one that its immediate `local` names.
std::optional<uint32_t> writtenLocal(const Function& function, InstrId id);

/// How many results an instruction leaves in the frame's value-stack slots, from the first one above the stack of its
/// snapshot on. Calls and all others leave nothing there.
uint32_t resultsInSlots(const Instr& instr);

/// The local whose slot keeps an instruction's borrowed result alive: the one that its immediate `local` names.
std::optional<uint32_t> borrowedLocal(const Function& function, InstrId id);

/// Whether an instruction may go when nothing uses its result: it writes nothing, keeps no reference moving, and its
/// exit, if any, is only a guess of ours.
bool isRemovable(const Function& function, InstrId id);

/// The operand takes the reference of its value.
bool consumesOperand(const Function& function, InstrId id, size_t index);

/// The object of a borrowed view (a guard's result) that keeps it alive: its input, through any number of views.
/// The value itself when it is no view.
ValueId viewRoot(const Function& function, ValueId value);

}  // namespace pyjion::hir
