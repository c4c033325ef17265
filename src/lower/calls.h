// SPDX-License-Identifier: MIT
// Lowering of one CallFunctionInt: see calls.cpp.
#pragma once

#include <span>

#include "cil/builder.h"
#include "hir/generated/views.h"
#include "lower/input.h"

namespace pyjion::lower {

class Lowering;

class DirectCall {
  public:
    DirectCall(Lowering& lowering, hir::CallFunctionInt call);
    void write();

  private:
    void checkCallee();
    void checkThread();
    void checkStack();
    void countEntry();
    void fillFrame();
    void link();
    void enter();
    void takeApart();
    void takeResult();

    hir::ValueId function() const { return call_.instr().operands[0]; }
    std::span<const hir::ValueId> arguments() const { return std::span(call_.instr().operands).subspan(1); }
    int32_t frameBytes() const { return 8 * static_cast<int32_t>(layout_.frameWords); }
    void address(cil::LocalId object, int32_t offset);
    void load(cil::LocalId object, int32_t offset, cil::Opcode opcode);
    void pushEntryField(size_t offset);
    template <typename Push>
    void store(int32_t offset, Push push, cil::Opcode opcode = cil::Opcode::StindI);
    template <typename Push>
    void storeThreadField(int32_t offset, Push push);
    template <typename Push>
    void setCurrentFrame(Push push);
    void changeRemaining(int32_t difference);
    void pushStackRoom(size_t offset);
    void releaseField(int32_t offset, bool mayBeNull);

    Lowering& lowering_;
    cil::Builder& cil_;
    hir::CallFunctionInt call_;
    uint32_t callee_;
    const CalleeLayout& layout_;
    // Shared by all calls of a method.
    cil::LocalId cframe_;
    cil::LocalId code_;
    cil::LocalId frame_;
    cil::LocalId body_;
    cil::LocalId count_;
    cil::LocalId result_;
    cil::LabelId unusual_;
    cil::LabelId done_;  // with the call's result
};

}  // namespace pyjion::lower
