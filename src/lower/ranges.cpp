// SPDX-License-Identifier: MIT
// Ranges without objects: an iterator is three integers, and exits make one when the interpreter needs it.
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;
using runtime::Helper;

/// Nobody else may hold the iterator (it is taken apart), and all of its values must be in the range of unboxed
/// integers. The value behind the last one fits 64 bits: CPython makes another kind of iterator otherwise
/// (rangeobject.c).
void Lowering::visit(hir::UnpackRangeNext i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::RangeChanged, i.origin());
    pushField(i.iterator(), abi::kObjectRefcount, Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.branch(Opcode::BneUn, exit);
    auto valueAt = [&](int32_t countOffset) {
        pushField(i.iterator(), abi::kRangeIteratorStart, Opcode::LdindI8);
        pushField(i.iterator(), abi::kRangeIteratorStep, Opcode::LdindI8);
        pushField(i.iterator(), countOffset, Opcode::LdindI8);
        op(Opcode::Mul);
        op(Opcode::Add);
    };
    cil::LocalId end = scratch(cil::Type::Int64, "end");
    valueAt(abi::kRangeIteratorLength);
    cil_.stloc(end);
    checkRange(end, exit);
    valueAt(abi::kRangeIteratorIndex);
    pop(i.result());
    checkRange(localOf(i.result()), exit);
}

void Lowering::visit(hir::UnpackRangeStep i) {
    pushField(i.iterator(), abi::kRangeIteratorStep, Opcode::LdindI8);
    pop(i.result());
}

void Lowering::visit(hir::UnpackRangeLimit i) {
    pushField(i.iterator(), abi::kRangeIteratorStart, Opcode::LdindI8);
    pushField(i.iterator(), abi::kRangeIteratorStep, Opcode::LdindI8);
    pushField(i.iterator(), abi::kRangeIteratorLength, Opcode::LdindI8);
    op(Opcode::Mul);
    op(Opcode::Add);
    pop(i.result());
}

void Lowering::visit(hir::RangeLimit i) {
    cil::LocalId count = scratch(cil::Type::Int64, "count");
    push(i.start());
    push(i.stop());
    push(i.step());
    callHelper(Helper::RangeCount);
    cil_.stloc(count);
    cil_.ldloc(count);
    cil_.ldcI8(0);
    cil_.branch(Opcode::Blt, exits_.before(i.snapshot(), Reason::RangeChanged, i.origin()));
    push(i.start());
    cil_.ldloc(count);
    push(i.step());
    op(Opcode::Mul);
    op(Opcode::Add);
    pop(i.result());
}

void Lowering::visit(hir::RangeHasNext i) {
    pushField(i.iterator(), abi::kRangeIteratorIndex, Opcode::LdindI8);
    pushField(i.iterator(), abi::kRangeIteratorLength, Opcode::LdindI8);
    op(Opcode::Clt);
    pop(i.result());
}

/// The value fits 64 bits, as it is one of the range.
void Lowering::visit(hir::AdvanceRange i) {
    cil::LocalId index = scratch(cil::Type::Int64, "index");
    pushField(i.iterator(), abi::kRangeIteratorIndex, Opcode::LdindI8);
    cil_.stloc(index);
    pushField(i.iterator(), abi::kRangeIteratorStart, Opcode::LdindI8);
    pushField(i.iterator(), abi::kRangeIteratorStep, Opcode::LdindI8);
    cil_.ldloc(index);
    op(Opcode::Mul);
    op(Opcode::Add);
    pop(i.result());
    checkRange(localOf(i.result()), exits_.before(i.snapshot(), Reason::IntTooBig, i.origin()));
    push(i.iterator());
    cil_.ldcI4(abi::kRangeIteratorIndex);
    op(Opcode::Add);
    cil_.ldloc(index);
    cil_.ldcI8(1);
    op(Opcode::Add);
    op(Opcode::StindI8);
}

void Lowering::visit(hir::MakeRangeIter i) {
    if (isSunk(i.result())) {
        return;
    }
    push(i.next());
    push(i.step());
    push(i.limit());
    push(i.next());
    op(Opcode::Sub);
    push(i.step());
    op(Opcode::Div);
    callHelper(Helper::MakeRangeIter);
    pop(i.result());
}

}  // namespace pyjion::lower
