// SPDX-License-Identifier: MIT
// The opcodes of opcodes.def as an enum, and what their rows say: name, bytes, operand, effect on the evaluation stack
// and on control flow. Nothing here knows of methods; flow.h computes effects that need one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pyjion::cil {

enum class Opcode : uint8_t {
#define PYJION_CIL_OPCODE(name, mnemonic, encoding, operand, pops, pushes, flow) name,
#include "cil/opcodes.def"
};

#define PYJION_CIL_OPCODE(name, mnemonic, encoding, operand, pops, pushes, flow) +1
inline constexpr size_t kOpcodeCount = 0
#include "cil/opcodes.def"
    ;

/// What `Instruction::operand` means. The short kinds mean the same as the long ones and take one byte.
enum class OperandKind : uint8_t {
    None,
    ShortInt32,
    Int32,
    Int64,
    Float64,  // bit pattern
    ShortArgument,
    Argument,
    ShortLocal,
    Local,
    Label,
    Switch,     // `Instruction::targets`
    Method,     // index into Body::methods; a token in the IL
    Signature,  // index into Body::signatures; a token in the IL
    Pool,       // index into Body::pool
    Position,   // index into Body::positions
};

/// What an instruction takes off the stack, with the types that it accepts (tables of ECMA-335 III.1.5).
enum class Pops : uint8_t {
    None,
    Any,         // one value of any type
    Argument,    // the type of the parameter
    Local,       // the type of the local
    Address,     // a native int
    StoreInt32,  // an address, then a value of the type; so the next three
    StoreInt64,
    StoreNative,
    StoreDouble,
    Number,         // int32, int64, native int or float
    Integer,        // int32, int64 or native int
    TwoNumbers,     // table III.2, without pointers
    TwoIntegers,    // table III.5
    Compared,       // table III.4, without references
    ValueAndCount,  // table III.6
    Condition,      // an integer
    SwitchValue,    // an int32
    Arguments,      // the parameters of the callee; for calli the address above them
    ReturnValue,    // the result of the method
    Thrown,         // an object reference
};

/// What an instruction puts on the stack.
enum class Pushes : uint8_t {
    None,
    Int32,
    Int64,
    NativeInt,
    Double,
    Object,
    Argument,  // the type of the parameter
    Local,     // the type of the local
    Same,      // the type of the (lower) operand
    Binary,    // the operands' common type
    Twice,     // the operand, two times
    Result,    // the callee's result
};

/// Where control goes after an instruction.
enum class Flow : uint8_t {
    Next,
    Branch,      // to the label
    CondBranch,  // to the label or the next instruction
    Switch,      // to one of the targets or the next instruction
    Return,
    Throw,
    Prefix,  // part of the instruction that follows
    Marker,  // no instruction at all: takes no bytes
};

inline constexpr uint16_t kNoEncoding = 0xFFFF;
/// First byte of two-byte opcodes.
inline constexpr uint8_t kTwoBytePrefix = 0xFE;

struct OpcodeInfo {
    std::string_view name;
    std::string_view mnemonic;
    uint16_t encoding;
    OperandKind operand;
    Pops pops;
    Pushes pushes;
    Flow flow;
};

/// The row of the opcode.
const OpcodeInfo& info(Opcode opcode);

/// The opcode with this mnemonic, pseudo instructions included.
std::optional<Opcode> opcodeOfMnemonic(std::string_view mnemonic);

/// The opcode with this encoding: one byte, or 0xFE00 plus the second byte.
std::optional<Opcode> opcodeOfEncoding(uint16_t encoding);

/// True when the instruction after this one in the list can be reached from it directly.
bool fallsThrough(Opcode opcode);

/// An opcode in its general form, with the operand that a short form such as `ldarg.1` implies.
struct GeneralForm {
    Opcode opcode;
    int64_t operand;
    bool operator==(const GeneralForm&) const = default;
};

/// The general form of an instruction; other opcodes come back unchanged.
GeneralForm generalForm(Opcode opcode, int64_t operand);

/// The opcode with the shortest encoding of this instruction: `ldloc` 2 becomes `ldloc.2`.
Opcode shortestForm(Opcode opcode, int64_t operand);

/// Bytes that the operand takes in IL; for `switch` the count alone. Zero for operands of pseudo instructions.
uint32_t operandSize(OperandKind kind);

}  // namespace pyjion::cil
