// SPDX-License-Identifier: MIT
// Replaces generic operations by operations on unboxed numbers, for the types that feedback or static types name.
// Input: BinaryOp, CompareOp, UnaryOp, Truth and LoadGlobal as the front end makes them. Output: guards that leave at
// the start of the same bytecode, the unboxed operation, a box around its result, and the release of the operands.
// Calls that entered one Python function become calls of its code. Operations that were never executed, or with several
// types, stay generic. Boxes that are not needed go later.
#include <map>
#include <optional>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/before_state.h"
#include "passes/known_calls.h"
#include "passes/narrow_types.h"
#include "passes/number_source.h"
#include "passes/operand_unboxing.h"
#include "passes/pass.h"
#include "passes/seen_elsewhere.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BinaryOperator;
using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::Type;
using hir::UnaryOperator;
using hir::ValueId;

namespace {

/// The in-place operators do what the others do when the left operand is a number.
BinaryOperator withoutInplace(BinaryOperator op) {
    constexpr auto kFirst = static_cast<uint8_t>(BinaryOperator::InplaceAdd);
    auto value = static_cast<uint8_t>(op);
    return value < kFirst ? op : static_cast<BinaryOperator>(value - kFirst);
}

class Specialisation {
  public:
    Specialisation(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          map_(function),
          state_(function),
          elsewhere_(function, map_) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
            function_.blocks[block].instrs.clear();
            builder_.setBlock(block);
            for (InstrId id : instrs) {
                visit(block, id);
            }
        }
        if (map_.empty()) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    void visit(BlockId block, InstrId id) {
        map_.apply(function_, id);
        hir::Instr instr = function_.instrs[id];
        builder_.setBytecode(instr.bytecode);
        std::optional<ValueId> result;
        if (instr.opcode == Opcode::Call) {
            result = specialiseCall(id);
        } else if (isHandled(instr.opcode)) {
            result = specialise(id, instr);
        }
        if (result) {
            function_.instrs[id].block = {};
            map_.replace(instr.result, *result);
            return;
        }
        function_.append(block, id);
        state_.pass(id);
    }

    static bool isHandled(Opcode opcode) {
        return opcode == Opcode::BinaryOp || opcode == Opcode::CompareOp || opcode == Opcode::UnaryOp ||
               opcode == Opcode::Truth || opcode == Opcode::LoadGlobal || isQuiet(opcode);
    }

    /// Of a body that was inlined: its operands are given back by instructions of their own, and its types may be known
    /// where those of its parameters are.
    static bool isQuiet(Opcode opcode) { return opcode == Opcode::QuietBinaryOp || opcode == Opcode::QuietCompareOp; }

    std::optional<ValueId> specialise(InstrId id, const hir::Instr& instr) {
        exit_ = isQuiet(instr.opcode) ? instr.snapshot : state_.before(instr);
        if (!exit_.valid()) {
            return std::nullopt;
        }
        switch (instr.opcode) {
            case Opcode::BinaryOp: {
                const hir::BinaryOp binary(function_, id);
                return compute(binary.op(), {binary.left(), binary.seenLeft()}, {binary.right(), binary.seenRight()},
                               true);
            }
            case Opcode::QuietBinaryOp: {
                const hir::QuietBinaryOp binary(function_, id);
                return compute(binary.op(), {binary.left(), hir::kBottom}, {binary.right(), hir::kBottom}, false);
            }
            case Opcode::CompareOp: {
                const hir::CompareOp compared(function_, id);
                return compare(compared.op(), {compared.left(), compared.seenLeft()},
                               {compared.right(), compared.seenRight()}, true);
            }
            case Opcode::QuietCompareOp: {
                const hir::QuietCompareOp compared(function_, id);
                return compare(compared.op(), {compared.left(), hir::kBottom}, {compared.right(), hir::kBottom}, false);
            }
            case Opcode::UnaryOp:
                return unary(hir::UnaryOp(function_, id));
            case Opcode::Truth:
                return truth(hir::Truth(function_, id));
            default:
                return loadGlobal(hir::LoadGlobal(function_, id));
        }
    }

    // --- operands ---------------------------------------------------------------------------------------------

    /// The kind of number to compile an operand for: what is known for certain, else what was seen.
    const NumberKind* kindOf(ValueId operand, Type seen) const {
        Type type = function_.values[operand].type;
        const NumberKind* known = numberKindOf(type);
        const NumberKind* kind =
            known != nullptr ? known : numberKindOf(seen.isBottom() ? elsewhere_.seen(operand) : seen);
        bool possible = kind != nullptr && kind->object.isSubtypeOf(type);
        return possible && !isBigConstant(function_, context_.facts, operand) ? kind : nullptr;
    }

    ValueId unbox(ValueId operand, const NumberKind& kind) {
        elsewhere_.note(operand, kind.object);
        return unboxOperand(function_, builder_, context_.facts, operand, kind, exit_);
    }

    ValueId guard(ValueId operand, Type type) { return guardOperand(function_, builder_, operand, type, exit_); }

    void release(ValueId operand, Type type) { releaseOperand(function_, builder_, operand, type); }

    ValueId asDouble(ValueId number) {
        return function_.values[number].type == hir::kDouble ? number : builder_.checkedIntToDouble(number, exit_);
    }

    ValueId box(ValueId number) {
        Type type = function_.values[number].type;
        if (type == hir::kInt64) {
            return builder_.boxInt(number);
        }
        return type == hir::kDouble ? builder_.boxDouble(number) : builder_.boxBool(number);
    }

    /// What an operand of arithmetic is compiled for: ints, floats, or both, which are converted to doubles.
    struct Operand {
        Type type;

        bool isMixed() const { return type == mixed().type; }
        static Operand mixed() { return {hir::kLongExact | hir::kFloatExact}; }
    };

    std::optional<Operand> operandOf(ValueId operand, Type seen) const {
        const Operand mixed = Operand::mixed();
        const bool isMixed = seen == hir::kFloatExact && mixed.type.isSubtypeOf(function_.values[operand].type) &&
                             elsewhere_.beginsAsInt(operand);
        if (isMixed || function_.values[operand].type == mixed.type) {
            return mixed;
        }
        if (const NumberKind* kind = kindOf(operand, seen)) {
            return isNumber(kind) ? std::optional(Operand{kind->object}) : std::nullopt;
        }
        const Type type = seen.isBottom() ? elsewhere_.seen(operand) : seen;
        const bool isPossible = type == mixed.type && type.isSubtypeOf(function_.values[operand].type);
        return isPossible && !isBigConstant(function_, context_.facts, operand) ? std::optional(mixed) : std::nullopt;
    }

    struct Input {
        ValueId object;
        Type seen;
    };
    struct Operands {
        Operand left;
        Operand right;
    };

    /// `isForNumbers`: with a number, the operation takes another number, and almost nothing else.
    std::optional<Operands> operandsOf(const Input& left, const Input& right, bool isForNumbers) const {
        std::optional<Operand> a = operandOf(left.object, left.seen);
        std::optional<Operand> b = operandOf(right.object, right.seen);
        if (isForNumbers && !a && b) {
            a = beside(left, *b);
        } else if (isForNumbers && a && !b) {
            b = beside(right, *a);
        }
        return a && b ? std::optional(Operands{*a, *b}) : std::nullopt;
    }

    /// What has shown nothing beside a float is a number.
    std::optional<Operand> beside(const Input& input, const Operand& other) const {
        const Operand mixed = Operand::mixed();
        const bool isPossible = other.type == hir::kFloatExact && input.seen.isBottom() &&
                                mixed.type.isSubtypeOf(function_.values[input.object].type) &&
                                !isBigConstant(function_, context_.facts, input.object);
        return isPossible ? std::optional(mixed) : std::nullopt;
    }

    ValueId unbox(ValueId operand, const Operand& compiledFor) {
        if (!compiledFor.isMixed()) {
            return unbox(operand, *numberKindOf(compiledFor.type));
        }
        elsewhere_.note(operand, compiledFor.type);
        return builder_.unboxAsDouble(operand, exit_);
    }

    static bool isNumber(const NumberKind* kind) { return kind != nullptr && kind->object != hir::kBoolExact; }

    // --- operations -------------------------------------------------------------------------------------------

    std::optional<ValueId> compute(BinaryOperator written, const Input& left, const Input& right, bool consumes) {
        const BinaryOperator op = withoutInplace(written);
        const bool combinesBits = op == BinaryOperator::And || op == BinaryOperator::Or || op == BinaryOperator::Xor;
        if (op > BinaryOperator::Modulo && !combinesBits && op != BinaryOperator::Power) {
            return std::nullopt;  // shifts, matrices
        }
        // What classes multiply by a number, or add to it, is as likely.
        const bool isForNumbers = op == BinaryOperator::Subtract || op == BinaryOperator::TrueDivide;
        const std::optional<Operands> operands = operandsOf(left, right, isForNumbers);
        if (!operands) {
            return std::nullopt;
        }
        const auto& [a, b] = *operands;
        const bool integers = a.type == hir::kLongExact && b.type == hir::kLongExact;
        const bool maybeIntegers = !integers && a.type != hir::kFloatExact && b.type != hir::kFloatExact;
        const bool isHandled = integers        ? op != BinaryOperator::Power || isTwo(right.object)
                               : maybeIntegers ? op <= BinaryOperator::TrueDivide
                                               : !combinesBits;
        if (!isHandled || !context_.fuel.take()) {
            return std::nullopt;
        }
        const ValueId first = unbox(left.object, a);
        const ValueId second = unbox(right.object, b);
        ValueId number =
            integers ? intOperation(op, first, second) : doubleOperation(op, asDouble(first), asDouble(second));
        ValueId whole;
        if (maybeIntegers && op != BinaryOperator::TrueDivide) {
            const ValueId isLeftInt = isInt(left.object, a);
            whole = builder_.boolAnd(isLeftInt, isInt(right.object, b));
            number = builder_.checkedWhole(number, whole, exit_);
        }
        if (consumes) {
            release(left.object, a.type);
            release(right.object, b.type);
        }
        return whole.valid() ? builder_.boxNumber(number, whole) : box(number);
    }

    ValueId isInt(ValueId operand, const Operand& compiledFor) {
        return compiledFor.isMixed() ? builder_.testInt(operand) : builder_.constBool(true);
    }

    bool isTwo(ValueId operand) const {
        const NumberSource source = numberSource(function_, context_.facts, operand);
        return source.constant != nullptr && source.constant->kind == ConstantFact::Kind::Int &&
               source.constant->integer == 2;
    }

    ValueId intOperation(BinaryOperator op, ValueId a, ValueId b) {
        switch (op) {
            case BinaryOperator::Add:
                return builder_.checkedIntAdd(a, b, exit_);
            case BinaryOperator::Subtract:
                return builder_.checkedIntSubtract(a, b, exit_);
            case BinaryOperator::Multiply:
                return builder_.checkedIntMultiply(a, b, exit_);
            case BinaryOperator::TrueDivide:
                return builder_.checkedIntTrueDivide(a, b, exit_);
            case BinaryOperator::FloorDivide:
                return builder_.checkedIntFloorDivide(a, b, exit_);
            case BinaryOperator::And:
                return builder_.intAnd(a, b);
            case BinaryOperator::Or:
                return builder_.intOr(a, b);
            case BinaryOperator::Xor:
                return builder_.intXor(a, b);
            case BinaryOperator::Power:  // by two
                return builder_.checkedIntMultiply(a, a, exit_);
            default:
                return builder_.checkedIntModulo(a, b, exit_);
        }
    }

    ValueId doubleOperation(BinaryOperator op, ValueId a, ValueId b) {
        switch (op) {
            case BinaryOperator::Add:
                return builder_.doubleAdd(a, b);
            case BinaryOperator::Subtract:
                return builder_.doubleSubtract(a, b);
            case BinaryOperator::Multiply:
                return builder_.doubleMultiply(a, b);
            case BinaryOperator::TrueDivide:
                return builder_.checkedDoubleTrueDivide(a, b, exit_);
            case BinaryOperator::FloorDivide:
                return builder_.checkedDoubleFloorDivide(a, b, exit_);
            case BinaryOperator::Power:
                return builder_.checkedDoublePower(a, b, exit_);
            default:
                return builder_.checkedDoubleModulo(a, b, exit_);
        }
    }

    std::optional<ValueId> compare(hir::CompareOperator op, const Input& left, const Input& right, bool consumes) {
        const bool isOrder = op != hir::CompareOperator::Equal && op != hir::CompareOperator::NotEqual;
        const std::optional<Operands> operands = operandsOf(left, right, isOrder);
        if (!operands || !context_.fuel.take()) {
            return std::nullopt;
        }
        const auto& [a, b] = *operands;
        const ValueId first = unbox(left.object, a);
        const ValueId second = unbox(right.object, b);
        const bool integers = a.type == hir::kLongExact && b.type == hir::kLongExact;
        // CPython compares an int with a float exactly; so does this, as the conversion leaves where it would round.
        const ValueId truth = integers ? builder_.intCompare(first, second, op)
                                       : builder_.doubleCompare(asDouble(first), asDouble(second), op);
        if (consumes) {
            release(left.object, a.type);
            release(right.object, b.type);
        }
        return builder_.boxBool(truth);
    }

    std::optional<ValueId> unary(const hir::UnaryOp& instr) {
        ValueId input = instr.input();
        UnaryOperator op = instr.op();
        const std::optional<Operand> operand = operandOf(input, instr.seen());
        if (op == UnaryOperator::Negative && operand && operand->isMixed()) {
            return negateMixed(input, *operand);
        }
        const NumberKind* kind = kindOf(input, instr.seen());
        bool handled = op == UnaryOperator::Not
                           ? kind != nullptr
                           : isNumber(kind) && (op != UnaryOperator::Invert || kind->object == hir::kLongExact);
        if (!handled || !context_.fuel.take()) {
            return std::nullopt;
        }
        if (op == UnaryOperator::Positive) {
            // CPython gives the same object.
            guard(input, kind->object);
            bool known = function_.values[input].type.isSubtypeOf(kind->object);
            return known ? input : builder_.assumeType(input, kind->object);
        }
        ValueId number = unaryOperation(op, unbox(input, *kind));
        release(input, kind->object);
        return box(number);
    }

    std::optional<ValueId> negateMixed(ValueId input, const Operand& operand) {
        if (!context_.fuel.take()) {
            return std::nullopt;
        }
        const ValueId negated = builder_.doubleNegate(unbox(input, operand));
        const ValueId whole = isInt(input, operand);
        const ValueId number = builder_.checkedWhole(negated, whole, exit_);
        release(input, operand.type);
        return builder_.boxNumber(number, whole);
    }

    ValueId unaryOperation(UnaryOperator op, ValueId input) {
        bool integer = function_.values[input].type == hir::kInt64;
        switch (op) {
            case UnaryOperator::Negative:
                return integer ? builder_.checkedIntNegate(input, exit_) : builder_.doubleNegate(input);
            case UnaryOperator::Invert:
                return builder_.checkedIntSubtract(builder_.constInt(-1), input, exit_);
            case UnaryOperator::Not:
                return builder_.boolNot(truthOf(input));
            case UnaryOperator::Positive:
                break;
        }
        return input;
    }

    ValueId truthOf(ValueId number) {
        Type type = function_.values[number].type;
        if (type == hir::kInt64) {
            return builder_.intCompare(number, builder_.constInt(0), hir::CompareOperator::NotEqual);
        }
        if (type == hir::kDouble) {
            return builder_.doubleCompare(number, builder_.constDouble(0.0), hir::CompareOperator::NotEqual);
        }
        return number;
    }

    std::optional<ValueId> truth(const hir::Truth& instr) {
        ValueId input = instr.input();
        Type type = function_.values[input].type;
        bool isNone = type == hir::kNoneExact || (instr.seen() == hir::kNoneExact && hir::kNoneExact.isSubtypeOf(type));
        const NumberKind* kind = kindOf(input, instr.seen());
        if ((!isNone && kind == nullptr) || !context_.fuel.take()) {
            return std::nullopt;
        }
        if (isNone) {
            guard(input, hir::kNoneExact);
        }
        ValueId result = isNone ? builder_.constBool(false) : truthOf(unbox(input, *kind));
        release(input, isNone ? hir::kNoneExact : kind->object);
        return result;
    }

    std::optional<ValueId> loadGlobal(const hir::LoadGlobal& instr) {
        auto found = context_.facts.globals.find(instr.site());
        if (found == context_.facts.globals.end() || !context_.fuel.take()) {
            return std::nullopt;
        }
        ValueId object = builder_.guardGlobal(instr.site(), found->second.object, found->second.type, exit_);
        return builder_.incRef(object);
    }

    template <typename Fact>
    static const Fact* find(const std::map<uint32_t, Fact>& facts, uint32_t key) {
        const auto found = facts.find(key);
        return found != facts.end() ? &found->second : nullptr;
    }

    /// The Python function that a call is most likely to enter, as nothing guards that.
    const CalleeFact* calleeOf(const hir::Call& call, ValueId callable, bool isMethod) const {
        const CalleeFact* atSite = isMethod ? nullptr : find(context_.facts.callees, call.site());
        return atSite != nullptr ? atSite : calleeBehind(function_, context_.facts, callable);
    }

    InstrId idOf(const hir::Instr& instr) const { return function_.values[instr.result].definition; }

    /// The builtin that a callable certainly is.
    const BuiltinFact* builtinBehind(ValueId callable) const {
        const hir::Instr* origin = originOf(function_, callable);
        if (origin == nullptr) {
            return nullptr;
        }
        switch (origin->opcode) {
            case Opcode::GuardGlobal:
                return find(context_.facts.builtins, hir::GuardGlobal(function_, idOf(*origin)).object());
            case Opcode::LoadFound:
                return find(context_.facts.builtins, hir::LoadFound(function_, idOf(*origin)).object());
            default:
                return nullptr;
        }
    }

    std::optional<ValueId> specialiseCall(InstrId id) {
        hir::Call call(function_, id);
        const Type first = function_.values[call.first()].type;
        const bool isMethod = !first.mayBe(hir::kNull);
        if (!isMethod && first != hir::kNull) {
            return std::nullopt;
        }
        const ValueId callable = isMethod ? call.first() : call.second();
        std::vector<ValueId> operands(call.arguments().begin(), call.arguments().end());
        if (isMethod) {
            operands.insert(operands.begin(), call.second());
        }
        if (const BuiltinFact* builtin = builtinBehind(callable)) {
            if (const std::optional<ValueId> number = callMath(id, call, callable, *builtin)) {
                return number;
            }
            if (const std::optional<ValueId> length = callLen(id, call, callable, *builtin)) {
                return length;
            }
            return callBuiltin(call, callable, *builtin, std::move(operands));
        }
        const CalleeFact* callee = calleeOf(call, callable, isMethod);
        return callee != nullptr ? callFunction(call, callable, *callee, std::move(operands)) : std::nullopt;
    }

    /// A function of numbers, whose argument is one: nothing has been seen of that, but it has given results.
    std::optional<ValueId> callMath(InstrId id, const hir::Call& call, ValueId callable, const BuiltinFact& builtin) {
        const Type numbers = hir::kLongExact | hir::kFloatExact;
        const bool isPossible = builtin.mathFunction && call.arguments().size() == 1 &&
                                function_.values[call.first()].type == hir::kNull &&
                                (call.seen().isBottom() || call.seen() == hir::kFloatExact);
        exit_ = isPossible ? state_.before(function_.instrs[id]) : SnapshotId();
        const ValueId argument = isPossible ? call.arguments()[0] : ValueId();
        if (!exit_.valid() || !function_.values[argument].type.mayBe(numbers) ||
            isBigConstant(function_, context_.facts, argument) || !context_.fuel.take()) {
            return std::nullopt;
        }
        hir::Snapshot behind = function_.snapshots[call.snapshot()];
        const ValueId result =
            builder_.checkedMath(builder_.unboxAsDouble(argument, exit_), *builtin.mathFunction, exit_);
        release(argument, numbers);
        const ValueId object = builder_.boxDouble(result);
        behind.stack.push_back(object);
        const SnapshotId exit = builder_.snapshot(std::move(behind));
        state_.pass(builder_.last());
        builder_.decRef(callable, exit);
        state_.pass(builder_.last());
        return object;
    }

    /// The length of something that is no object of Python's, as long as it has not been found wrong there.
    std::optional<ValueId> callLen(InstrId id, const hir::Call& call, ValueId callable, const BuiltinFact& builtin) {
        const bool isPossible = builtin.isLen && call.arguments().size() == 1 &&
                                function_.values[call.first()].type == hir::kNull &&
                                call.seen().isSubtypeOf(hir::kLongExact);
        exit_ = isPossible ? state_.before(function_.instrs[id]) : SnapshotId();
        if (!exit_.valid() || !context_.fuel.take()) {
            return std::nullopt;
        }
        const ValueId argument = call.arguments()[0];
        hir::Snapshot behind = function_.snapshots[call.snapshot()];
        const ValueId object = builder_.boxInt(builder_.quietLength(argument, exit_));
        behind.stack.push_back(object);
        builder_.releaseInOrder({callable, argument}, builder_.snapshot(std::move(behind)));
        state_.pass(builder_.last());
        return object;
    }

    std::optional<ValueId> callBuiltin(const hir::Call& call, ValueId callable, const BuiltinFact& builtin,
                                       std::vector<ValueId> operands) {
        const bool fits =
            builtin.takesMore ? operands.size() >= builtin.operandCount : operands.size() == builtin.operandCount;
        if (!fits || !context_.fuel.take()) {
            return std::nullopt;
        }
        Type given = builtin.result;
        if (builtin.isOneOfItsArguments && operands.size() > 1) {
            given = hir::kBottom;
            for (ValueId operand : operands) {
                given = given | function_.values[operand].type;
            }
        }
        operands.insert(operands.begin(), callable);
        ValueId result = builder_.operate(std::move(operands), builtin.operation, 0, call.site(), call.snapshot());
        state_.pass(function_.values[result].definition);
        return given == hir::kObject ? result : builder_.assumeType(result, given);
    }

    /// No guard: what calls another function than expected is a call all the same. (A found method is certainly a
    /// function: what needs another slot of the value stack to be called would have none.)
    std::optional<ValueId> callFunction(const hir::Call& call, ValueId function, const CalleeFact& callee,
                                        std::vector<ValueId> arguments) {
        const bool hasSlot = function_.values[call.first()].type == hir::kNull ||
                             function_.values[function].type.isSubtypeOf(hir::kFunctionExact);
        if (!hasSlot || callee.argumentCount != arguments.size() || !context_.fuel.take()) {
            return std::nullopt;
        }
        return callKnown(builder_, state_, context_.facts, function, callee, std::move(arguments), call.seen(),
                         call.snapshot());
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    ValueMap map_;
    BeforeState state_;
    SnapshotId exit_;  // for the instruction in work
    SeenElsewhere elsewhere_;
};

}  // namespace

Changed specialise_operations(Function& function, PassContext& context) {
    return Specialisation(function, context).run();
}

}  // namespace pyjion::passes
