// SPDX-License-Identifier: MIT
#include "cil/builder.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"

namespace pyjion::cil {
namespace {

/// Appends to a table of the body; the position is the id.
template <typename IdType, typename T>
IdType append(std::vector<T>& table, T item) {
    table.push_back(std::move(item));
    return IdType(static_cast<uint32_t>(table.size() - 1));
}

void append(Body& body, Opcode opcode, int64_t operand) {
    body.code.push_back({opcode, operand});
}

}  // namespace

LabelId Builder::newLabel() {
    return LabelId(body_.labelCount++);
}

LocalId Builder::newLocal(Type type, std::string_view name) {
    body_.localNames.emplace_back(name);
    return append<LocalId>(body_.locals, type);
}

PoolId Builder::pool(std::string_view name) {
    return append<PoolId>(body_.pool, PoolEntry{std::string(name)});
}

MethodId Builder::helper(std::string_view name, Signature signature, PoolId cell) {
    return append<MethodId>(body_.methods, Method{std::string(name), std::move(signature), cell, {}, {}, {}});
}

MethodId Builder::intrinsic(std::string_view ns, std::string_view className, std::string_view method,
                            Signature signature) {
    Method made;
    made.name = fmt::format("{}.{}::{}", ns, className, method);
    made.signature = std::move(signature);
    made.intrinsicNamespace = ns;
    made.intrinsicClass = className;
    made.intrinsicMethod = method;
    return append<MethodId>(body_.methods, std::move(made));
}

SignatureId Builder::signature(Signature signature) {
    auto found = std::find(body_.signatures.begin(), body_.signatures.end(), signature);
    if (found != body_.signatures.end()) {
        return SignatureId(static_cast<uint32_t>(found - body_.signatures.begin()));
    }
    return append<SignatureId>(body_.signatures, std::move(signature));
}

void Builder::emit(Opcode opcode) {
    PYJION_CHECK(info(opcode).operand == OperandKind::None, "{} needs an operand", info(opcode).mnemonic);
    append(body_, opcode, 0);
}

void Builder::ldcI4(int32_t value) {
    append(body_, Opcode::LdcI4, value);
}
void Builder::ldcI8(int64_t value) {
    append(body_, Opcode::LdcI8, value);
}
void Builder::ldcR8(double value) {
    append(body_, Opcode::LdcR8, std::bit_cast<int64_t>(value));
}
void Builder::ldarg(uint32_t index) {
    append(body_, Opcode::Ldarg, index);
}
void Builder::starg(uint32_t index) {
    append(body_, Opcode::Starg, index);
}
void Builder::ldloc(LocalId local) {
    append(body_, Opcode::Ldloc, local.index());
}
void Builder::stloc(LocalId local) {
    append(body_, Opcode::Stloc, local.index());
}
void Builder::ldloca(LocalId local) {
    append(body_, Opcode::Ldloca, local.index());
}
void Builder::loadPool(PoolId entry) {
    append(body_, Opcode::LoadPool, entry.index());
}

void Builder::branch(Opcode opcode, LabelId target) {
    Flow flow = info(opcode).flow;
    PYJION_CHECK(flow == Flow::Branch || flow == Flow::CondBranch, "{} is no branch", info(opcode).mnemonic);
    append(body_, opcode, target.index());
}

void Builder::switchOn(std::vector<LabelId> targets) {
    append(body_, Opcode::Switch, append<SwitchId>(body_.switches, std::move(targets)).index());
}

void Builder::call(MethodId method) {
    append(body_, Opcode::Call, method.index());
}
void Builder::calli(SignatureId signature) {
    append(body_, Opcode::Calli, signature.index());
}
void Builder::bind(LabelId label) {
    // Blocks are often emitted right behind the one that jumps to them.
    std::vector<Instruction>& code = body_.code;
    auto last = std::find_if(code.rbegin(), code.rend(), [](const Instruction& instruction) {
        return instruction.opcode != Opcode::Label && instruction.opcode != Opcode::Mark;
    });
    if (last != code.rend() && last->opcode == Opcode::Br && last->operand == static_cast<int64_t>(label.index())) {
        code.erase(std::next(last).base());
    }
    append(body_, Opcode::Label, label.index());
}

void Builder::mark(uint32_t bytecodeIndex, uint32_t line) {
    body_.positions.push_back({bytecodeIndex, line});
    append(body_, Opcode::Mark, static_cast<int64_t>(body_.positions.size() - 1));
}

}  // namespace pyjion::cil
