// SPDX-License-Identifier: MIT
// The state of one translation, shared by the files of this folder: where the next instruction goes, what is on the
// symbolic value stack, and which blocks exist. Each opcode has one function, found through the table in opcodes.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "frontend/build.h"
#include "hir/generated/builder.h"

namespace pyjion::frontend {

class Translation {
  public:
    explicit Translation(const Input& input);
    base::Result<hir::Function, Refusal> run();

  private:
    friend struct Handlers;

    /// A copy of a basic block. Copies come from on-stack replacement only: see `phaseFor`.
    struct Copy {
        uint32_t phase;
        uint32_t block;
        auto operator<=>(const Copy&) const = default;
    };

    // translate.cpp
    std::optional<Refusal> refuse() const;
    hir::BlockId enter();
    void leaveWithoutValues(int32_t unit);
    void translateBlock(Copy copy);
    void translateInstruction(const bytecode::Instruction& instruction);

    // blocks.cpp
    hir::BlockId blockFor(Copy copy);
    void addResumePoint(int32_t unit, const std::vector<hir::Type>& stack);
    void addHandlerOf(const bytecode::Instruction& instruction);
    /// Ends the entry block.
    void enterAt(hir::BlockId start);
    uint32_t phaseFor(uint32_t block) const;
    hir::Target targetAt(int32_t unit);
    void jumpTo(int32_t unit);
    /// A target for a conditional jump backwards: a block with the checks that the interpreter makes there.
    hir::Target backwardTarget(int32_t unit);
    void checkBackEdge(int32_t unit);

    // generators.cpp
    bool leavesBeforeSuspending();

    // operations.cpp
    std::vector<hir::ValueId> popOperands(uint32_t count);
    void pushOperation(hir::Operation operation, std::vector<hir::ValueId> operands, uint32_t argument);
    void perform(hir::Operation operation, std::vector<hir::ValueId> operands, uint32_t argument);
    void spread(hir::Operation operation, uint32_t argument, std::vector<hir::Type> results);

    // state.cpp
    hir::SnapshotId snapshotHere();
    hir::SnapshotId snapshotAt(int32_t unit);
    hir::ValueId pop();
    void push(hir::ValueId value) { stack_.push_back(value); }
    hir::ValueId& peek(size_t fromTop) { return stack_[stack_.size() - 1 - fromTop]; }
    hir::Type typeOf(hir::ValueId value) const { return function_.values[value].type; }
    uint32_t site() const { return sites_[ordinal_]; }
    uint32_t siteOrZero() const { return site() == kNoSite ? 0 : site(); }
    Seen seen() const;
    bool isBackward(const bytecode::Instruction& instruction) const { return instruction.target <= instruction.index; }

    const Input& input_;
    const bytecode::Code& code_;
    hir::Function function_;
    hir::Builder build_;
    std::vector<uint32_t> sites_;
    std::map<Copy, hir::BlockId> copies_;
    std::vector<Copy> pending_;
    std::map<int32_t, hir::BlockId> resumePoints_;  // by code unit
    std::vector<int32_t> entryLoops_;               // on-stack replacement: the loops around the entry, outermost first

    uint32_t phase_ = 0;
    uint32_t ordinal_ = 0;
    std::vector<hir::ValueId> stack_;
    bool ended_ = false;                    // the current block has its terminator
    std::optional<uint32_t> keywordNames_;  // constant of KW_NAMES, for the call that follows
};

using Handler = void (*)(Translation&, const bytecode::Instruction&);

/// The function that translates an opcode; null for what is not supported.
Handler handlerFor(bytecode::Opcode opcode);

/// HIR's operator for an argument of BINARY_OP.
hir::BinaryOperator binaryOperatorFor(uint32_t argument);

/// The functions behind the table, by family; see the files.
struct Handlers {
    // stack.cpp
    static void nothing(Translation& t, const bytecode::Instruction& i);
    static void popTop(Translation& t, const bytecode::Instruction& i);
    static void copy(Translation& t, const bytecode::Instruction& i);
    static void swap(Translation& t, const bytecode::Instruction& i);
    static void pushNull(Translation& t, const bytecode::Instruction& i);
    static void loadConst(Translation& t, const bytecode::Instruction& i);
    static void loadFast(Translation& t, const bytecode::Instruction& i);
    static void storeFast(Translation& t, const bytecode::Instruction& i);
    static void loadGlobal(Translation& t, const bytecode::Instruction& i);
    static void storeGlobal(Translation& t, const bytecode::Instruction& i);
    static void loadName(Translation& t, const bytecode::Instruction& i);
    static void storeName(Translation& t, const bytecode::Instruction& i);
    // operators.cpp
    static void binaryOp(Translation& t, const bytecode::Instruction& i);
    static void compareOp(Translation& t, const bytecode::Instruction& i);
    static void isOp(Translation& t, const bytecode::Instruction& i);
    static void containsOp(Translation& t, const bytecode::Instruction& i);
    template <hir::UnaryOperator kOperator>
    static void unaryOp(Translation& t, const bytecode::Instruction& i);
    // control_flow.cpp
    static void resume(Translation& t, const bytecode::Instruction& i);
    static void jump(Translation& t, const bytecode::Instruction& i);
    static void jumpWithoutCheck(Translation& t, const bytecode::Instruction& i);
    template <bool kJumpIf>
    static void popJumpIf(Translation& t, const bytecode::Instruction& i);
    template <bool kJumpIfNone>
    static void popJumpIfNone(Translation& t, const bytecode::Instruction& i);
    template <bool kJumpIf>
    static void jumpIfOrPop(Translation& t, const bytecode::Instruction& i);
    static void returnValue(Translation& t, const bytecode::Instruction& i);
    // operations.cpp
    template <hir::Operation kOperation>
    static void operate(Translation& t, const bytecode::Instruction& i);
    template <hir::Operation kOperation>
    static void perform(Translation& t, const bytecode::Instruction& i);
    template <hir::Operation kOperation>
    static void examine(Translation& t, const bytecode::Instruction& i);
    template <hir::Operation kOperation>
    static void fill(Translation& t, const bytecode::Instruction& i);
    template <hir::Operation kOperation, uint32_t kTimes, uint32_t kMore>
    static void buildFrom(Translation& t, const bytecode::Instruction& i);
    template <hir::Operation kOperation>
    static void changeLocal(Translation& t, const bytecode::Instruction& i);
    static void dictMerge(Translation& t, const bytecode::Instruction& i);
    static void buildSlice(Translation& t, const bytecode::Instruction& i);
    static void formatValue(Translation& t, const bytecode::Instruction& i);
    static void loadMethod(Translation& t, const bytecode::Instruction& i);
    static void unpackSequence(Translation& t, const bytecode::Instruction& i);
    static void unpackEx(Translation& t, const bytecode::Instruction& i);
    static void makeFunction(Translation& t, const bytecode::Instruction& i);
    static void callFunctionEx(Translation& t, const bytecode::Instruction& i);
    // exceptions.cpp
    static void pushExcInfo(Translation& t, const bytecode::Instruction& i);
    static void popExcept(Translation& t, const bytecode::Instruction& i);
    static void checkExcMatch(Translation& t, const bytecode::Instruction& i);
    static void checkGroupMatch(Translation& t, const bytecode::Instruction& i);
    static void prepareReraise(Translation& t, const bytecode::Instruction& i);
    static void raise(Translation& t, const bytecode::Instruction& i);
    static void reraise(Translation& t, const bytecode::Instruction& i);
    static void loadAssertionError(Translation& t, const bytecode::Instruction& i);
    template <bool kAsynchronous>
    static void beforeWith(Translation& t, const bytecode::Instruction& i);
    static void withExceptStart(Translation& t, const bytecode::Instruction& i);
    // generators.cpp
    static void returnGenerator(Translation& t, const bytecode::Instruction& i);
    static void yieldValue(Translation& t, const bytecode::Instruction& i);
    static void send(Translation& t, const bytecode::Instruction& i);
    static void jumpBackNoCheck(Translation& t, const bytecode::Instruction& i);
    static void getYieldFromIter(Translation& t, const bytecode::Instruction& i);
    static void getAwaitable(Translation& t, const bytecode::Instruction& i);
    static void getAsyncIter(Translation& t, const bytecode::Instruction& i);
    static void getAsyncNext(Translation& t, const bytecode::Instruction& i);
    static void endAsyncFor(Translation& t, const bytecode::Instruction& i);
    static void wrapAsyncValue(Translation& t, const bytecode::Instruction& i);
    // calls.cpp
    static void keywordNames(Translation& t, const bytecode::Instruction& i);
    static void call(Translation& t, const bytecode::Instruction& i);
    // iteration.cpp
    static void getIter(Translation& t, const bytecode::Instruction& i);
    static void forIter(Translation& t, const bytecode::Instruction& i);

  private:
    static void conditionalJump(Translation& t, const bytecode::Instruction& i, hir::ValueId condition, bool jumpIf);
};

}  // namespace pyjion::frontend
