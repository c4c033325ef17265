// SPDX-License-Identifier: MIT
// Appends instructions to a Body. Nothing is checked here but the operands' kinds: cil::verify checks the whole.
#pragma once

#include <string_view>

#include "cil/body.h"

namespace pyjion::cil {

class Builder {
  public:
    explicit Builder(Body& body) : body_(body) {}

    LabelId newLabel();
    LocalId newLocal(Type type, std::string_view name);
    PoolId pool(std::string_view name);  // a new entry at each call; the caller keeps its own map
    MethodId helper(std::string_view name, Signature signature, PoolId cell);
    MethodId intrinsic(std::string_view ns, std::string_view className, std::string_view method, Signature signature);
    SignatureId signature(Signature signature);  // equal signatures share an id

    void emit(Opcode opcode);  // opcodes without an operand
    void ldcI4(int32_t value);
    void ldcI8(int64_t value);
    void ldcR8(double value);
    void ldarg(uint32_t index);
    void starg(uint32_t index);
    void ldloc(LocalId local);
    void stloc(LocalId local);
    void ldloca(LocalId local);
    void loadPool(PoolId entry);
    void branch(Opcode opcode, LabelId target);  // br, brtrue, beq, blt …
    void switchOn(std::vector<LabelId> targets);
    void call(MethodId method);
    void calli(SignatureId signature);
    /// A `br` to the label that stands just before it is taken away.
    void bind(LabelId label);
    void mark(uint32_t bytecodeIndex, uint32_t line);

  private:
    Body& body_;
};

}  // namespace pyjion::cil
