// SPDX-License-Identifier: MIT
// The enumerations that functions in HIR (function.h) and the rows of their instructions (op_info.h) share.
#pragma once

#include <cstdint>

namespace pyjion::hir {

/// Who gives the reference of an object value back. Owned values are linear: on every path exactly one instruction
/// consumes them. Borrowed values are kept alive by something else (a local's slot, a constant).
enum class Ownership : uint8_t { None, Borrowed, Owned };

enum class BinaryOperator : uint8_t {
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Modulo,
    And,
    Or,
    Xor,
    LeftShift,
    RightShift,
    Power,
    MatrixMultiply,
    InplaceAdd,
    InplaceSubtract,
    InplaceMultiply,
    InplaceTrueDivide,
    InplaceFloorDivide,
    InplaceModulo,
    InplaceAnd,
    InplaceOr,
    InplaceXor,
    InplaceLeftShift,
    InplaceRightShift,
    InplacePower,
    InplaceMatrixMultiply,
};
/// The order of CPython's Py_LT … Py_GE.
enum class CompareOperator : uint8_t { Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual };
enum class UnaryOperator : uint8_t { Negative, Positive, Invert, Not };

}  // namespace pyjion::hir
