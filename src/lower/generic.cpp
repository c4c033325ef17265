// SPDX-License-Identifier: MIT
// Generic operations: one helper call each. The helper consumes the operands; null (or -1) means that an exception is
// set or that the result is stashed because tracing was switched on, and both leave through the same exit.
#include <algorithm>

#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"
#include "runtime/comparison.h"
#include "runtime/site.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using runtime::Helper;

namespace {

/// The helper of an operator: the table keeps each group in the order of hir's enum.
template <typename Operator>
Helper helperFor(Helper first, Operator op) {
    return static_cast<Helper>(static_cast<uint16_t>(first) + static_cast<uint16_t>(op));
}

}  // namespace

void Lowering::finishObjectHelper(hir::InstrView i) {
    pop(i.result());
    push(i.result());
    cil_.branch(Opcode::Brfalse, exits_.raised(i.snapshot(), i.origin(), true));
}

void Lowering::finishStatusHelper(hir::InstrView i) {
    cil::LocalId status = i.result().valid() ? localOf(i.result()) : scratch(cil::Type::Int32, "status");
    cil_.stloc(status);
    cil_.ldloc(status);
    cil_.ldcI4(0);
    cil_.branch(Opcode::Blt, exits_.raised(i.snapshot(), i.origin(), false));
}

std::optional<hir::InstrId> Lowering::nextInstruction(hir::InstrView i) const {
    const std::vector<hir::InstrId>& instrs = function().blocks[i.instr().block].instrs;
    for (size_t place = place_ + 1; place < instrs.size(); ++place) {
        if (function().instrs[instrs[place]].opcode != hir::Opcode::Snapshot) {
            return instrs[place];
        }
    }
    return std::nullopt;
}

/// The local that the next bytecode stores the sum into: a string that grows in a loop must be grown in place, as the
/// interpreter does with BINARY_OP_INPLACE_ADD_UNICODE, or the loop would take quadratic time.
std::optional<uint32_t> Lowering::storedLocal(hir::BinaryOp i) const {
    if (i.op() != hir::BinaryOperator::Add && i.op() != hir::BinaryOperator::InplaceAdd) {
        return std::nullopt;
    }
    std::optional<hir::InstrId> next = nextInstruction(i);
    if (!next || function().instrs[*next].opcode != hir::Opcode::StoreLocal) {
        return std::nullopt;
    }
    hir::StoreLocal store(function(), *next);
    const bool isStored = store.value() == i.result() && !function().isName(store.local());
    return isStored ? std::optional(store.local()) : std::nullopt;
}

/// The instruction that takes the truth of a comparison's result, where nothing else needs the object and nothing can
/// leave between them.
std::optional<hir::Truth> Lowering::truthOf(hir::CompareOp i) const {
    std::optional<hir::InstrId> next = nextInstruction(i);
    if (!next || function().instrs[*next].opcode != hir::Opcode::Truth || uses_[i.result().index()] != 1 ||
        snapshotUses_[i.result().index()] != 0 || input_.spillAll) {
        return std::nullopt;
    }
    hir::Truth truth(function(), *next);
    return truth.input() == i.result() ? std::optional(truth) : std::nullopt;
}

void Lowering::visit(hir::BinaryOp i) {
    recordPosition(i.origin());
    push(i.left());
    push(i.right());
    pushSite(i.site());
    if (std::optional<uint32_t> local = storedLocal(i)) {
        pushFrameAddress(slotOffset(*local));
        callHelper(i.op() == hir::BinaryOperator::Add ? Helper::AddLocal : Helper::InplaceAddLocal);
    } else {
        callHelper(helperFor(Helper::Add, i.op()));
    }
    finishObjectHelper(i);
}

void Lowering::visit(hir::CompareOp i) {
    recordPosition(i.origin());
    push(i.left());
    push(i.right());
    pushSite(i.site());
    std::optional<hir::Truth> truth = truthOf(i);
    if (!truth) {
        callHelper(helperFor(Helper::CompareLess, i.op()));
        finishObjectHelper(i);
        return;
    }
    cil_.ldcI4(static_cast<int32_t>(truth->origin()));
    callHelper(helperFor(Helper::CompareTruthLess, i.op()));
    pop(truth->result());
    push(truth->result());
    cil_.ldcI4(runtime::kComparisonFailed);
    cil_.branch(Opcode::Beq, exits_.raised(i.snapshot(), i.origin(), true));
    push(truth->result());
    cil_.ldcI4(runtime::kTruthFailed);
    cil_.branch(Opcode::Beq, exits_.jumped(truth->snapshot(), truth->origin()));
    recordedPosition_ = UINT32_MAX;
    taken_ = truth->result();
}

void Lowering::visit(hir::UnaryOp i) {
    recordPosition(i.origin());
    push(i.input());
    pushSite(i.site());
    callHelper(helperFor(Helper::UnaryNegative, i.op()));
    finishObjectHelper(i);
}

/// The result of a helper that decides something: it is negative when compiled code is left.
void Lowering::finishDecision(hir::InstrView i, cil::LabelId exit) {
    pop(i.result());
    push(i.result());
    cil_.ldcI4(0);
    cil_.branch(Opcode::Blt, exit);
}

/// Plain data has no finalizer: then nothing can be asked for meanwhile.
void Lowering::visit(hir::IsOp i) {
    recordPosition(i.origin());
    if (i.snapshot().valid()) {
        push(i.left());
        push(i.right());
        cil_.ldcI4(i.negated() ? 1 : 0);
        callHelper(Helper::IsSame);
        finishDecision(i, exits_.raised(i.snapshot(), i.origin(), true));
        return;
    }
    push(i.left());
    push(i.right());
    op(Opcode::Ceq);
    if (i.negated()) {
        cil_.ldcI4(0);
        op(Opcode::Ceq);
    }
    pop(i.result());
    for (hir::ValueId operand : {i.left(), i.right()}) {
        push(operand);
        callHelper(Helper::ReleaseAndStay);
    }
}

void Lowering::visit(hir::IsNone i) {
    recordPosition(i.origin());
    if (i.snapshot().valid() && input_.quick) {
        push(i.input());
        callHelper(Helper::IsNone);
        finishDecision(i, exits_.jumped(i.snapshot(), i.origin()));
        return;
    }
    push(i.input());
    pushPool({PoolKind::None}, "None");
    op(Opcode::Ceq);
    pop(i.result());
    if (!i.snapshot().valid()) {
        push(i.input());
        callHelper(Helper::ReleaseAndStay);
        return;
    }
    cil::LabelId alive = cil_.newLabel();
    branchIfAlive(asLocal(i.input()), false, alive);
    push(i.input());
    push(i.result());
    callHelper(Helper::DeallocDecided);
    finishDecision(i, exits_.jumped(i.snapshot(), i.origin()));
    cil_.bind(alive);
}

void Lowering::visit(hir::ContainsOp i) {
    recordPosition(i.origin());
    push(i.item());
    push(i.container());
    cil_.ldcI4(i.negated() ? 1 : 0);
    callHelper(Helper::Contains);
    finishObjectHelper(i);
}

void Lowering::visit(hir::Truth i) {
    if (taken_ == i.result()) {
        return;
    }
    if (value(i.input()).type.isSubtypeOf(hir::kBoolExact)) {
        push(i.input());
        pushPool({PoolKind::True}, "True");
        op(Opcode::Ceq);
        pop(i.result());
        changeReferences(i.input(), Opcode::Sub);
        return;
    }
    cil::LabelId done = cil_.newLabel();
    const bool mayBeSingleton = value(i.input()).type.mayBe(hir::kBoolExact | hir::kNoneExact);
    if (!input_.quick && mayBeSingleton) {
        takeTruthOfSingleton(i, done);
    }
    recordPosition(i.origin());
    push(i.input());
    pushSite(i.site());
    if (i.snapshot().valid()) {
        callHelper(Helper::Truth);
        finishDecision(i, exits_.jumped(i.snapshot(), i.origin()));
    } else {
        callHelper(Helper::TruthOfPlain);
        pop(i.result());
    }
    cil_.bind(done);
    if (!input_.quick && mayBeSingleton) {
        recordedPosition_ = UINT32_MAX;
    }
}

/// True, False and None, which always have other references, in place; goes on at the label for these.
void Lowering::takeTruthOfSingleton(hir::Truth i, cil::LabelId done) {
    cil::LabelId isFalse = cil_.newLabel();
    cil::LabelId release = cil_.newLabel();
    cil::LabelId other = cil_.newLabel();
    cil_.ldcI4(1);
    pop(i.result());
    push(i.input());
    pushPool({PoolKind::True}, "True");
    cil_.branch(Opcode::Beq, release);
    push(i.input());
    pushPool({PoolKind::False}, "False");
    cil_.branch(Opcode::Beq, isFalse);
    push(i.input());
    pushPool({PoolKind::None}, "None");
    cil_.branch(Opcode::BneUn, other);
    cil_.bind(isFalse);
    cil_.ldcI4(0);
    pop(i.result());
    cil_.bind(release);
    changeReferences(i.input(), Opcode::Sub);
    cil_.branch(Opcode::Br, done);
    cil_.bind(other);
}

/// The helpers' fast path: while both dicts are unchanged, the site's object is what the name means. Goes on at the
/// label then, else behind.
void Lowering::takeCachedGlobal(hir::ValueId result, PoolRecipe site, std::string_view name, cil::LabelId done) {
    cil::LabelId lookUp = cil_.newLabel();
    branchIfGlobalsChanged(site, name, lookUp);
    pushPool(site, name);
    cil_.ldcI4(static_cast<int32_t>(offsetof(runtime::Site, object)));
    op(Opcode::Add);
    op(Opcode::LdindI);
    pop(result);
    takeReference(result);
    cil_.branch(Opcode::Br, done);
    cil_.bind(lookUp);
}

void Lowering::visit(hir::LoadGlobal i) {
    PoolRecipe site{PoolKind::Site, i.site()};
    std::string_view name = input_.names[i.name()];
    cil::LabelId done = cil_.newLabel();
    if (!input_.quick) {
        takeCachedGlobal(i.result(), site, name, done);
    }
    recordPosition(i.origin());
    pushFrame();
    pushPool(site, name);
    callHelper(Helper::LoadGlobal);
    finishObjectHelper(i);
    if (!input_.quick) {
        cil_.bind(done);
        recordedPosition_ = UINT32_MAX;
    }
}

void Lowering::visit(hir::StoreGlobal i) {
    recordPosition(i.origin());
    pushFrame();
    pushPool({PoolKind::Site, i.site()}, input_.names[i.name()]);
    push(i.value());
    callHelper(Helper::StoreGlobal);
    finishStatusHelper(i);
}

/// The operands go to the frame's own value stack, where the interpreter would have them, above what stays on it.
void Lowering::visit(hir::Call i) {
    recordPosition(i.origin());
    storeOperands(i, 0);
    pushThread();
    pushFrame();
    pushFrameAddress(slotOffset(freeSlot(i.snapshot())));
    cil_.ldcI8(static_cast<int64_t>(i.arguments().size()));
    if (input_.quick) {
        pushSite(i.site());
        callHelper(Helper::Call);
    } else {
        callHelper(Helper::CallKnown);
    }
    finishObjectHelper(i);
}

void Lowering::visit(hir::GetIter i) {
    recordPosition(i.origin());
    push(i.input());
    pushSite(i.site());
    callHelper(Helper::GetIter);
    finishObjectHelper(i);
}

/// The next item of a list's or tuple's iterator; goes on at the label for other iterators, and at the end. In place,
/// and without a guess: most loops run over one of these, and no feedback says so.
void Lowering::takeNextItem(hir::IterNext i, cil::LabelId slow) {
    cil::LocalId type = scratch(cil::Type::NativeInt, "type");
    cil::LocalId sequence = scratch(cil::Type::NativeInt, "sequence");
    cil::LocalId items = scratch(cil::Type::NativeInt, "items");
    cil::LocalId index = scratch(cil::Type::Int64, "index");
    cil::LabelId isTuple = cil_.newLabel();
    cil::LabelId take = cil_.newLabel();
    auto findItems = [&](PoolKind iteratorType, std::string_view name, int32_t offset, cil::LabelId other) {
        cil_.ldloc(type);
        pushPool({iteratorType}, name);
        cil_.branch(Opcode::BneUn, other);
        pushField(i.iterator(), abi::kSequenceIteratorSequence, Opcode::LdindI);
        cil_.stloc(sequence);
        cil_.ldloc(sequence);
        cil_.branch(Opcode::Brfalse, slow);
        cil_.ldloc(sequence);
        cil_.ldcI4(offset);
        op(Opcode::Add);
    };
    pushField(i.iterator(), abi::kObjectType, Opcode::LdindI);
    cil_.stloc(type);
    findItems(PoolKind::ListIterator, "list iterator", abi::kListItems, isTuple);
    op(Opcode::LdindI);
    cil_.stloc(items);
    cil_.branch(Opcode::Br, take);
    cil_.bind(isTuple);
    findItems(PoolKind::TupleIterator, "tuple iterator", abi::kTupleItems, slow);
    cil_.stloc(items);
    cil_.bind(take);
    pushField(i.iterator(), abi::kSequenceIteratorIndex, Opcode::LdindI8);
    cil_.stloc(index);
    cil_.ldloc(index);
    cil_.ldloc(sequence);
    cil_.ldcI4(abi::kSequenceSize);
    op(Opcode::Add);
    op(Opcode::LdindI8);
    cil_.branch(Opcode::BgeUn, slow);
    push(i.iterator());
    cil_.ldcI4(abi::kSequenceIteratorIndex);
    op(Opcode::Add);
    cil_.ldloc(index);
    cil_.ldcI8(1);
    op(Opcode::Add);
    op(Opcode::StindI8);
    takeItem(i.result(), items, index);
}

/// A new reference to the item at a place of an array of objects.
void Lowering::takeItem(hir::ValueId result, cil::LocalId items, cil::LocalId index) {
    cil_.ldloc(items);
    cil_.ldloc(index);
    cil_.ldcI4(3);
    op(Opcode::Shl);
    op(Opcode::ConvI);
    op(Opcode::Add);
    op(Opcode::LdindI);
    pop(result);
    takeReference(result);
}

void Lowering::visit(hir::IterNext i) {
    cil::LabelId fine = cil_.newLabel();
    if (!input_.quick && value(i.iterator()).type != hir::kRangeIterExact) {
        cil::LabelId slow = cil_.newLabel();
        takeNextItem(i, slow);
        cil_.branch(Opcode::Br, fine);
        cil_.bind(slow);
    }
    nextByHelper(i, i.iterator(), i.site(), fine);
}

/// What the iterator itself gives, for IterNext and IterEnd; goes on at the label, which is bound behind it.
void Lowering::nextByHelper(hir::InstrView i, hir::ValueId iterator, uint32_t site, cil::LabelId fine) {
    recordPosition(i.origin());
    push(iterator);
    pushSite(site);
    callHelper(Helper::IterNext);
    pop(i.result());
    push(i.result());
    cil_.branch(Opcode::Brtrue, fine);
    cil::LocalId status = scratch(cil::Type::Int32, "status");
    callHelper(Helper::Failed);
    cil_.stloc(status);
    cil_.ldloc(status);
    cil_.branch(Opcode::Brfalse, fine);
    cil_.ldloc(status);
    cil_.ldcI4(0);
    cil_.branch(Opcode::Blt, exits_.jumped(i.snapshot(), i.origin()));
    cil_.branch(Opcode::Br, exits_.raised(i.snapshot(), i.origin(), true));
    cil_.bind(fine);
    recordedPosition_ = UINT32_MAX;
}

}  // namespace pyjion::lower
