// SPDX-License-Identifier: MIT
// Attributes and items in place: where they lie in objects is python/abi.h's.
#include "hir/constants.h"
#include "hir/generated/opcode.h"
#include "lower/exits.h"
#include "lower/lowering.h"
#include "python/abi.h"
#include "runtime/attributes.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;
using deopt::Reason;
using runtime::Helper;

void Lowering::pushTypeField(hir::ValueId object, int32_t offset, Opcode load) {
    pushField(object, abi::kObjectType, Opcode::LdindI);
    cil_.ldcI4(offset);
    op(Opcode::Add);
    op(load);
}

/// Jumps to `found` behind all versions but the last, which is left on the evaluation stack beside the object's.
template <typename View>
void Lowering::compareVersions(View i, cil::LabelId found) {
    std::vector<uint32_t> versions{i.version()};
    for (uint32_t version : {i.second(), i.third(), i.fourth()}) {
        if (version != 0) {
            versions.push_back(version);
        }
    }
    if (versions.size() == 1) {
        pushTypeField(i.input(), abi::kTypeVersion, Opcode::LdindU4);
    } else {
        cil::LocalId seen = scratch(cil::Type::Int32, "version");
        pushTypeField(i.input(), abi::kTypeVersion, Opcode::LdindU4);
        cil_.stloc(seen);
        for (size_t place = 0; place + 1 < versions.size(); ++place) {
            cil_.ldloc(seen);
            cil_.ldcI4(static_cast<int32_t>(versions[place]));
            cil_.branch(Opcode::Beq, found);
        }
        cil_.ldloc(seen);
    }
    cil_.ldcI4(static_cast<int32_t>(versions.back()));
}

void Lowering::visit(hir::GuardVersion i) {
    cil::LabelId found = cil_.newLabel();
    compareVersions(i, found);
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
    cil_.bind(found);
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::TestVersion i) {
    cil::LabelId found = cil_.newLabel();
    cil_.ldcI4(1);
    pop(i.result());
    compareVersions(i, found);
    cil_.branch(Opcode::Beq, found);
    cil_.ldcI4(0);
    pop(i.result());
    cil_.bind(found);
}

void Lowering::visit(hir::TestFound i) {
    push(i.input());
    pushPool({PoolKind::KnownObject, i.object()}, fmt::format("object {}", i.object()));
    op(Opcode::Ceq);
    pop(i.result());
}

void Lowering::visit(hir::GuardFound i) {
    push(i.input());
    pushPool({PoolKind::KnownObject, i.object()}, fmt::format("object {}", i.object()));
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
}

void Lowering::visit(hir::LoadSuperMethod i) {
    push(i.type());
    push(i.object());
    pushSite(i.site());
    callHelper(Helper::SuperMethod);
    pop(i.result());
    push(i.result());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
}

/// What is no class of Python's derives from none, and most operands are of one class.
void Lowering::visit(hir::GuardNotDerived i) {
    cil::LabelId fine = cil_.newLabel();
    pushField(i.right(), abi::kObjectType, Opcode::LdindI);
    pushField(i.left(), abi::kObjectType, Opcode::LdindI);
    cil_.branch(Opcode::Beq, fine);
    pushTypeField(i.right(), abi::kTypeFlags, Opcode::LdindI8);
    cil_.ldcI8(static_cast<int64_t>(Py_TPFLAGS_HEAPTYPE));
    op(Opcode::And);
    cil_.branch(Opcode::Brfalse, fine);
    push(i.right());
    push(i.left());
    callHelper(Helper::IsDerived);
    cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::TypeChanged, i.origin()));
    cil_.bind(fine);
}

void Lowering::visit(hir::GuardModule i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin());
    pushField(i.input(), abi::kObjectType, Opcode::LdindI);
    pushPool({PoolKind::ModuleType}, "module");
    cil_.branch(Opcode::BneUn, exit);
    // (The collector takes it away from modules that are garbage.)
    pushField(i.input(), abi::kModuleDict, Opcode::LdindI);
    cil_.branch(Opcode::Brfalse, exit);
    pushField(i.input(), abi::kModuleDict, Opcode::LdindI);
    cil_.ldcI4(abi::kDictVersionTag);
    op(Opcode::Add);
    op(Opcode::LdindI8);
    cil_.ldcI8(i.version());
    cil_.branch(Opcode::BneUn, exit);
}

void Lowering::visit(hir::GuardSharedNames i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin());
    pushField(i.input(), abi::kInstanceValues, Opcode::LdindI);
    cil_.branch(Opcode::Brfalse, exit);
    pushTypeField(i.input(), abi::kTypeSharedKeys, Opcode::LdindI);
    cil_.ldcI4(abi::kKeysEntryCount);
    op(Opcode::Add);
    op(Opcode::LdindI8);
    cil_.ldcI8(static_cast<int64_t>(i.count()));
    cil_.branch(Opcode::BneUn, exit);
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::GuardFields i) {
    pushField(i.input(), abi::kInstanceValues, Opcode::LdindI);
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
    passOn(i.input(), i.result());
}

/// Goes on at the label when there are none: a dict has them, or the class has no such instances.
void Lowering::pushValues(hir::ValueId instance, cil::LabelId none) {
    cil::LocalId values = scratch(cil::Type::NativeInt, "values");
    pushField(instance, abi::kInstanceValues, Opcode::LdindI);
    cil_.stloc(values);
    cil_.ldloc(values);
    cil_.branch(Opcode::Brfalse, none);
    cil_.ldloc(values);
}

void Lowering::visit(hir::GuardNotOwn i) {
    cil::LabelId ask = cil_.newLabel();
    cil::LabelId fine = cil_.newLabel();
    if (i.count() != hir::kNoPlace) {
        cil::LabelId hasValues = cil_.newLabel();
        pushField(i.input(), abi::kInstanceValues, Opcode::LdindI);
        cil_.branch(Opcode::Brtrue, hasValues);
        pushField(i.input(), abi::kInstanceDict, Opcode::LdindI);
        cil_.branch(Opcode::Brfalse, fine);
        cil_.branch(Opcode::Br, ask);
        cil_.bind(hasValues);
        pushTypeField(i.input(), abi::kTypeSharedKeys, Opcode::LdindI);
        cil_.ldcI4(abi::kKeysEntryCount);
        op(Opcode::Add);
        op(Opcode::LdindI8);
        cil_.ldcI8(static_cast<int64_t>(i.count()));
        cil_.branch(Opcode::Beq, fine);
    }
    cil_.bind(ask);
    push(i.input());
    pushSite(i.site());
    callHelper(Helper::MayHaveOwn);
    cil_.branch(Opcode::Brtrue, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
    cil_.bind(fine);
    passOn(i.input(), i.result());
}

void Lowering::visit(hir::PeekOwn i) {
    cil::LabelId inDict = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    if (i.index() != hir::kNoPlace) {
        pushValues(i.owner(), inDict);
        cil_.ldcI4(8 * static_cast<int32_t>(i.index()));
        op(Opcode::Add);
        op(Opcode::LdindI);
        pop(i.result());
        cil_.branch(Opcode::Br, done);
    }
    cil_.bind(inDict);
    push(i.owner());
    pushSite(i.site());
    callHelper(Helper::FindInDict);
    pop(i.result());
    cil_.bind(done);
}

void Lowering::visit(hir::ExchangeOwn i) {
    cil::LabelId inDict = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    if (i.index() != hir::kNoPlace) {
        cil::LocalId address = scratch(cil::Type::NativeInt, "place");
        pushValues(i.owner(), inDict);
        cil_.ldcI4(8 * static_cast<int32_t>(i.index()));
        op(Opcode::Add);
        cil_.stloc(address);
        exchangeValue(i.result(), i.owner(), i.index(), i.value(), address);
        cil_.branch(Opcode::Br, done);
    }
    cil_.bind(inDict);
    push(i.owner());
    push(i.value());
    pushSite(i.site());
    callHelper(Helper::ExchangeInDict);
    pop(i.result());
    push(i.result());
    cil_.ldcI4(static_cast<int32_t>(runtime::kNotExchanged));
    op(Opcode::ConvI);
    cil_.branch(Opcode::Beq, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
    cil_.bind(done);
}

void Lowering::visit(hir::GuardThere i) {
    push(i.input());
    cil_.branch(Opcode::Brfalse, exits_.before(i.snapshot(), Reason::LayoutChanged, i.origin()));
    passOn(i.input(), i.result());
}

void Lowering::pushFieldAddress(hir::ValueId owner, uint32_t index) {
    pushField(owner, abi::kInstanceValues, Opcode::LdindI);
    cil_.ldcI4(8 * static_cast<int32_t>(index));
    op(Opcode::Add);
}

/// As _PyDictValues_AddToInsertionOrder() does it: in front of the values stand how many have been set, and in front of
/// that, last first, which.
void Lowering::noteInsertion(hir::ValueId owner, uint32_t index) {
    cil::LocalId counter = scratch(cil::Type::NativeInt, "counter");
    cil::LocalId inserted = scratch(cil::Type::Int32, "inserted");
    pushField(owner, abi::kInstanceValues, Opcode::LdindI);
    cil_.ldcI4(abi::kValuesInserted);
    op(Opcode::Add);
    cil_.stloc(counter);
    cil_.ldloc(counter);
    op(Opcode::LdindU1);
    cil_.ldcI4(1);
    op(Opcode::Add);
    cil_.stloc(inserted);
    cil_.ldloc(counter);
    cil_.ldloc(inserted);
    op(Opcode::ConvI);
    op(Opcode::Sub);
    cil_.ldcI4(static_cast<int32_t>(index));
    op(Opcode::StindI1);
    cil_.ldloc(counter);
    cil_.ldloc(inserted);
    op(Opcode::StindI1);
}

/// A value that was not there before goes behind all others in the order of the dict that may be made of them.
void Lowering::exchangeValue(hir::ValueId result, hir::ValueId owner, uint32_t index, hir::ValueId value,
                             cil::LocalId address) {
    cil::LabelId replaced = cil_.newLabel();
    cil_.ldloc(address);
    op(Opcode::LdindI);
    pop(result);
    cil_.ldloc(address);
    push(value);
    op(Opcode::StindI);
    push(result);
    cil_.branch(Opcode::Brtrue, replaced);
    noteInsertion(owner, index);
    cil_.bind(replaced);
}

void Lowering::visit(hir::ExchangeField i) {
    cil::LocalId address = scratch(cil::Type::NativeInt, "place");
    pushFieldAddress(i.owner(), i.index());
    cil_.stloc(address);
    exchangeValue(i.result(), i.owner(), i.index(), i.value(), address);
}

/// noteInsertion() where it is known how many were set before.
void Lowering::visit(hir::InitialiseField i) {
    cil::LocalId values = scratch(cil::Type::NativeInt, "values");
    const auto inserted = static_cast<int32_t>(i.others()) + 1;
    auto store = [&](int32_t offset, Opcode opcode, auto pushValue) {
        cil_.ldloc(values);
        cil_.ldcI4(offset);
        op(Opcode::Add);
        pushValue();
        op(opcode);
    };
    pushField(i.owner(), abi::kInstanceValues, Opcode::LdindI);
    cil_.stloc(values);
    store(8 * static_cast<int32_t>(i.index()), Opcode::StindI, [&] { push(i.value()); });
    store(abi::kValuesInserted, Opcode::StindI1, [&] { cil_.ldcI4(inserted); });
    store(abi::kValuesInserted - inserted, Opcode::StindI1, [&] { cil_.ldcI4(static_cast<int32_t>(i.index())); });
}

/// The object at the address is replaced by one of the number: by itself, when it is a float that nothing else holds.
void Lowering::exchangeDouble(hir::ValueId result, cil::LocalId address, hir::ValueId number, bool mayBeNull) {
    cil::LabelId replace = cil_.newLabel();
    cil::LabelId done = cil_.newLabel();
    cil::LocalId made = scratch(cil::Type::NativeInt, "made");
    cil_.ldloc(address);
    op(Opcode::LdindI);
    pop(result);
    if (mayBeNull) {
        push(result);
        cil_.branch(Opcode::Brfalse, replace);
    }
    pushField(result, abi::kObjectType, Opcode::LdindI);
    pushTypeObject(hir::kFloatExact);
    cil_.branch(Opcode::BneUn, replace);
    pushField(result, abi::kObjectRefcount, Opcode::LdindI8);
    cil_.ldcI8(1);
    cil_.branch(Opcode::BneUn, replace);
    push(result);
    cil_.ldcI4(abi::kFloatValue);
    op(Opcode::Add);
    push(number);
    op(Opcode::StindR8);
    cil_.ldcI4(0);
    op(Opcode::ConvI);
    pop(result);
    cil_.branch(Opcode::Br, done);
    cil_.bind(replace);
    pushNewDouble(number);
    cil_.stloc(made);
    cil_.ldloc(address);
    cil_.ldloc(made);
    op(Opcode::StindI);
    cil_.bind(done);
}

void Lowering::visit(hir::ExchangeItemDouble i) {
    cil::LocalId address = scratch(cil::Type::NativeInt, "place");
    pushItemAddress(i.list(), i.place());
    cil_.stloc(address);
    exchangeDouble(i.result(), address, i.value(), false);
}

void Lowering::visit(hir::ExchangeFieldDouble i) {
    cil::LocalId address = scratch(cil::Type::NativeInt, "place");
    pushFieldAddress(i.owner(), i.index());
    cil_.stloc(address);
    // (Afterwards, nothing tells a value that was not there from one that stays.)
    cil::LabelId isThere = cil_.newLabel();
    cil_.ldloc(address);
    op(Opcode::LdindI);
    cil_.branch(Opcode::Brtrue, isThere);
    noteInsertion(i.owner(), i.index());
    cil_.bind(isThere);
    exchangeDouble(i.result(), address, i.value(), true);
}

void Lowering::visit(hir::PeekField i) {
    pushFieldAddress(i.owner(), i.index());
    op(Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::PeekMember i) {
    pushField(i.owner(), static_cast<int32_t>(i.offset()), Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::PeekItem i) {
    pushItemAddress(i.sequence(), i.place());
    op(Opcode::LdindI);
    pop(i.result());
}

void Lowering::visit(hir::ExchangeMember i) {
    const auto offset = static_cast<int32_t>(i.offset());
    pushField(i.owner(), offset, Opcode::LdindI);
    pop(i.result());
    push(i.owner());
    cil_.ldcI4(offset);
    op(Opcode::Add);
    push(i.value());
    op(Opcode::StindI);
}

void Lowering::visit(hir::LoadFound i) {
    pushPool({PoolKind::KnownObject, i.object()}, fmt::format("object {}", i.object()));
    pop(i.result());
    takeReference(i.result());
}

void Lowering::visit(hir::PeekFound i) {
    pushPool({PoolKind::KnownObject, i.object()}, fmt::format("object {}", i.object()));
    pop(i.result());
}

/// As an unsigned number an index below zero is larger than any length; so is the sum with the length where the index
/// is outside.
void Lowering::visit(hir::GuardIndex i) {
    cil::LabelId exit = exits_.before(i.snapshot(), Reason::IndexOutside, i.origin());
    cil::LocalId size = scratch(cil::Type::Int64, "size");
    cil::LabelId inside = cil_.newLabel();
    pushField(i.sequence(), abi::kSequenceSize, Opcode::LdindI8);
    cil_.stloc(size);
    push(i.index());
    pop(i.result());
    push(i.result());
    cil_.ldloc(size);
    cil_.branch(Opcode::BltUn, inside);
    push(i.result());
    cil_.ldloc(size);
    op(Opcode::Add);
    pop(i.result());
    push(i.result());
    cil_.ldloc(size);
    cil_.branch(Opcode::BgeUn, exit);
    cil_.bind(inside);
}

void Lowering::visit(hir::GuardSize i) {
    pushField(i.sequence(), abi::kSequenceSize, Opcode::LdindI8);
    cil_.ldcI8(i.size());
    cil_.branch(Opcode::BneUn, exits_.before(i.snapshot(), Reason::IndexOutside, i.origin()));
}

void Lowering::pushItemAddress(hir::ValueId sequence, hir::ValueId place) {
    if (value(sequence).type == hir::kTupleExact) {
        push(sequence);
        cil_.ldcI4(abi::kTupleItems);
        op(Opcode::Add);
    } else {
        pushField(sequence, abi::kListItems, Opcode::LdindI);
    }
    push(place);
    cil_.ldcI4(3);
    op(Opcode::Shl);
    op(Opcode::ConvI);
    op(Opcode::Add);
}

void Lowering::visit(hir::ExchangeItem i) {
    pushItemAddress(i.list(), i.place());
    op(Opcode::LdindI);
    pop(i.result());
    pushItemAddress(i.list(), i.place());
    push(i.value());
    op(Opcode::StindI);
}

}  // namespace pyjion::lower
