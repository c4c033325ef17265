// SPDX-License-Identifier: MIT
// V7 to V16 of the verifier (the list is in verify.cpp): runs over the code with the types on the evaluation stack,
// each instruction once, and compares stacks where paths meet.
#include <optional>

#include "cil/flow.h"
#include "cil/print.h"
#include "cil/verify_checks.h"

namespace pyjion::cil {
namespace {

/// Types on the evaluation stack. Unknown stands for a value that an error made up, and goes with everything, so that
/// one mistake is reported once.
enum class StackType : uint8_t { Int32, Int64, NativeInt, Double, Object, Unknown };

using Stack = std::vector<StackType>;

StackType stackType(Type type) {
    switch (type) {
        case Type::Int32:
            return StackType::Int32;
        case Type::Int64:
            return StackType::Int64;
        case Type::NativeInt:
            return StackType::NativeInt;
        case Type::Double:
            return StackType::Double;
        case Type::Void:
            break;
    }
    return StackType::Unknown;  // V1 has reported it
}

std::string_view nameOf(StackType type) {
    switch (type) {
        case StackType::Int32:
            return typeName(Type::Int32);
        case StackType::Int64:
            return typeName(Type::Int64);
        case StackType::NativeInt:
            return typeName(Type::NativeInt);
        case StackType::Double:
            return typeName(Type::Double);
        case StackType::Object:
            return "object";
        case StackType::Unknown:
            break;
    }
    return "unknown";
}

bool matches(StackType a, StackType b) {
    return a == b || a == StackType::Unknown || b == StackType::Unknown;
}

bool isInteger(StackType type) {
    return type == StackType::Int32 || type == StackType::Int64 || type == StackType::NativeInt ||
           type == StackType::Unknown;
}

bool isNumber(StackType type) {
    return isInteger(type) || type == StackType::Double;
}

/// The common type of two numbers as in tables III.2, III.4 and III.5: equal types, or native int for it and int32.
std::optional<StackType> commonType(StackType a, StackType b) {
    if (!isNumber(a) || !isNumber(b)) {
        return std::nullopt;
    }
    if (matches(a, b)) {
        return a == StackType::Unknown ? b : a;
    }
    bool mixed =
        (a == StackType::Int32 && b == StackType::NativeInt) || (a == StackType::NativeInt && b == StackType::Int32);
    return mixed ? std::optional(StackType::NativeInt) : std::nullopt;
}

class FlowCheck {
  public:
    FlowCheck(const Body& body, Errors& errors)
        : body_(body), errors_(errors), labels_(labelPositions(body)), atLabel_(body.labelCount) {}

    void run() {
        walk(0);
        while (!work_.empty()) {
            LabelId label = work_.back();
            work_.pop_back();
            stack_ = *atLabel_[label.index()];
            walk(labels_[label.index()] + 1);
        }
    }

  private:
    /// Goes on from an instruction until control cannot, or reaches code that has been or will be visited.
    void walk(uint32_t start) {
        for (at_ = start; at_ < body_.code.size(); ++at_) {
            const Instruction& instruction = body_.code[at_];
            if (instruction.opcode == Opcode::Label) {
                LabelId label(static_cast<uint32_t>(instruction.operand));
                if (label.index() < atLabel_.size() && !join(label)) {
                    return;
                }
                continue;
            }
            step(instruction);
            forEachTarget(body_, instruction, [&](LabelId target) {
                bool bound = target.index() < labels_.size() && labels_[target.index()] != kUnbound;
                if (bound && join(target)) {
                    work_.push_back(target);
                }
            });
            if (!fallsThrough(instruction.opcode)) {
                return;
            }
        }
    }

    /// Brings the present stack to the label. True when it is the first to arrive there.
    bool join(LabelId label) {
        std::optional<Stack>& seen = atLabel_[label.index()];
        if (!seen) {
            seen = stack_;
            return true;
        }
        if (seen->size() != stack_.size()) {
            errors_.add(at_, 14, "{} values on the stack at L{}, another path has {}", stack_.size(), label.index(),
                        seen->size());
            return false;
        }
        for (size_t i = 0; i < stack_.size(); ++i) {
            if (!matches((*seen)[i], stack_[i])) {
                errors_.add(at_, 15, "stack entry {} at L{} is {}, on another path {}", i, label.index(),
                            nameOf(stack_[i]), nameOf((*seen)[i]));
            }
        }
        return false;
    }

    void step(const Instruction& instruction) {
        const OpcodeInfo& row = info(instruction.opcode);
        uint32_t needed = stackEffect(body_, instruction).pops;
        if (needed > stack_.size() && row.pops != Pops::ReturnValue) {
            errors_.add(at_, 8, "{} takes {} values, the stack has {}", row.mnemonic, needed, stack_.size());
        }
        StackType operand = take(instruction, row);
        give(instruction, row.pushes, operand);
    }

    StackType pop() {
        if (stack_.empty()) {
            return StackType::Unknown;
        }
        StackType top = stack_.back();
        stack_.pop_back();
        return top;
    }

    void push(StackType type) { stack_.push_back(type); }

    /// Pops and checks the operands; returns the type that Pushes::Same, Binary and Twice refer to.
    StackType take(const Instruction& instruction, const OpcodeInfo& row) {
        switch (row.pops) {
            case Pops::None:
                return StackType::Unknown;
            case Pops::Any:
                return pop();
            case Pops::Argument:
            case Pops::Local:
                expect(placeType(instruction), 11, "the value stored");
                return StackType::Unknown;
            case Pops::Address:
                expect(StackType::NativeInt, 10, "the address");
                return StackType::Unknown;
            case Pops::StoreInt32:
                return takeStore(StackType::Int32);
            case Pops::StoreInt64:
                return takeStore(StackType::Int64);
            case Pops::StoreNative:
                return takeStore(StackType::NativeInt);
            case Pops::StoreDouble:
                return takeStore(StackType::Double);
            case Pops::Number:
                return takeOne(row, isNumber);
            case Pops::Integer:
                return takeOne(row, isInteger);
            case Pops::TwoNumbers:
            case Pops::Compared:
                return takeTwo(row, isNumber);
            case Pops::TwoIntegers:
                return takeTwo(row, isInteger);
            case Pops::ValueAndCount:
                return takeShift(row);
            case Pops::Condition:
                takeCondition();
                return StackType::Unknown;
            case Pops::SwitchValue:
                expect(StackType::Int32, 16, "the value of switch");
                return StackType::Unknown;
            case Pops::Arguments:
                takeArguments(instruction);
                return StackType::Unknown;
            case Pops::ReturnValue:
                takeResult();
                return StackType::Unknown;
            case Pops::Thrown:
                expect(StackType::Object, 16, "the value thrown");
                return StackType::Unknown;
        }
        return StackType::Unknown;
    }

    void expect(StackType wanted, uint32_t invariant, std::string_view what) {
        StackType found = pop();
        if (!matches(found, wanted)) {
            errors_.add(at_, invariant, "{} is {}, not {}", what, nameOf(found), nameOf(wanted));
        }
    }

    StackType placeType(const Instruction& instruction) const {
        auto [opcode, operand] = generalForm(instruction.opcode, instruction.operand);
        bool local = info(opcode).operand == OperandKind::Local;
        const std::vector<Type>& types = local ? body_.locals : body_.signature.params;
        auto index = static_cast<uint64_t>(operand);
        return index < types.size() ? stackType(types[index]) : StackType::Unknown;
    }

    StackType takeStore(StackType value) {
        expect(value, 11, "the value stored");
        expect(StackType::NativeInt, 10, "the address");
        return StackType::Unknown;
    }

    StackType takeOne(const OpcodeInfo& row, bool (*accepts)(StackType)) {
        StackType operand = pop();
        if (!accepts(operand)) {
            errors_.add(at_, 9, "{} does not take {}", row.mnemonic, nameOf(operand));
            return StackType::Unknown;
        }
        return operand;
    }

    StackType takeTwo(const OpcodeInfo& row, bool (*accepts)(StackType)) {
        StackType right = pop();
        StackType left = pop();
        std::optional<StackType> common = commonType(left, right);
        if (!common || !accepts(left) || !accepts(right)) {
            errors_.add(at_, 9, "{} does not take {} and {}", row.mnemonic, nameOf(left), nameOf(right));
            return StackType::Unknown;
        }
        return *common;
    }

    StackType takeShift(const OpcodeInfo& row) {
        StackType count = pop();
        StackType value = pop();
        bool goodCount = matches(count, StackType::Int32) || matches(count, StackType::NativeInt);
        if (!goodCount || !isInteger(value)) {
            errors_.add(at_, 9, "{} does not take {} and {}", row.mnemonic, nameOf(value), nameOf(count));
            return StackType::Unknown;
        }
        return value;
    }

    void takeCondition() {
        StackType condition = pop();
        if (!isInteger(condition)) {
            errors_.add(at_, 16, "the condition is {}, not an integer", nameOf(condition));
        }
    }

    void takeArguments(const Instruction& instruction) {
        if (instruction.opcode == Opcode::Calli) {
            expect(StackType::NativeInt, 10, "the address called");
        }
        const Signature* callee = calleeOf(body_, instruction);
        if (!callee) {
            return;
        }
        for (size_t i = callee->params.size(); i-- > 0;) {
            expect(stackType(callee->params[i]), 12, fmt::format("argument {}", i));
        }
        if (at_ > 0 && body_.code[at_ - 1].opcode == Opcode::Tail) {
            checkTailCall(*callee);
        }
    }

    void checkTailCall(const Signature& callee) {
        if (at_ + 1 >= body_.code.size() || body_.code[at_ + 1].opcode != Opcode::Ret) {
            errors_.add(at_, 7, "the tail call is not directly followed by ret");
        }
        if (!stack_.empty()) {
            errors_.add(at_, 7, "{} values below the arguments of the tail call", stack_.size());
        }
        if (callee.result != body_.signature.result) {
            errors_.add(at_, 7, "the tail call returns {}, the method {}", typeName(callee.result),
                        typeName(body_.signature.result));
        }
    }

    void takeResult() {
        const Type wanted = body_.signature.result;
        const size_t count = wanted == Type::Void ? 0 : 1;
        if (stack_.size() != count) {
            errors_.add(at_, 13, "ret finds {} values, the method returns {}", stack_.size(), typeName(wanted));
        } else if (count == 1 && !matches(stack_.back(), stackType(wanted))) {
            errors_.add(at_, 13, "the result is {}, not {}", nameOf(stack_.back()), typeName(wanted));
        }
    }

    void give(const Instruction& instruction, Pushes pushes, StackType operand) {
        switch (pushes) {
            case Pushes::None:
                return;
            case Pushes::Int32:
                return push(StackType::Int32);
            case Pushes::Int64:
                return push(StackType::Int64);
            case Pushes::NativeInt:
                return push(StackType::NativeInt);
            case Pushes::Double:
                return push(StackType::Double);
            case Pushes::Object:
                return push(StackType::Object);
            case Pushes::Argument:
            case Pushes::Local:
                return push(placeType(instruction));
            case Pushes::Same:
            case Pushes::Binary:
                return push(operand);
            case Pushes::Twice:
                push(operand);
                return push(operand);
            case Pushes::Result:
                if (stackEffect(body_, instruction).pushes != 0) {
                    push(stackType(calleeOf(body_, instruction)->result));
                }
                return;
        }
    }

    const Body& body_;
    Errors& errors_;
    std::vector<uint32_t> labels_;
    std::vector<std::optional<Stack>> atLabel_;
    std::vector<LabelId> work_;
    Stack stack_;
    uint32_t at_ = 0;
};

}  // namespace

void checkTypes(const Body& body, Errors& errors) {
    FlowCheck(body, errors).run();
}

}  // namespace pyjion::cil
