// SPDX-License-Identifier: MIT
// Idioms of a few CIL instructions that all families use.
#include "lower/lowering.h"
#include "python/abi.h"

namespace pyjion::lower {

namespace abi = python::abi;
using cil::Opcode;

namespace {

cil::Type cilTypeOf(runtime::AbiType type) {
    switch (type) {
        case runtime::AbiType::Void:
            return cil::Type::Void;
        case runtime::AbiType::Int32:
            return cil::Type::Int32;
        case runtime::AbiType::Int64:
            return cil::Type::Int64;
        case runtime::AbiType::NativeInt:
            return cil::Type::NativeInt;
        case runtime::AbiType::Double:
            return cil::Type::Double;
    }
    return cil::Type::Void;
}

}  // namespace

cil::LocalId Lowering::scratch(cil::Type type, std::string_view name) {
    auto [found, isNew] = scratches_.try_emplace(std::string(name));
    if (isNew) {
        found->second = cil_.newLocal(type, name);
    }
    return found->second;
}

void Lowering::pushThread() {
    if (input_.isFrameless) {
        pushPool({PoolKind::CurrentThread}, "current thread");
        op(Opcode::LdindI);
        return;
    }
    cil_.ldarg(0);
}
void Lowering::pushFrame() {
    cil_.ldarg(input_.isFrameless ? 0 : 1);
}

void Lowering::pushFrameAddress(int32_t offset) {
    pushFrame();
    cil_.ldcI4(offset);
    op(Opcode::Add);
}

void Lowering::pushFrameField(int32_t offset, Opcode load) {
    pushFrameAddress(offset);
    op(load);
}

void Lowering::pushField(hir::ValueId object, int32_t offset, Opcode load) {
    push(object);
    if (offset != 0) {
        cil_.ldcI4(offset);
        op(Opcode::Add);
    }
    op(load);
}

cil::LocalId Lowering::asLocal(hir::ValueId object) {
    if (isMaterialised(object) && value(object).type != hir::kNull) {
        return localOf(object);
    }
    cil::LocalId constant = scratch(cil::Type::NativeInt, "constant");
    push(object);
    cil_.stloc(constant);
    return constant;
}

void Lowering::takeReference(hir::ValueId object) {
    changeReferences(object, Opcode::Add);
}

void Lowering::changeReferences(hir::ValueId object, Opcode operation) {
    push(object);
    push(object);
    changeCount(operation);
}

void Lowering::changeReferences(cil::LocalId object, Opcode operation) {
    cil_.ldloc(object);
    cil_.ldloc(object);
    changeCount(operation);
}

void Lowering::changeCount(Opcode operation) {
    op(Opcode::LdindI8);
    cil_.ldcI8(1);
    op(operation);
    op(Opcode::StindI8);
    totalReferences(operation);
}

void Lowering::totalReferences(Opcode operation) {
    if constexpr (python::abi::kReferencesAreTotalled) {
        pushPool({PoolKind::ReferenceTotal}, "total of references");
        pushPool({PoolKind::ReferenceTotal}, "total of references");
        op(Opcode::LdindI8);
        cil_.ldcI8(1);
        op(operation);
        op(Opcode::StindI8);
    }
}

void Lowering::pushPool(PoolRecipe recipe, std::string_view name) {
    cil_.loadPool(pool_.entry(recipe, name));
}

void Lowering::pushSite(uint32_t site) {
    pushPool({PoolKind::Site, site}, fmt::format("site {}", site));
}

cil::MethodId Lowering::helperMethod(runtime::Helper helper) {
    auto [found, isNew] = helpers_.try_emplace(static_cast<uint16_t>(helper));
    if (isNew) {
        const runtime::HelperInfo& info = runtime::info(helper);
        cil::Signature signature{cilTypeOf(info.result), {}};
        for (runtime::AbiType param : info.params) {
            signature.params.push_back(cilTypeOf(param));
        }
        cil::PoolId cell = pool_.entry({PoolKind::Helper, static_cast<uint32_t>(helper)}, info.name);
        found->second = cil_.helper(info.name, std::move(signature), cell);
    }
    return found->second;
}

void Lowering::callHelper(runtime::Helper helper) {
    cil_.call(helperMethod(helper));
}

int32_t Lowering::slotOffset(uint32_t slot) const {
    return abi::kFrameSlots + 8 * static_cast<int32_t>(slot);
}

uint32_t Lowering::freeSlot(hir::SnapshotId snapshot) const {
    return function().frameLocals() + static_cast<uint32_t>(function().snapshots[snapshot].stack.size());
}

void Lowering::recordPosition(uint32_t bytecode) {
    if (recordedPosition_ == bytecode) {
        return;
    }
    recordedPosition_ = bytecode;
    pushFrameAddress(abi::kFramePosition);
    pushPool({PoolKind::FirstInstruction}, "first instruction");
    cil_.ldcI4(static_cast<int32_t>(2 * bytecode));
    op(Opcode::Add);
    op(Opcode::StindI);
}

void Lowering::pushTracingFlag() {
    pushThread();
    cil_.ldcI4(abi::kThreadCFrame);
    op(Opcode::Add);
    op(Opcode::LdindI);
    if (abi::kCFrameUseTracing != 0) {
        cil_.ldcI4(abi::kCFrameUseTracing);
        op(Opcode::Add);
    }
    op(Opcode::LdindU1);
}

}  // namespace pyjion::lower
