// SPDX-License-Identifier: MIT
// Iterators over lists and tuples, alone or in enumerate() and zip(): listiter_next() of Objects/listobject.c,
// tupleiter_next() of tupleobject.c, enum_next() of enumobject.c and zip_next() of Python/bltinmodule.c, but for their
// ends. The latter two give one tuple again and again when nobody holds it: here it is not given, but keeps its items.
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using base::IteratorKind;
using cil::Opcode;
using deopt::Reason;
using runtime::Helper;

namespace {

uint32_t countOf(IteratorKind kind) {
    return kind == IteratorKind::Zipped ? 2 : 1;
}

}  // namespace

/// Pushes the iterator over a sequence that an iterator of the kind is, or has.
void Lowering::pushInnerIterator(hir::ValueId iterator, IteratorKind kind, uint32_t which) {
    switch (kind) {
        case IteratorKind::Enumerated:
            pushField(iterator, abi::kEnumerateIterator, Opcode::LdindI);
            break;
        case IteratorKind::Zipped:
            pushField(iterator, abi::kZipIterators, Opcode::LdindI);
            cil_.ldcI4(abi::kTupleItems + 8 * static_cast<int32_t>(which));
            op(Opcode::Add);
            op(Opcode::LdindI);
            break;
        default:
            push(iterator);
    }
}

void Lowering::pushAt(cil::LocalId object, int32_t offset, Opcode load) {
    cil_.ldloc(object);
    cil_.ldcI4(offset);
    op(Opcode::Add);
    op(load);
}

/// Branches to the label when the tuple that an iterator gives again and again is the last one that holds one of its
/// items: that would end, perhaps with a finalizer, when the next one takes its place.
void Lowering::checkReusedPair(hir::ValueId iterator, IteratorKind kind, cil::LabelId exit) {
    cil::LocalId pair = scratch(cil::Type::NativeInt, "pair");
    cil::LabelId fine = cil_.newLabel();
    const bool isZip = kind == IteratorKind::Zipped;
    auto pushItem = [&](int32_t place) { pushAt(pair, abi::kTupleItems + 8 * place, Opcode::LdindI); };
    pushField(iterator, abi::kReusedPair, Opcode::LdindI);
    cil_.stloc(pair);
    pushAt(pair, abi::kObjectRefcount, Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.branch(Opcode::BneUn, fine);
    pushItem(1);
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.branch(Opcode::Ble, exit);
    if (isZip) {
        pushItem(0);
        op(Opcode::LdindI8);
        pushItem(0);
        pushItem(1);
        op(Opcode::Ceq);
        op(Opcode::ConvI8);
        op(Opcode::Sub);
        cil_.ldcI8(1);
        cil_.branch(Opcode::Ble, exit);
    }
    cil_.bind(fine);
}

/// What an enumeration and a zip have inside they have for good, and so is each object's type.
void Lowering::visit(hir::GuardIterator i) {
    const auto kind = static_cast<IteratorKind>(i.kind());
    const cil::LabelId exit = exits_.before(i.snapshot(), Reason::TypeChanged, i.origin());
    cil::LocalId type = scratch(cil::Type::NativeInt, "type");
    if (kind != IteratorKind::Sequence) {
        pushField(i.input(), abi::kObjectType, Opcode::LdindI);
        pushPool({kind == IteratorKind::Enumerated ? PoolKind::Enumerate : PoolKind::Zip},
                 kind == IteratorKind::Enumerated ? "enumerate" : "zip");
        cil_.branch(Opcode::BneUn, exit);
    }
    if (kind == IteratorKind::Enumerated) {
        pushField(i.input(), abi::kEnumerateLongIndex, Opcode::LdindI);
        cil_.branch(Opcode::Brtrue, exit);
    } else if (kind == IteratorKind::Zipped) {
        pushField(i.input(), abi::kZipSize, Opcode::LdindI8);
        cil_.ldcI8(2);
        cil_.branch(Opcode::BneUn, exit);
        pushField(i.input(), abi::kZipIsStrict, Opcode::LdindI4);
        cil_.branch(Opcode::Brtrue, exit);
        // One iterator that is asked twice may have only one item left.
        pushInnerIterator(i.input(), kind, 0);
        pushInnerIterator(i.input(), kind, 1);
        cil_.branch(Opcode::Beq, exit);
    }
    if (kind != IteratorKind::Sequence) {
        checkReusedPair(i.input(), kind, exit);
    }
    for (uint32_t which = 0; which < countOf(kind); ++which) {
        cil::LabelId fits = cil_.newLabel();
        pushInnerIterator(i.input(), kind, which);
        cil_.ldcI4(abi::kObjectType);
        op(Opcode::Add);
        op(Opcode::LdindI);
        cil_.stloc(type);
        cil_.ldloc(type);
        pushPool({PoolKind::ListIterator}, "list iterator");
        cil_.branch(Opcode::Beq, fits);
        cil_.ldloc(type);
        pushPool({PoolKind::TupleIterator}, "tuple iterator");
        cil_.branch(Opcode::BneUn, exit);
        cil_.bind(fits);
    }
}

void Lowering::visit(hir::IteratorHasNext i) {
    const auto kind = static_cast<IteratorKind>(i.kind());
    cil::LocalId inner = scratch(cil::Type::NativeInt, "inner");
    cil::LocalId sequence = scratch(cil::Type::NativeInt, "sequence");
    cil::LabelId done = cil_.newLabel();
    cil_.ldcI4(0);
    pop(i.result());
    for (uint32_t which = 0; which < countOf(kind); ++which) {
        pushInnerIterator(i.iterator(), kind, which);
        cil_.stloc(inner);
        pushAt(inner, abi::kSequenceIteratorSequence, Opcode::LdindI);
        cil_.stloc(sequence);
        cil_.ldloc(sequence);
        cil_.branch(Opcode::Brfalse, done);
        pushAt(inner, abi::kSequenceIteratorIndex, Opcode::LdindI8);
        pushAt(sequence, abi::kSequenceSize, Opcode::LdindI8);
        cil_.branch(Opcode::BgeUn, done);
    }
    cil_.ldcI4(1);
    pop(i.result());
    cil_.bind(done);
}

void Lowering::visit(hir::IteratorCount i) {
    pushField(i.iterator(), abi::kEnumerateIndex, Opcode::LdindI8);
    pop(i.result());
    checkRange(localOf(i.result()), exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
}

void Lowering::visit(hir::AdvanceIterator i) {
    const auto kind = static_cast<IteratorKind>(i.kind());
    cil::LocalId inner = scratch(cil::Type::NativeInt, "inner");
    cil::LocalId sequence = scratch(cil::Type::NativeInt, "sequence");
    cil::LocalId items = scratch(cil::Type::NativeInt, "items");
    cil::LocalId index = scratch(cil::Type::Int64, "index");
    cil::LabelId found = cil_.newLabel();
    auto moveOn = [&](auto pushAddress, auto pushCount) {
        pushAddress();
        pushCount();
        cil_.ldcI8(1);
        op(Opcode::Add);
        op(Opcode::StindI8);
    };
    pushInnerIterator(i.iterator(), kind, i.which());
    cil_.stloc(inner);
    pushAt(inner, abi::kSequenceIteratorIndex, Opcode::LdindI8);
    cil_.stloc(index);
    moveOn(
        [&] {
            cil_.ldloc(inner);
            cil_.ldcI4(abi::kSequenceIteratorIndex);
            op(Opcode::Add);
        },
        [&] { cil_.ldloc(index); });
    if (kind == IteratorKind::Enumerated) {
        moveOn(
            [&] {
                push(i.iterator());
                cil_.ldcI4(abi::kEnumerateIndex);
                op(Opcode::Add);
            },
            [&] { pushField(i.iterator(), abi::kEnumerateIndex, Opcode::LdindI8); });
    }
    pushAt(inner, abi::kSequenceIteratorSequence, Opcode::LdindI);
    cil_.stloc(sequence);
    cil_.ldloc(sequence);
    cil_.ldcI4(abi::kTupleItems);
    op(Opcode::Add);
    cil_.stloc(items);
    pushAt(inner, abi::kObjectType, Opcode::LdindI);
    pushPool({PoolKind::ListIterator}, "list iterator");
    cil_.branch(Opcode::BneUn, found);
    pushAt(sequence, abi::kListItems, Opcode::LdindI);
    cil_.stloc(items);
    cil_.bind(found);
    takeItem(i.result(), items, index);
    if (kind != IteratorKind::Sequence) {
        keepInPair(i, kind == IteratorKind::Enumerated ? 1 : static_cast<int32_t>(i.which()));
    }
}

/// python::keepInPair(); here for a pair that nobody else holds, and that the collector knows.
void Lowering::keepInPair(hir::AdvanceIterator i, int32_t place) {
    cil::LocalId pair = scratch(cil::Type::NativeInt, "pair");
    cil::LocalId old = scratch(cil::Type::NativeInt, "old");
    cil::LabelId slow = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    const int32_t offset = abi::kTupleItems + 8 * place;
    pushField(i.iterator(), abi::kReusedPair, Opcode::LdindI);
    cil_.stloc(pair);
    pushAt(pair, abi::kObjectRefcount, Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.branch(Opcode::BneUn, slow);
    pushAt(pair, abi::kGcNext, Opcode::LdindI);
    cil_.branch(Opcode::Brfalse, slow);
    pushAt(pair, offset, Opcode::LdindI);
    cil_.stloc(old);
    cil_.ldloc(pair);
    cil_.ldcI4(offset);
    op(Opcode::Add);
    push(i.result());
    op(Opcode::StindI);
    takeReference(i.result());
    branchIfAlive(old, false, done);
    cil_.ldloc(old);
    callHelper(Helper::DeallocAndStay);
    cil_.branch(Opcode::Br, done);
    cil_.bind(slow);
    push(i.iterator());
    cil_.ldcI4(place);
    push(i.result());
    callHelper(Helper::KeepInPair);
    cil_.bind(done);
}

void Lowering::visit(hir::IterEnd i) {
    nextByHelper(i, i.iterator(), i.site(), cil_.newLabel());
}

}  // namespace pyjion::lower
