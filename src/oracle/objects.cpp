// SPDX-License-Identifier: MIT
// Locals, references, guards, boxes, and the generic operations as far as they concern numbers and ranges.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oracle/interpreter.h"

namespace pyjion::oracle {

using hir::ExitReason;
using hir::Instr;
using hir::Opcode;
using hir::Type;

namespace {

/// CPython has another type of iterator for ranges beyond this.
bool isWordRange(const Object& range) {
    auto fits = [](Integer value) { return value >= INT64_MIN && value <= INT64_MAX; };
    return fits(range.next) && fits(range.step) && fits(range.count) && fits(range.next + range.step * range.count);
}

bool isOneOf(Opcode opcode, std::initializer_list<Opcode> list) {
    return std::find(list.begin(), list.end(), opcode) != list.end();
}

}  // namespace

bool Interpreter::executeLocals(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::ForcedExit:
        case Opcode::CheckPending:
            check(instr);
            return true;
        case Opcode::CheckTracing:
        case Opcode::CountLoop:
        case Opcode::GuardGlobalNames:
        case Opcode::GuardNamesUnchanged:
            return true;
        case Opcode::NamesVersion:
            define(instr, ofInt(0));
            return true;
        case Opcode::EntryLocal:
        case Opcode::ReadName:
            define(instr, ofObject(slot(instr)));
            return true;
        case Opcode::EntryStack: {
            const auto depth = static_cast<size_t>(instr.immediates[0].integer);
            if (depth >= stack_.size()) {
                notModelled(fmt::format("no object is in stack slot {}", depth));
            }
            define(instr, ofObject(std::exchange(stack_[depth], nullptr)));
            return true;
        }
        case Opcode::LoadLocal:
        case Opcode::LoadBoundLocal: {
            Object* found = slot(instr);
            if (found == nullptr && instr.opcode == Opcode::LoadBoundLocal) {
                broken(fmt::format("local {} is unbound", slotIndex(instr)));
            }
            leaveIf(found == nullptr, instr, ExitReason::UnboundLocal);
            retain(found);
            define(instr, ofObject(found));
            return true;
        }
        case Opcode::StoreLocal:
            store(slotIndex(instr), object(instr, 0));
            return true;
        case Opcode::CopyLocal:
            if (object(instr, 0) != slot(instr)) {
                broken(fmt::format("local {} holds {}, not {}", slotIndex(instr), toText(slot(instr)),
                                   toText(object(instr, 0))));
            }
            retain(object(instr, 0));
            define(instr, ofObject(object(instr, 0)));
            return true;
        case Opcode::LocalInt:
        case Opcode::LocalDouble:
        case Opcode::LocalBool: {
            const std::string wanted = slotText(instr.operands[0], 0);
            if (toText(slot(instr)) != wanted) {
                broken(fmt::format("local {} holds {}, not {}", slotIndex(instr), toText(slot(instr)), wanted));
            }
            define(instr, ofObject(slot(instr)));
            return true;
        }
        case Opcode::WriteBackInt:
        case Opcode::WriteBackDouble:
        case Opcode::WriteBackBool:
            if (truth(instr, 0)) {
                const bool isSame = truth(instr, 2);
                Object* written = isSame ? locals_[fromSlot(instr)] : box(value(instr.operands[1]));
                if (isSame) {
                    retain(written);
                }
                store(slotIndex(instr), written);
            }
            return true;
        case Opcode::CopySlot:
            if (!truth(instr, 0)) {
                retain(locals_[fromSlot(instr)]);
                store(slotIndex(instr), locals_[fromSlot(instr)]);
            }
            return true;
        default:
            return false;
    }
}

bool Interpreter::executeReferences(const Instr& instr) {
    auto named = [&](const std::vector<Object*>& objects) {
        const auto index = static_cast<size_t>(instr.immediates[0].integer);
        if (index >= objects.size() || objects[index] == nullptr) {
            notModelled(fmt::format("{} {}", hir::info(instr.opcode).name, index));
        }
        return objects[index];
    };
    switch (instr.opcode) {
        case Opcode::LoadConst:
            define(instr, ofObject(named(constants_)));
            return true;
        case Opcode::KnownObject:
            define(instr, ofObject(named(objects_)));
            return true;
        case Opcode::Null:
            define(instr, ofObject(nullptr));
            return true;
        case Opcode::IncRef:
            retain(object(instr, 0));
            define(instr, ofObject(object(instr, 0)));
            return true;
        case Opcode::Borrow:
            define(instr, ofObject(object(instr, 0)));
            return true;
        case Opcode::DecRef:
            release(objectOrNull(instr, 0));
            return true;
        case Opcode::AssumeNotNull:
        case Opcode::AssumeType:
            define(instr, ofObject(objectOrNull(instr, 0)));
            return true;
        default:
            return false;
    }
}

bool Interpreter::executeGuards(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::GuardBound:
            leaveIf(objectOrNull(instr, 0) == nullptr, instr, ExitReason::UnboundLocal);
            define(instr, ofObject(object(instr, 0)));
            return true;
        case Opcode::GuardType: {
            const Type type = object(instr, 0)->type();
            leaveIf(!type.isSubtypeOf(Type::fromBits(instr.immediates[0].type)), instr, ExitReason::TypeChanged);
            define(instr, ofObject(object(instr, 0)));
            return true;
        }
        case Opcode::GuardTrue:
            leaveIf(!truth(instr, 0), instr, static_cast<ExitReason>(instr.immediates[0].integer));
            return true;
        case Opcode::GuardPlainLocal: {
            const Type plain = hir::kLongExact | hir::kFloatExact | hir::kBoolExact | hir::kNoneExact | hir::kStrExact;
            const bool isPlain = slot(instr) == nullptr || slot(instr)->type().isSubtypeOf(plain);
            leaveIf(!isPlain, instr, ExitReason::TypeChanged);
            return true;
        }
        case Opcode::GuardUnshared: {
            const int64_t number = integer(instr, 0);
            const bool isShared = !isSmallInt(number) && !truth(instr, 1) && slot(instr)->references != 1;
            leaveIf(isShared, instr, ExitReason::ResultShared);
            return true;
        }
        case Opcode::GuardGlobal: {
            const auto index = static_cast<size_t>(instr.immediates[1].integer);
            if (index >= objects_.size()) {
                notModelled(fmt::format("object {}", index));
            }
            define(instr, ofObject(objects_[index]));
            return true;
        }
        case Opcode::IsNull:
            define(instr, ofBool(objectOrNull(instr, 0) == nullptr));
            return true;
        default:
            return false;
    }
}

bool Interpreter::executeBoxes(const Instr& instr) {
    constexpr Integer kUnboxedEnd = Integer(1) << 62;
    switch (instr.opcode) {
        case Opcode::UnboxInt: {
            const Integer found = object(instr, 0)->integer;
            leaveIf(found < -kUnboxedEnd || found >= kUnboxedEnd, instr, ExitReason::IntTooBig);
            define(instr, ofInt(static_cast<int64_t>(found)));
            return true;
        }
        case Opcode::UnboxDouble:
            define(instr, ofDouble(object(instr, 0)->real));
            return true;
        case Opcode::UnboxAsDouble: {
            constexpr Integer kDigitEnd = Integer(1) << 30;
            const Object* number = object(instr, 0);
            const bool isShort =
                number->kind == Kind::Int && number->integer > -kDigitEnd && number->integer < kDigitEnd;
            leaveIf(number->kind != Kind::Float && !isShort, instr, ExitReason::TypeChanged);
            define(instr, ofDouble(isShort ? static_cast<double>(number->integer) : number->real));
            return true;
        }
        case Opcode::UnboxBool:
            define(instr, ofBool(object(instr, 0)->integer != 0));
            return true;
        case Opcode::BoxInt:
        case Opcode::BoxDouble:
        case Opcode::BoxBool: {
            Object* made = box(value(instr.operands[0]));
            made->imaginary = !made->immortal && sunk_[instr.result.index()];
            define(instr, ofObject(made));
            return true;
        }
        case Opcode::BoxNumber: {
            const double number = value(instr.operands[0]).real;
            Object* made = box(truth(instr, 1) ? ofInt(static_cast<int64_t>(number)) : ofDouble(number));
            made->imaginary = !made->immortal && sunk_[instr.result.index()];
            define(instr, ofObject(made));
            return true;
        }
        case Opcode::TestInt:
            define(instr, ofBool(object(instr, 0)->kind == Kind::Int));
            return true;
        case Opcode::BoxIntIf:
        case Opcode::BoxDoubleIf:
        case Opcode::BoxBoolIf: {
            Value inSlot;
            inSlot.form = Value::Form::InSlot;
            inSlot.integer = slotIndex(instr);
            const hir::ValueId number = instr.operands[truth(instr, 2) ? 3 : 1];
            Object* made = truth(instr, 0) ? box(value(number)) : nullptr;
            if (made != nullptr) {
                made->imaginary = !made->immortal;
            }
            define(instr, made != nullptr ? ofObject(made) : inSlot);
            return true;
        }
        default:
            return false;
    }
}

// --- generic operations: the operands are consumed, whatever happens ------------------------------------------------

void Interpreter::arithmetic(const Instr& instr) {
    std::vector<Number> numbers;
    bool known = true;
    for (size_t i = 0; i < instr.operands.size(); ++i) {
        std::optional<Number> number = numberOf(*object(instr, i));
        known = known && number;
        numbers.push_back(number.value_or(Failure{}));
    }
    const int64_t op = instr.immediates[0].integer;
    Number result = Failure{};
    if (known && instr.opcode == Opcode::BinaryOp) {
        result = binary(static_cast<hir::BinaryOperator>(op), numbers[0], numbers[1]);
    } else if (known && instr.opcode == Opcode::CompareOp) {
        result = compare(static_cast<hir::CompareOperator>(op), numbers[0], numbers[1]);
    } else if (known) {
        result = unary(static_cast<hir::UnaryOperator>(op), numbers[0]);
    }
    for (size_t i = 0; i < instr.operands.size(); ++i) {
        release(object(instr, i));
    }
    if (const auto* failure = std::get_if<Failure>(&result)) {
        if (failure->exception.empty()) {
            notModelled(fmt::format("{} of these operands", hir::info(instr.opcode).name));
        }
        raise(instr, failure->exception);
    }
    define(instr, ofObject(box(result)));
}

/// range(...) of ints, and nothing else.
void Interpreter::call(const Instr& instr) {
    const Object* callee = object(instr, 1);
    const size_t count = instr.operands.size() - 2;
    std::vector<Integer> numbers;
    for (size_t i = 0; i < count; ++i) {
        const Object* argument = object(instr, i + 2);
        if (argument->kind != Kind::Int) {
            notModelled("a call with other arguments than ints");
        }
        numbers.push_back(argument->integer);
    }
    if (callee->name != "builtins.range" || objectOrNull(instr, 0) != nullptr || count == 0 || count > 3) {
        notModelled("a call of anything but range");
    }
    Object range;
    range.kind = Kind::Range;
    range.next = count == 1 ? 0 : numbers[0];
    range.step = count == 3 ? numbers[2] : 1;
    const Integer stop = numbers[count == 1 ? 0 : 1];
    for (size_t i = 1; i < instr.operands.size(); ++i) {
        release(object(instr, i));
    }
    if (range.step == 0) {
        raise(instr, "ValueError");
    }
    range.count = std::max(Integer(0), -floorDivide(range.next - stop, range.step));
    define(instr, ofObject(heap_.make(range)));
}

void Interpreter::iterate(const Instr& instr) {
    Object* source = object(instr, 0);
    if (instr.opcode == Opcode::GetIter) {
        if (source->kind != Kind::Range || !isWordRange(*source)) {
            notModelled("an iterator over anything but a range of machine words");
        }
        Object iterator = *source;
        iterator.kind = Kind::RangeIter;
        iterator.immortal = false;
        release(source);
        define(instr, ofObject(heap_.make(iterator)));
        return;
    }
    if (source->kind != Kind::RangeIter) {
        notModelled("iteration over anything but a range");
    }
    Object* next = nullptr;
    if (source->count > 0) {
        next = heap_.makeInt(source->next);
        source->next += source->step;
        source->count--;
    }
    define(instr, ofObject(next));
}

bool Interpreter::executeGeneric(const Instr& instr) {
    if (isOneOf(instr.opcode, {Opcode::BinaryOp, Opcode::CompareOp, Opcode::UnaryOp})) {
        arithmetic(instr);
        return true;
    }
    if (isOneOf(instr.opcode, {Opcode::GetIter, Opcode::IterNext})) {
        iterate(instr);
        return true;
    }
    switch (instr.opcode) {
        case Opcode::Truth: {
            std::optional<Number> number = numberOf(*object(instr, 0));
            if (!number && object(instr, 0)->kind != Kind::None) {
                notModelled("the truth of anything but numbers and None");
            }
            const bool result = number && isTrue(*number);
            release(object(instr, 0));
            define(instr, ofBool(result));
            return true;
        }
        case Opcode::IsOp: {
            const bool same = object(instr, 0) == object(instr, 1);
            release(object(instr, 0));
            release(object(instr, 1));
            define(instr, ofBool(same != (instr.immediates[0].integer != 0)));
            return true;
        }
        case Opcode::IsNone: {
            const bool isNone = object(instr, 0)->kind == Kind::None;
            release(object(instr, 0));
            define(instr, ofBool(isNone));
            return true;
        }
        case Opcode::LoadGlobal: {
            auto found = code_.globals.find(static_cast<uint32_t>(instr.immediates[1].integer));
            if (found == code_.globals.end() || found->second >= objects_.size()) {
                notModelled(fmt::format("the global of site {}", instr.immediates[1].integer));
            }
            retain(objects_[found->second]);
            define(instr, ofObject(objects_[found->second]));
            return true;
        }
        case Opcode::Call:
            call(instr);
            return true;
        default:
            return false;
    }
}

}  // namespace pyjion::oracle
