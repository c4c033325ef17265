// SPDX-License-Identifier: MIT
// Executes a function's bytecode beside compiled code, on values of its own: moves values between locals and value
// stack, calculates with numbers, and jumps. What it cannot do itself (calls, attributes, anything that may run code of
// the program) compiled code has done already, and gives it the results.
#pragma once

#include <Python.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bytecode/opcode.h"
#include "python/frame.h"
#include "replay/value.h"

namespace pyjion::replay {

/// One instruction, decoded from the bytes that the interpreter runs.
struct Instruction {
    bytecode::Opcode opcode = bytecode::Opcode::NOP;
    uint32_t argument = 0;
    int32_t index = 0;   // code unit of the instruction itself
    int32_t next = 0;    // behind its caches
    int32_t target = 0;  // of a jump
};

class Executor {
  public:
    /// Starts with what is in the frame: its locals, and `depth` values in the slots of the value stack; and with the
    /// global names that compiled code treats as locals, by index in the code's names.
    Executor(python::Frame* frame, int32_t position, uint32_t depth, const std::vector<uint32_t>& names = {});

    enum class State : uint8_t {
        Exact,
        Lost,   // what happened is not known any more: nothing can be said about the rest of the activation
        Wrong,  // compiled code did something else than the interpreter would have: `problem`
    };
    State state() const { return state_; }
    const std::string& problem() const { return problem_; }

    /// Executes until the instruction that starts at `position` is next, after `jumps` jumps backwards.
    void advance(int32_t position, int64_t jumps);
    /// Executes the instruction that is next, which goes on at `next`.
    void passTo(int32_t next);

    /// What compiled code has got from the instruction that is next: one of its results, or a truth value.
    void give(PyObject* result);
    void giveInteger(int64_t result);
    void giveTruth(bool truth);

    /// Compares with what is in the frame. `kept`: so many values of the stack count, else all.
    void compareLocals(python::Frame* frame, const char* where);
    void compareStack(python::Frame* frame, std::optional<int32_t> kept, const char* where);
    void compareNames(python::Frame* frame, const char* where);
    /// Something has run that may have bound names.
    void readNames(python::Frame* frame);
    void compareTop(const Value& result, const char* where);

  private:
    struct Results {
        std::vector<Value> values;
        std::optional<bool> truth;
        std::optional<int32_t> next;  // where the instruction goes on
    };

    void step(Results given);
    bool stepData(const Instruction& i, const Results& given);
    bool stepControl(const Instruction& i, const Results& given);
    void loadLocal(const Instruction& i);
    void binary(const Instruction& i, const Results& given);
    void unary(const Instruction& i, const Results& given);
    void compare(const Instruction& i, const Results& given);
    void call(const Instruction& i, const Results& given);
    void loadGlobal(uint32_t name, const Results& given);
    void storeGlobal(const Instruction& i);
    void forgetNamesUnless(bool wasPlain);
    void iterate(const Instruction& i, const Results& given);
    void jumpIf(const Instruction& i, const Results& given, std::optional<bool> condition, bool sense);
    void other(const Instruction& i, const Results& given);
    void jump(const Instruction& i, bool taken);

    Value pop();
    void push(Value value) { stack_.push_back(std::move(value)); }
    /// A number that was calculated; what compiled code got instead must be the same.
    void pushCalculated(PyObject* result, const Results& given);
    void pushGiven(const Results& given);
    void lose();
    void fail(std::string problem);

    PyCodeObject* code_;
    State state_ = State::Exact;
    std::string problem_;
    int32_t position_;      // of the instruction that is next
    int32_t running_ = -1;  // the one before, for messages
    int64_t jumps_ = 0;
    std::vector<Value> locals_;
    std::vector<Value> stack_;
    Results given_;                                // for the instruction that is next
    std::unordered_map<uint32_t, Value> globals_;  // by name
    std::vector<uint32_t> names_;                  // of them, those that are known at any time
};

}  // namespace pyjion::replay
