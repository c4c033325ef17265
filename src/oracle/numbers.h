// SPDX-License-Identifier: MIT
// Python's arithmetic on numbers, from its definition: integers without a limit that matters here, each operation with
// one rounding. Shares nothing with the code that it judges.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "hir/function.h"
#include "oracle/object.h"

namespace pyjion::oracle {

struct Failure {
    std::string exception;  // empty: the model cannot say
};
using Number = std::variant<Integer, double, bool, Failure>;

/// What an object is as a number; nothing when it is none.
std::optional<Number> numberOf(const Object& object);

Number binary(hir::BinaryOperator op, const Number& left, const Number& right);
Number unary(hir::UnaryOperator op, const Number& input);
bool compare(hir::CompareOperator op, const Number& left, const Number& right);
bool isTrue(const Number& number);

// The same for what operations on unboxed numbers do.
Integer floorDivide(Integer left, Integer right);
Integer floorModulo(Integer left, Integer right);
double trueDivide(Integer left, Integer right);
double floorDivide(double left, double right);
double floorModulo(double left, double right);

}  // namespace pyjion::oracle
