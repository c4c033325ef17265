// SPDX-License-Identifier: MIT
// Unboxed numbers and ranges: each instruction from its definition, in integers of 128 bits.
#include <algorithm>
#include <cmath>

#include "base/math_functions.h"
#include "oracle/interpreter.h"

namespace pyjion::oracle {

using hir::CompareOperator;
using hir::ExitReason;
using hir::Instr;
using hir::Opcode;

namespace {

constexpr Integer kUnboxedEnd = Integer(1) << 62;   // unboxed ints lie in [-2^62, 2^62)
constexpr Integer kExactDouble = Integer(1) << 53;  // up to here every integer is a double

bool fits(Integer value) {
    return value >= -kUnboxedEnd && value < kUnboxedEnd;
}

bool fitsWord(Integer value) {
    return value >= INT64_MIN && value <= INT64_MAX;
}

bool isExactAsDouble(Integer value) {
    return value >= -kExactDouble && value <= kExactDouble;
}

CompareOperator compareOf(const Instr& instr) {
    return static_cast<CompareOperator>(instr.immediates[0].integer);
}

}  // namespace

void Interpreter::defineInt(const Instr& instr, Integer value, ExitReason reason) {
    leaveIf(!fits(value), instr, reason);
    define(instr, ofInt(static_cast<int64_t>(value)));
}

/// Machine code tells by the factors as doubles, or by the bits of a constant, and may give up before the bound.
void Interpreter::multiply(const Instr& instr) {
    const Integer product = Integer(integer(instr, 0)) * integer(instr, 1);
    const Integer size = product < 0 ? -product : product;
    const bool byConstant = isConstant(instr.operands[0]) || isConstant(instr.operands[1]);
    const Integer certain = byConstant ? kUnboxedEnd / 2 : kUnboxedEnd - (Integer(1) << 13);
    if (size >= certain) {
        mayLeave(instr, ExitReason::IntTooBig);
    }
    defineInt(instr, product, ExitReason::IntTooBig);
}

/// Machine code may leave for every divisor of -1, since one of the quotients does not fit.
void Interpreter::divide(const Instr& instr) {
    const Integer left = integer(instr, 0);
    const Integer right = integer(instr, 1);
    leaveIf(right == 0, instr, ExitReason::DivisionByZero);
    if (right == -1) {
        mayLeave(instr, ExitReason::DivisionByZero);
    }
    const bool isModulo = instr.opcode == Opcode::CheckedIntModulo;
    defineInt(instr, isModulo ? floorModulo(left, right) : floorDivide(left, right), ExitReason::DivisionByZero);
}

void Interpreter::trueDivideInts(const Instr& instr) {
    const Integer left = integer(instr, 0);
    const Integer right = integer(instr, 1);
    leaveIf(!isExactAsDouble(left) || !isExactAsDouble(right), instr, ExitReason::IntTooBig);
    leaveIf(right == 0, instr, ExitReason::DivisionByZero);
    define(instr, ofDouble(trueDivide(left, right)));
}

bool Interpreter::executeIntegers(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::ConstInt:
            define(instr, ofInt(instr.immediates[0].integer));
            return true;
        case Opcode::ConstBool:
            define(instr, ofBool(instr.immediates[0].integer != 0));
            return true;
        case Opcode::CheckedIntAdd:
            defineInt(instr, Integer(integer(instr, 0)) + integer(instr, 1), ExitReason::IntTooBig);
            return true;
        case Opcode::CheckedIntSubtract:
            defineInt(instr, Integer(integer(instr, 0)) - integer(instr, 1), ExitReason::IntTooBig);
            return true;
        case Opcode::CheckedIntMultiply:
            multiply(instr);
            return true;
        case Opcode::CheckedIntFloorDivide:
        case Opcode::CheckedIntModulo:
            divide(instr);
            return true;
        case Opcode::CheckedIntTrueDivide:
            trueDivideInts(instr);
            return true;
        case Opcode::CheckedIntNegate:
            defineInt(instr, -Integer(integer(instr, 0)), ExitReason::IntTooBig);
            return true;
        case Opcode::CheckedIntToDouble:
            leaveIf(!isExactAsDouble(integer(instr, 0)), instr, ExitReason::IntTooBig);
            define(instr, ofDouble(static_cast<double>(integer(instr, 0))));
            return true;
        case Opcode::IntCompare:
            define(instr, ofBool(compare(compareOf(instr), Integer(integer(instr, 0)), Integer(integer(instr, 1)))));
            return true;
        case Opcode::BoolAnd:
            define(instr, ofBool(truth(instr, 0) && truth(instr, 1)));
            return true;
        case Opcode::BoolNot:
            define(instr, ofBool(!truth(instr, 0)));
            return true;
        case Opcode::IntAnd:
            define(instr, ofInt(integer(instr, 0) & integer(instr, 1)));
            return true;
        case Opcode::IntOr:
            define(instr, ofInt(integer(instr, 0) | integer(instr, 1)));
            return true;
        case Opcode::IntXor:
            define(instr, ofInt(integer(instr, 0) ^ integer(instr, 1)));
            return true;
        case Opcode::IntAddUnchecked: {
            const Integer sum = Integer(integer(instr, 0)) + integer(instr, 1);
            if (!fitsWord(sum)) {
                broken("the sum " + toText(sum) + " is said to fit");
            }
            define(instr, ofInt(static_cast<int64_t>(sum)));
            return true;
        }
        default:
            return false;
    }
}

bool Interpreter::executeDoubles(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::ConstDouble:
            define(instr, ofDouble(instr.immediates[0].real));
            return true;
        case Opcode::DoubleAdd:
            define(instr, ofDouble(real(instr, 0) + real(instr, 1)));
            return true;
        case Opcode::DoubleSubtract:
            define(instr, ofDouble(real(instr, 0) - real(instr, 1)));
            return true;
        case Opcode::DoubleMultiply:
            define(instr, ofDouble(real(instr, 0) * real(instr, 1)));
            return true;
        case Opcode::CheckedDoubleTrueDivide:
            leaveIf(real(instr, 1) == 0, instr, ExitReason::DivisionByZero);
            define(instr, ofDouble(real(instr, 0) / real(instr, 1)));
            return true;
        case Opcode::CheckedDoubleFloorDivide:
            leaveIf(real(instr, 1) == 0, instr, ExitReason::DivisionByZero);
            define(instr, ofDouble(floorDivide(real(instr, 0), real(instr, 1))));
            return true;
        case Opcode::CheckedDoubleModulo:
            leaveIf(real(instr, 1) == 0, instr, ExitReason::DivisionByZero);
            define(instr, ofDouble(floorModulo(real(instr, 0), real(instr, 1))));
            return true;
        case Opcode::CheckedDoublePower: {
            const double left = real(instr, 0);
            const double right = real(instr, 1);
            const bool isZero = left == 0 && right > 0;
            leaveIf((left == 0 && !isZero) || !std::isfinite(left) || !std::isfinite(right), instr,
                    ExitReason::PowerOutside);
            const double power = std::pow(left, right);  // NaN: complex
            leaveIf(!isZero && !std::isnormal(power), instr, ExitReason::PowerOutside);
            define(instr, ofDouble(power));
            return true;
        }
        case Opcode::CheckedMath: {
            const auto number = static_cast<size_t>(instr.immediates[0].integer);
            const double result = base::mathResult(base::mathFunctions()[number], real(instr, 0));
            leaveIf(std::isnan(result), instr, ExitReason::MathOutside);
            define(instr, ofDouble(result));
            return true;
        }
        case Opcode::DoubleNegate:
            define(instr, ofDouble(std::copysign(real(instr, 0), std::signbit(real(instr, 0)) ? 1.0 : -1.0)));
            return true;
        case Opcode::CheckedWhole: {
            constexpr double kEnd = 0x1p53;
            const bool isWhole = truth(instr, 1);
            const double result = real(instr, 0);
            leaveIf(isWhole && (result >= kEnd || result <= -kEnd), instr, ExitReason::IntTooBig);
            define(instr, ofDouble(isWhole ? result + 0.0 : result));
            return true;
        }
        case Opcode::DoubleCompare:
            define(instr, ofBool(compare(compareOf(instr), real(instr, 0), real(instr, 1))));
            return true;
        default:
            return false;
    }
}

bool Interpreter::executeRanges(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::UnpackRangeNext: {
            const Object* iterator = object(instr, 0);
            const Integer limit = iterator->next + iterator->step * iterator->count;
            const bool usable = iterator->references == 1 && fits(iterator->next) && fits(limit);
            leaveIf(!usable, instr, ExitReason::RangeChanged);
            define(instr, ofInt(static_cast<int64_t>(iterator->next)));
            return true;
        }
        case Opcode::UnpackRangeStep:
            define(instr, ofInt(static_cast<int64_t>(object(instr, 0)->step)));
            return true;
        case Opcode::UnpackRangeLimit: {
            const Object* iterator = object(instr, 0);
            define(instr, ofInt(static_cast<int64_t>(iterator->next + iterator->step * iterator->count)));
            return true;
        }
        case Opcode::RangeLimit: {
            const Integer start = integer(instr, 0);
            const Integer step = integer(instr, 2);
            leaveIf(step == 0, instr, ExitReason::RangeChanged);
            // Rounded up, and none when stop lies behind start.
            const Integer count = std::max(Integer(0), -floorDivide(start - integer(instr, 1), step));
            const Integer limit = start + count * step;
            leaveIf(!fitsWord(count) || !fitsWord(limit), instr, ExitReason::RangeChanged);
            define(instr, ofInt(static_cast<int64_t>(limit)));
            return true;
        }
        case Opcode::MakeRangeIter: {
            Object range;
            range.kind = Kind::RangeIter;
            range.next = integer(instr, 0);
            range.step = integer(instr, 1);
            const Integer distance = Integer(integer(instr, 2)) - range.next;
            if (range.step == 0 || distance % range.step != 0) {
                broken("a range whose limit is no whole number of steps away");
            }
            range.count = distance / range.step;
            range.imaginary = sunk_[instr.result.index()];
            define(instr, ofObject(heap_.make(range)));
            return true;
        }
        default:
            return false;
    }
}

}  // namespace pyjion::oracle
