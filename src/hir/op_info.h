// SPDX-License-Identifier: MIT
// What a row of ops.py says about an instruction, as C++ data. The rows themselves are in generated/opcode.cpp;
// printer, parser, verifier, builder and passes read them through info(Opcode).
#pragma once

#include <cstdint>
#include <span>

#include "hir/kinds.h"
#include "hir/type.h"

namespace pyjion::hir {

enum class ExitReason : uint8_t;  // hir/generated/opcode.h

/// A set of abstract heaps.
class HeapSet {
  public:
    constexpr HeapSet() = default;
    static constexpr HeapSet fromBits(uint8_t bits) { return HeapSet(bits); }
    constexpr uint8_t bits() const { return bits_; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool overlaps(HeapSet other) const { return (bits_ & other.bits_) != 0; }
    constexpr HeapSet operator|(HeapSet other) const { return HeapSet(bits_ | other.bits_); }
    constexpr bool operator==(const HeapSet&) const = default;

  private:
    constexpr explicit HeapSet(uint8_t bits) : bits_(bits) {}
    uint8_t bits_ = 0;
};

inline constexpr HeapSet kNoHeap{};
inline constexpr HeapSet kLocalsHeap = HeapSet::fromBits(1);  // this frame's slots
inline constexpr HeapSet kFrameHeap = HeapSet::fromBits(2);   // the rest of this frame
inline constexpr HeapSet kObjectHeap = HeapSet::fromBits(4);  // what is inside objects
inline constexpr HeapSet kWorldHeap = HeapSet::fromBits(8);   // anything that Python can see
/// What a re-executed bytecode could tell apart: no write to it may lie between a snapshot and a `before` exit.
inline constexpr HeapSet kVisibleHeaps = kLocalsHeap | kObjectHeap | kWorldHeap;

/// How an operand's reference passes. Unboxed operands are plain values.
enum class Passing : uint8_t { Value, Borrows, Consumes };

struct OperandInfo {
    const char* name;
    Type type;
    Passing passing;
    bool variadic;
};

enum class ImmediateKind : uint8_t { Int, Index, Double, Type, Binary, Compare, Unary, Operation, Flag, Reason };

struct ImmediateInfo {
    const char* name;
    ImmediateKind kind;
};

enum class ResultRule : uint8_t {
    None,       // no result
    Fixed,      // resultType
    Same,       // the type of operand `resultOperand`
    Refine,     // the type of operand `resultOperand` and immediate `resultImmediate`
    NotNull,    // the type of operand `resultOperand` without Null
    Immediate,  // immediate `resultImmediate`
    Operation,  // what the row of the operation, immediate `resultImmediate`, says
};

/// None; Before: re-executes the bytecode of the snapshot; Raised: an exception is set, or the instruction is done and
/// must be left behind it.
enum class ExitKind : uint8_t { None, Before, Raised };

struct OpInfo {
    static constexpr uint8_t kAnyTargets = UINT8_MAX;  // one or more

    const char* name;
    const char* doc;
    std::span<const OperandInfo> operands;
    std::span<const ImmediateInfo> immediates;
    ResultRule result;
    Type resultType;
    Ownership resultOwnership;
    uint8_t resultOperand;
    uint8_t resultImmediate;
    HeapSet reads;
    HeapSet writes;
    ExitKind exits;
    ExitReason reason;  // unless an immediate of kind Reason says it
    uint8_t targets;
    bool terminator;
    bool keep;      // stays although nothing uses it
    bool required;  // stays too: its exit raises, or others rely on it
    bool sinkable;  // a new object that exits can make themselves
    bool quiet;     // no effects and no exit when every operand is plain data
    bool snapshot;  // the Snapshot instruction

    bool hasResult() const { return result != ResultRule::None; }
    bool isVariadic() const { return !operands.empty() && operands.back().variadic; }
    /// The row of the operand at an index of Instr::operands.
    const OperandInfo& operand(size_t index) const {
        return operands[index < operands.size() ? index : operands.size() - 1];
    }
};

}  // namespace pyjion::hir
