// SPDX-License-Identifier: MIT
#include "oracle/numbers.h"

#include <cmath>

namespace pyjion::oracle {

using hir::BinaryOperator;
using hir::CompareOperator;
using hir::UnaryOperator;

namespace {

/// Results beyond this are not modelled: nothing here overflows.
constexpr Integer kMost = Integer(1) << 125;
/// Quotients by more have too few bits to be rounded once.
constexpr unsigned kMostDivisorBits = 70;

bool isDouble(const Number& number) {
    return std::holds_alternative<double>(number);
}

Integer asInteger(const Number& number) {
    return std::holds_alternative<bool>(number) ? Integer(std::get<bool>(number)) : std::get<Integer>(number);
}

double asDouble(const Number& number) {
    return isDouble(number) ? std::get<double>(number) : static_cast<double>(asInteger(number));
}

unsigned bitsOf(unsigned __int128 value) {
    unsigned bits = 0;
    for (; value != 0; value >>= 1) {
        ++bits;
    }
    return bits;
}

unsigned __int128 magnitude(Integer value) {
    return value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
}

Number bounded(Integer value) {
    return value >= -kMost && value <= kMost ? Number(value) : Number(Failure{});
}

Number multiply(Integer left, Integer right) {
    Integer result = 0;
    return __builtin_mul_overflow(left, right, &result) ? Number(Failure{}) : bounded(result);
}

Number shift(bool toTheLeft, Integer value, Integer count) {
    if (count < 0) {
        return Failure{"ValueError"};
    }
    if (!toTheLeft) {
        return value >> static_cast<int>(count > 126 ? Integer(126) : count);
    }
    if (value != 0 && (count > 125 || bitsOf(magnitude(value)) + static_cast<unsigned>(count) > 125)) {
        return Failure{};
    }
    return value == 0 ? value : value * (Integer(1) << static_cast<int>(count));
}

bool divides(BinaryOperator op) {
    return op == BinaryOperator::TrueDivide || op == BinaryOperator::FloorDivide || op == BinaryOperator::Modulo;
}

Number integerOperation(BinaryOperator op, Integer left, Integer right) {
    if (divides(op) && right == 0) {
        return Failure{"ZeroDivisionError"};
    }
    switch (op) {
        case BinaryOperator::Add:
            return bounded(left + right);
        case BinaryOperator::Subtract:
            return bounded(left - right);
        case BinaryOperator::Multiply:
            return multiply(left, right);
        case BinaryOperator::TrueDivide:
            return bitsOf(magnitude(right)) <= kMostDivisorBits ? Number(trueDivide(left, right)) : Number(Failure{});
        case BinaryOperator::FloorDivide:
            return floorDivide(left, right);
        case BinaryOperator::Modulo:
            return floorModulo(left, right);
        case BinaryOperator::And:
            return left & right;
        case BinaryOperator::Or:
            return left | right;
        case BinaryOperator::Xor:
            return left ^ right;
        case BinaryOperator::LeftShift:
            return shift(true, left, right);
        case BinaryOperator::RightShift:
            return shift(false, left, right);
        default:
            return Failure{};
    }
}

Number doubleOperation(BinaryOperator op, double left, double right) {
    if (divides(op) && right == 0) {
        return Failure{"ZeroDivisionError"};
    }
    switch (op) {
        case BinaryOperator::Add:
            return left + right;
        case BinaryOperator::Subtract:
            return left - right;
        case BinaryOperator::Multiply:
            return left * right;
        case BinaryOperator::TrueDivide:
            return left / right;
        case BinaryOperator::FloorDivide:
            return floorDivide(left, right);
        case BinaryOperator::Modulo:
            return floorModulo(left, right);
        default:
            return Failure{"TypeError"};
    }
}

/// -1, 0, 1; 2 when one is a NaN. Exact: an integer is not rounded to be compared.
int order(Integer left, double right) {
    if (std::isnan(right)) {
        return 2;
    }
    if (std::fabs(right) >= 0x1p126) {
        return right > 0 ? -1 : 1;
    }
    const double floor = std::floor(right);
    const auto whole = static_cast<Integer>(floor);
    if (left != whole) {
        return left < whole ? -1 : 1;
    }
    return right > floor ? -1 : 0;
}

int order(const Number& left, const Number& right) {
    if (isDouble(left) && isDouble(right)) {
        const double a = std::get<double>(left);
        const double b = std::get<double>(right);
        return std::isnan(a) || std::isnan(b) ? 2 : a < b ? -1 : a > b ? 1 : 0;
    }
    if (isDouble(right)) {
        return order(asInteger(left), std::get<double>(right));
    }
    if (isDouble(left)) {
        const int turned = order(asInteger(right), std::get<double>(left));
        return turned == 2 ? 2 : -turned;
    }
    const Integer a = asInteger(left);
    const Integer b = asInteger(right);
    return a < b ? -1 : a > b ? 1 : 0;
}

}  // namespace

std::optional<Number> numberOf(const Object& object) {
    switch (object.kind) {
        case Kind::Int:
            return object.integer;
        case Kind::Float:
            return object.real;
        case Kind::Bool:
            return object.integer != 0;
        default:
            return std::nullopt;
    }
}

Integer floorModulo(Integer left, Integer right) {
    const Integer rest = left % right;
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest;
}

Integer floorDivide(Integer left, Integer right) {
    return (left - floorModulo(left, right)) / right;
}

/// The quotient is formed with more bits than a double has, the last one telling whether anything follows, and rounded
/// once.
double trueDivide(Integer left, Integer right) {
    if (left == 0) {
        return right < 0 ? -0.0 : 0.0;
    }
    const unsigned __int128 divisor = magnitude(right);
    const unsigned shift = 128 - bitsOf(magnitude(left));
    const unsigned __int128 dividend = magnitude(left) << shift;
    const unsigned __int128 quotient = dividend / divisor | static_cast<unsigned>(dividend % divisor != 0);
    const double result = std::ldexp(static_cast<double>(quotient), -static_cast<int>(shift));
    return (left < 0) != (right < 0) ? -result : result;
}

double floorModulo(double left, double right) {
    const double rest = std::fmod(left, right);
    if (rest == 0) {
        return std::copysign(0.0, right);
    }
    return std::signbit(rest) != std::signbit(right) && !std::isnan(rest) ? rest + right : rest;
}

/// As floatobject.c defines it: from the exact remainder, so that the quotient is a whole number but for rounding.
double floorDivide(double left, double right) {
    const double rest = std::fmod(left, right);
    double quotient = (left - rest) / right;
    if (rest != 0 && !std::isnan(rest) && std::signbit(rest) != std::signbit(right)) {
        quotient -= 1;
    }
    if (quotient == 0) {
        return std::copysign(0.0, left / right);
    }
    const double whole = std::floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
}

Number binary(BinaryOperator op, const Number& left, const Number& right) {
    constexpr auto kFirstInplace = static_cast<int>(BinaryOperator::InplaceAdd);
    if (static_cast<int>(op) >= kFirstInplace) {
        op = static_cast<BinaryOperator>(static_cast<int>(op) - kFirstInplace);
    }
    const bool bools = std::holds_alternative<bool>(left) && std::holds_alternative<bool>(right);
    if (bools && (op == BinaryOperator::And || op == BinaryOperator::Or || op == BinaryOperator::Xor)) {
        return std::get<Integer>(integerOperation(op, asInteger(left), asInteger(right))) != 0;
    }
    if (isDouble(left) || isDouble(right)) {
        return doubleOperation(op, asDouble(left), asDouble(right));
    }
    return integerOperation(op, asInteger(left), asInteger(right));
}

Number unary(UnaryOperator op, const Number& input) {
    switch (op) {
        case UnaryOperator::Not:
            return !isTrue(input);
        case UnaryOperator::Negative:
            return isDouble(input) ? Number(-std::get<double>(input)) : Number(-asInteger(input));
        case UnaryOperator::Positive:
            return isDouble(input) ? input : Number(asInteger(input));
        case UnaryOperator::Invert:
            return isDouble(input) ? Number(Failure{"TypeError"}) : Number(-asInteger(input) - 1);
    }
    return Failure{};
}

bool compare(CompareOperator op, const Number& left, const Number& right) {
    const int result = order(left, right);
    switch (op) {
        case CompareOperator::Less:
            return result == -1;
        case CompareOperator::LessEqual:
            return result == -1 || result == 0;
        case CompareOperator::Equal:
            return result == 0;
        case CompareOperator::NotEqual:
            return result != 0;
        case CompareOperator::Greater:
            return result == 1;
        case CompareOperator::GreaterEqual:
            return result == 1 || result == 0;
    }
    return false;
}

bool isTrue(const Number& number) {
    return isDouble(number) ? std::get<double>(number) != 0 : asInteger(number) != 0;
}

}  // namespace pyjion::oracle
