// SPDX-License-Identifier: MIT
// Two views of a method. The listing shows the IL bytes as RyuJIT gets them, ilasm-like, for users. The text form shows
// the symbolic Body; parse.h reads it back, and print -> parse -> print is the identity. Both print broken bodies too.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cil/body.h"
#include "cil/encode.h"

namespace pyjion::cil {

/// ECMA-335's name: void, int32, int64, native int, float64.
std::string_view typeName(Type type);

/// `int64 name(native int, int32)`.
std::string signatureText(std::string_view name, const Signature& signature);

/// A float64 operand: the shortest decimal that reads back to the same bits, or float64(0x…) for infinities and NaNs.
std::string floatText(uint64_t bits);

/// Text to show before the code of a source position; empty for none.
using PositionText = std::function<std::string(const SourcePosition&)>;

/// The encoded method, one instruction a line, made by decoding the bytes: `IL_0004: ldc.i8 0x5`. Where a mark stands,
/// the lines of `describe` come first as comments.
std::string listing(const Body& body, const Encoded& encoded, const PositionText& describe = {});

/// Lines to put below an instruction as comments (for example errors); empty for none.
using InstructionNote = std::function<std::string(size_t instruction)>;

/// The text form of the body. Comments give the stack depth before each instruction and the names behind the operands.
std::string printBody(const Body& body, const InstructionNote& note = {});

}  // namespace pyjion::cil
