// SPDX-License-Identifier: MIT
// The state of one run of interpret(), shared by the files of this folder.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "oracle/interpret.h"
#include "oracle/numbers.h"
#include "oracle/object.h"

namespace pyjion::oracle {

/// What an SSA value is: a number, an object or null, or (InSlot) that a local's slot is right as it is.
struct Value {
    enum class Form : uint8_t { Undefined, Int, Double, Bool, Object, InSlot };
    Form form = Form::Undefined;
    int64_t integer = 0;
    double real = 0;
    Object* object = nullptr;
};

class Interpreter {
  public:
    Interpreter(const hir::Function& function, const Code& code, const RunOptions& options)
        : function_(function), code_(code), options_(options), values_(function.values.size()) {}

    Outcome run(const Entry& entry);

  private:
    /// Thrown by what ends a run; never leaves run().
    struct Ended {
        std::string text;
    };

    // interpreter.cpp
    void enter(const Entry& entry);
    void runBlock();
    void execute(hir::InstrId id);
    void executeControl(const hir::Instr& instr);
    void goTo(const hir::Target& target);
    void findSunk();
    void define(const hir::Instr& instr, Value value);
    void checkType(hir::ValueId id, const Value& value) const;
    [[noreturn]] void end(std::string text) const { throw Ended{std::move(text)}; }
    [[noreturn]] void broken(const std::string& what) const { end("broken: " + what); }
    [[noreturn]] void notModelled(const std::string& what) const { end("not modelled: " + what); }
    [[noreturn]] void leave(const hir::Instr& instr, hir::ExitReason reason);
    [[noreturn]] void raise(const hir::Instr& instr, const std::string& exception);
    [[noreturn]] void returnObject(Object* object);
    void leaveIf(bool condition, const hir::Instr& instr, hir::ExitReason reason);
    void mayLeave(const hir::Instr& instr, hir::ExitReason reason);
    void check(const hir::Instr& instr);
    std::string stateText(hir::SnapshotId snapshot) const;
    std::string slotText(hir::ValueId value, uint32_t local) const;
    void handOver(hir::SnapshotId snapshot);
    void clearFrame();

    // Operands.
    const Value& value(hir::ValueId id) const;
    int64_t integer(const hir::Instr& instr, size_t operand) const;
    double real(const hir::Instr& instr, size_t operand) const;
    bool truth(const hir::Instr& instr, size_t operand) const;
    /// An object that is alive.
    Object* object(const hir::Instr& instr, size_t operand) const;
    Object* objectOrNull(const hir::Instr& instr, size_t operand) const;
    Object* slot(const hir::Instr& instr) const;
    uint32_t slotIndex(const hir::Instr& instr) const;
    /// The second immediate of what copies between slots.
    static uint32_t fromSlot(const hir::Instr& instr) { return static_cast<uint32_t>(instr.immediates[1].integer); }
    bool isConstant(hir::ValueId id) const;

    // References.
    void retain(Object* object) const;
    void release(Object* object) const;
    void store(uint32_t local, Object* object);

    // Results.
    static Value ofInt(int64_t value) { return {Value::Form::Int, value, 0, nullptr}; }
    static Value ofDouble(double value) { return {Value::Form::Double, 0, value, nullptr}; }
    static Value ofBool(bool value) { return {Value::Form::Bool, value, 0, nullptr}; }
    static Value ofObject(Object* value) { return {Value::Form::Object, 0, 0, value}; }
    Object* box(const Value& value);
    Object* box(const Number& number);

    // unboxed.cpp
    bool executeIntegers(const hir::Instr& instr);
    bool executeDoubles(const hir::Instr& instr);
    bool executeRanges(const hir::Instr& instr);
    void defineInt(const hir::Instr& instr, Integer value, hir::ExitReason reason);
    void multiply(const hir::Instr& instr);
    void divide(const hir::Instr& instr);
    void trueDivideInts(const hir::Instr& instr);

    // objects.cpp
    bool executeLocals(const hir::Instr& instr);
    bool executeReferences(const hir::Instr& instr);
    bool executeGuards(const hir::Instr& instr);
    bool executeBoxes(const hir::Instr& instr);
    bool executeGeneric(const hir::Instr& instr);
    void arithmetic(const hir::Instr& instr);
    void call(const hir::Instr& instr);
    void iterate(const hir::Instr& instr);

    const hir::Function& function_;
    const Code& code_;
    const RunOptions& options_;
    Heap heap_;
    std::vector<Object*> constants_;
    std::vector<Object*> objects_;
    std::vector<Object*> locals_;
    std::vector<Object*> stack_;  // of EntryStack
    std::vector<Value> values_;   // by value
    std::vector<bool> sunk_;      // by value: made by exits alone
    hir::BlockId block_;
    uint64_t steps_ = 0;
    Outcome outcome_;
};

}  // namespace pyjion::oracle
