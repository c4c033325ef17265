// SPDX-License-Identifier: MIT
#include "replay/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "python/names.h"
#include "python/original_units.h"
#include "replay/arithmetic.h"
#include "replay/effects.h"

namespace pyjion::replay {

using bytecode::Opcode;

namespace {

/// Compiled code that calls nothing may be far ahead: a program that waits for a signal in a loop must not wait for the
/// replay.
constexpr int64_t kMostSteps = 1'000'000;

Instruction decodeAt(PyCodeObject* code, int32_t position) {
    Instruction i;
    i.index = position;
    auto unit = [&] { return static_cast<uint32_t>(python::originalUnit(code, i.index)); };
    auto row = [&] { return bytecode::info(static_cast<Opcode>(unit() & 0xff)); };
    while (row().base == Opcode::EXTENDED_ARG) {
        i.argument = (i.argument | unit() >> 8) << 8;
        i.index++;
    }
    i.argument |= unit() >> 8;
    i.opcode = row().base;
    i.next = i.index + 1 + row().caches;
    const auto distance = static_cast<int32_t>(i.argument);
    i.target = i.next + (row().jump == bytecode::Jump::Backward ? -distance : distance);
    return i;
}

PyObject* nameOf(python::Frame* frame, uint32_t name) {
    return python::quietLookup(python::globals(frame), PyTuple_GET_ITEM(python::code(frame)->co_names, name));
}

}  // namespace

Executor::Executor(python::Frame* frame, int32_t position, uint32_t depth, const std::vector<uint32_t>& names)
    : code_(python::code(frame)), position_(position), names_(names) {
    readNames(frame);
    for (int32_t local = 0; local < code_->co_nlocalsplus; ++local) {
        locals_.push_back(Value::of(python::local(frame, static_cast<uint32_t>(local))));
    }
    for (uint32_t slot = 0; slot < depth; ++slot) {
        stack_.push_back(Value::ofStackSlot(python::stackBase(frame)[slot]));
    }
}

void Executor::lose() {
    state_ = State::Lost;
}

void Executor::fail(std::string problem) {
    if (state_ == State::Exact) {
        state_ = State::Wrong;
        problem_ = std::move(problem);
    }
}

void Executor::advance(int32_t position, int64_t jumps) {
    for (int64_t steps = 0; state_ == State::Exact && !(position_ == position && jumps_ == jumps); ++steps) {
        if (steps == kMostSteps) {
            lose();
            return;
        }
        if (jumps_ > jumps) {
            fail(fmt::format("after {} jumps backwards the interpreter would not come to {}", jumps, position));
            return;
        }
        step(std::exchange(given_, {}));
    }
}

void Executor::passTo(int32_t next) {
    if (state_ != State::Exact) {
        return;
    }
    Results given = std::exchange(given_, {});
    given.next = next;
    step(std::move(given));
    if (state_ == State::Exact && position_ != next) {
        fail(fmt::format("behind {} the interpreter would go on at {}, not {}", running_, position_, next));
    }
}

void Executor::give(PyObject* result) {
    bool staysOnStack = decodeAt(code_, position_).opcode == Opcode::GET_ITER;
    given_.values.push_back(staysOnStack ? Value::ofStackSlot(result) : Value::of(result));
}

void Executor::giveInteger(int64_t result) {
    given_.values.push_back(Value::integer(result));
}

void Executor::giveTruth(bool truth) {
    given_.truth = truth;
}

Value Executor::pop() {
    if (stack_.empty()) {
        fail("the value stack would be empty");
        return {};
    }
    Value value = std::move(stack_.back());
    stack_.pop_back();
    return value;
}

void Executor::pushCalculated(PyObject* result, const Results& given) {
    if (result == nullptr && PyErr_Occurred() != nullptr) {
        // Running out of memory or of C stack happens to the replay, and not to the program.
        bool isOurs = PyErr_ExceptionMatches(PyExc_MemoryError) || PyErr_ExceptionMatches(PyExc_RecursionError);
        PyErr_Clear();
        isOurs ? lose() : fail(fmt::format("the interpreter would have raised an exception at {}", running_));
        return;
    }
    Value value = Value::calculated(result);
    if (given.values.empty()) {
        push(std::move(value));
        return;
    }
    const Value& actual = given.values.front();
    if (value.isNumber() && actual.isNumber() && !value.matches(actual.number().get())) {
        fail(fmt::format("the result at {} is {}, the interpreter would have {}", running_, actual.text(),
                         value.text()));
    }
    push(actual);
}

void Executor::pushGiven(const Results& given) {
    push(given.values.empty() ? Value() : given.values.front());
}

void Executor::step(Results given) {
    const Instruction i = decodeAt(code_, position_);
    running_ = i.index;
    position_ = i.next;
    if (!stepData(i, given) && !stepControl(i, given)) {
        other(i, given);
    }
}

/// Instructions that move values, or calculate.
bool Executor::stepData(const Instruction& i, const Results& given) {
    switch (i.opcode) {
        case Opcode::NOP:
        case Opcode::RESUME:
        case Opcode::PRECALL:
        case Opcode::KW_NAMES:
            return true;
        case Opcode::POP_TOP:
            pop();
            return true;
        case Opcode::PUSH_NULL:
            push(Value::null());
            return true;
        case Opcode::COPY:
            push(Value(stack_.at(stack_.size() - i.argument)));
            return true;
        case Opcode::SWAP:
            std::swap(stack_.at(stack_.size() - 1), stack_.at(stack_.size() - i.argument));
            return true;
        case Opcode::LOAD_CONST:
            push(Value::of(PyTuple_GET_ITEM(code_->co_consts, static_cast<Py_ssize_t>(i.argument))));
            return true;
        case Opcode::LOAD_CLOSURE:
        case Opcode::LOAD_FAST:
            loadLocal(i);
            return true;
        case Opcode::STORE_FAST:
            forgetNamesUnless(locals_.at(i.argument).isNumber() || locals_.at(i.argument).isNull());
            locals_.at(i.argument) = pop();
            return true;
        case Opcode::DELETE_FAST:
            locals_.at(i.argument) = Value::null();
            return true;
        case Opcode::MAKE_CELL:
            locals_.at(i.argument) = Value();
            return true;
        case Opcode::COPY_FREE_VARS:
            std::fill(locals_.end() - static_cast<ptrdiff_t>(i.argument), locals_.end(), Value());
            return true;
        case Opcode::BINARY_OP:
            binary(i, given);
            return true;
        case Opcode::COMPARE_OP:
            compare(i, given);
            return true;
        case Opcode::UNARY_NEGATIVE:
        case Opcode::UNARY_POSITIVE:
        case Opcode::UNARY_INVERT:
        case Opcode::UNARY_NOT:
            unary(i, given);
            return true;
        case Opcode::IS_OP: {
            std::optional<bool> same = Value::same(pop(), pop());
            pushCalculated(same ? PyBool_FromLong(*same != (i.argument != 0)) : nullptr, given);
            return true;
        }
        case Opcode::LOAD_GLOBAL:
            if ((i.argument & 1) != 0) {
                push(Value::null());
            }
            loadGlobal(i.argument >> 1, given);
            return true;
        case Opcode::LOAD_NAME:
            loadGlobal(i.argument, given);
            return true;
        case Opcode::STORE_GLOBAL:
        case Opcode::STORE_NAME:
            storeGlobal(i);
            return true;
        case Opcode::CALL:
            call(i, given);
            return true;
        case Opcode::GET_ITER: {
            Value input = pop();
            bool isRange = input.kind() == Value::Kind::Range && given.values.empty();
            isRange ? push(Value::iterator(input.state())) : pushGiven(given);
            return true;
        }
        case Opcode::PUSH_EXC_INFO:
            stack_.insert(stack_.end() - 1, Value());
            return true;
        default:
            return false;
    }
}

/// Instructions after which another one than the next may come.
bool Executor::stepControl(const Instruction& i, const Results& given) {
    switch (i.opcode) {
        case Opcode::JUMP_FORWARD:
        case Opcode::JUMP_BACKWARD:
            jump(i, true);
            return true;
        case Opcode::FOR_ITER:
            iterate(i, given);
            return true;
        case Opcode::POP_JUMP_FORWARD_IF_TRUE:
        case Opcode::POP_JUMP_BACKWARD_IF_TRUE:
            jumpIf(i, given, pop().truth(), true);
            return true;
        case Opcode::POP_JUMP_FORWARD_IF_FALSE:
        case Opcode::POP_JUMP_BACKWARD_IF_FALSE:
            jumpIf(i, given, pop().truth(), false);
            return true;
        case Opcode::POP_JUMP_FORWARD_IF_NONE:
        case Opcode::POP_JUMP_BACKWARD_IF_NONE:
            jumpIf(i, given, pop().isNone(), true);
            return true;
        case Opcode::POP_JUMP_FORWARD_IF_NOT_NONE:
        case Opcode::POP_JUMP_BACKWARD_IF_NOT_NONE:
            jumpIf(i, given, pop().isNone(), false);
            return true;
        case Opcode::JUMP_IF_TRUE_OR_POP:
        case Opcode::JUMP_IF_FALSE_OR_POP: {
            Value value = pop();
            jumpIf(i, given, value.truth(), i.opcode == Opcode::JUMP_IF_TRUE_OR_POP);
            if (position_ == i.target) {
                push(std::move(value));
            }
            return true;
        }
        case Opcode::RETURN_VALUE:
        case Opcode::RAISE_VARARGS:
        case Opcode::RERAISE:
            fail(fmt::format("the interpreter would not get beyond {}", i.index));
            return true;
        default:
            return false;
    }
}

/// Instructions whose results only compiled code knows.
void Executor::other(const Instruction& i, const Results& given) {
    const std::optional<StackEffect> effect = stackEffect(i.opcode, i.argument);
    if (!effect) {
        lose();
        return;
    }
    for (uint32_t k = 0; k < effect->popped; ++k) {
        pop();
    }
    bool known = effect->inOrder && given.values.size() == effect->pushed;
    for (uint32_t k = 0; k < effect->pushed; ++k) {
        push(known ? given.values[k] : Value());
    }
}

void Executor::loadLocal(const Instruction& i) {
    const Value& value = locals_.at(i.argument);
    if (value.isNull() && i.opcode == Opcode::LOAD_FAST) {
        fail(fmt::format("local {} would have no value at {}", i.argument, i.index));
    }
    push(value);
}

void Executor::binary(const Instruction& i, const Results& given) {
    Value right = pop();
    Value left = pop();
    bool known = left.isNumber() && right.isNumber();
    pushCalculated(known ? calculate(i.argument, left.number().get(), right.number().get()) : nullptr, given);
}

void Executor::compare(const Instruction& i, const Results& given) {
    Value right = pop();
    Value left = pop();
    bool known = left.isNumber() && right.isNumber();
    pushCalculated(
        known ? PyObject_RichCompare(left.number().get(), right.number().get(), static_cast<int>(i.argument)) : nullptr,
        given);
}

void Executor::unary(const Instruction& i, const Results& given) {
    Value input = pop();
    if (input.isNumber()) {
        pushCalculated(calculate(i.opcode, input.number().get()), given);
    } else if (i.opcode == Opcode::UNARY_NOT && given.truth) {
        push(Value::calculated(PyBool_FromLong(!*given.truth)));
    } else {
        pushGiven(given);
    }
}

/// A load that a pass has left out gives what the one before has given.
void Executor::loadGlobal(uint32_t name, const Results& given) {
    Value& known = globals_[name];
    if (!given.values.empty()) {
        known = given.values.front();
    }
    push(known);
}

void Executor::storeGlobal(const Instruction& i) {
    Value value = pop();
    if (std::find(names_.begin(), names_.end(), i.argument) != names_.end()) {
        globals_[i.argument] = std::move(value);
    }
}

/// What has been released may have had a finalizer, which may have bound names.
void Executor::forgetNamesUnless(bool wasPlain) {
    for (size_t k = 0; !wasPlain && k < names_.size(); ++k) {
        globals_[names_[k]] = Value();
    }
}

void Executor::readNames(python::Frame* frame) {
    for (uint32_t name : names_) {
        globals_[name] = Value::of(nameOf(frame, name));
    }
}

void Executor::call(const Instruction& i, const Results& given) {
    std::vector<Value> arguments;
    for (uint32_t k = 0; k < i.argument; ++k) {
        arguments.insert(arguments.begin(), pop());
    }
    Value callable = pop();
    bool isFunction = pop().isNull();
    bool makesRange = given.values.empty() && isFunction && callable.kind() == Value::Kind::Object &&
                      callable.object() == reinterpret_cast<PyObject*>(&PyRange_Type);
    makesRange ? push(rangeOf(arguments)) : pushGiven(given);
}

void Executor::iterate(const Instruction& i, const Results& given) {
    Value& iterator = stack_.back();
    Value next;
    if (iterator.kind() == Value::Kind::Iterator) {
        python::RangeState& state = iterator.state();
        const bool any = state.left > 0;
        next = any ? Value::integer(state.next) : Value::null();
        // As the iterator itself: unsigned, since behind the last value it may wrap.
        state.next = static_cast<int64_t>(static_cast<uint64_t>(state.next) + static_cast<uint64_t>(state.step));
        state.left -= any;
        bool differs = !given.values.empty() && (given.values.front().isNull() == any ||
                                                 (any && !next.matches(given.values.front().number().get())));
        if (differs) {
            fail(fmt::format("the iterator at {} would give {}, not {}", i.index, next.text(),
                             given.values.front().text()));
            return;
        }
    } else if (!given.values.empty()) {
        next = given.values.front();
    } else if (given.next == i.target || given.truth == false) {
        next = Value::null();
    } else if (!given.next) {
        lose();
        return;
    }
    if (next.isNull()) {
        pop();
        jump(i, true);
    } else {
        push(std::move(next));
    }
}

void Executor::jumpIf(const Instruction& i, const Results& given, std::optional<bool> condition, bool sense) {
    if (given.truth && condition && *given.truth != *condition) {
        fail(fmt::format("the condition at {} would be {}", i.index, *condition));
        return;
    }
    condition = condition ? condition : given.truth;
    if (!condition && given.next && i.next != i.target) {
        condition = (*given.next == i.target) == sense;
    }
    condition ? jump(i, *condition == sense) : lose();
}

void Executor::jump(const Instruction& i, bool taken) {
    if (taken) {
        position_ = i.target;
        jumps_ += i.target <= i.index;
    }
}

void Executor::compareLocals(python::Frame* frame, const char* where) {
    for (uint32_t local = 0; state_ == State::Exact && local < locals_.size(); ++local) {
        PyObject* actual = python::local(frame, local);
        if (!locals_[local].matches(actual)) {
            const std::string name = python::textOf(PyTuple_GET_ITEM(code_->co_localsplusnames, local));
            fail(fmt::format("{} the local {} is {}, the interpreter would have {}", where, name, textOf(actual),
                             locals_[local].text()));
        }
    }
}

void Executor::compareNames(python::Frame* frame, const char* where) {
    for (size_t k = 0; state_ == State::Exact && k < names_.size(); ++k) {
        PyObject* actual = nameOf(frame, names_[k]);
        if (!globals_[names_[k]].matches(actual)) {
            const std::string name = python::textOf(PyTuple_GET_ITEM(code_->co_names, names_[k]));
            fail(fmt::format("{} the global {} is {}, the interpreter would have {}", where, name, textOf(actual),
                             globals_[names_[k]].text()));
        }
    }
}

void Executor::compareStack(python::Frame* frame, std::optional<int32_t> kept, const char* where) {
    if (state_ != State::Exact) {
        return;
    }
    const auto depth = static_cast<size_t>(kept ? *kept : python::depth(frame));
    if (!kept && depth != stack_.size()) {
        fail(fmt::format("{} the value stack has {} values, the interpreter would have {}", where, depth,
                         stack_.size()));
    }
    for (size_t slot = 0; state_ == State::Exact && slot < depth; ++slot) {
        PyObject* actual = python::stackBase(frame)[slot];
        if (!stack_[slot].matches(actual)) {
            fail(fmt::format("{} the value stack has {} at {}, the interpreter would have {}", where, textOf(actual),
                             slot, stack_[slot].text()));
        }
    }
}

void Executor::compareTop(const Value& result, const char* where) {
    bool differs = state_ == State::Exact && !stack_.empty() && stack_.back().isNumber() &&
                   !(result.isNumber() && stack_.back().matches(result.number().get()));
    if (differs) {
        fail(fmt::format("{} the result is {}, the interpreter would have {}", where, result.text(),
                         stack_.back().text()));
    }
}

}  // namespace pyjion::replay
