// SPDX-License-Identifier: MIT
// Blocks, exits, references and operands; the instructions themselves are in unboxed.cpp and objects.cpp.
#include "oracle/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pyjion::oracle {

using hir::ExitReason;
using hir::Instr;
using hir::Opcode;
using hir::ValueId;

namespace {

constexpr uint64_t kMostSteps = 200'000;
constexpr size_t kMostStates = 20'000;

}  // namespace

std::string Outcome::state() const {
    const size_t at = text.find('@');
    return at == std::string::npos ? "" : text.substr(at);
}

bool Outcome::allows(const std::string& other) const {
    return other == text || std::find(alternatives.begin(), alternatives.end(), other) != alternatives.end();
}

Outcome interpret(const hir::Function& function, const Code& code, const Entry& entry, const RunOptions& options) {
    return Interpreter(function, code, options).run(entry);
}

Outcome Interpreter::run(const Entry& entry) {
    try {
        enter(entry);
        findSunk();
        block_ = function_.entry;
        for (;;) {
            runBlock();
        }
    } catch (Ended& ended) {
        outcome_.text = std::move(ended.text);
    }
    const bool ended = !outcome_.text.starts_with("broken") && !outcome_.text.starts_with("not modelled");
    if (std::optional<std::string> leak = heap_.leak(); leak && ended) {
        outcome_.text = fmt::format("broken: {}, after {}", *leak, outcome_.text);
    }
    return std::move(outcome_);
}

void Interpreter::enter(const Entry& entry) {
    auto parse = [this](const std::string& text, bool immortal) -> Object* {
        if (text == "-") {
            return nullptr;
        }
        Object* object = heap_.parse(text);
        if (object == nullptr) {
            notModelled(fmt::format("the object '{}'", text));
        }
        object->immortal = object->immortal || immortal;
        return object;
    };
    for (const std::string& text : code_.constants) {
        constants_.push_back(parse(text, true));
    }
    for (const std::string& name : code_.objects) {
        objects_.push_back(parse("<" + name + ">", true));
    }
    for (const std::string& text : entry.locals) {
        locals_.push_back(parse(text, false));
    }
    locals_.resize(function_.localCount);
    for (const std::string& text : entry.stack) {
        stack_.push_back(parse(text, false));
    }
}

/// The rule of the lowering: boxes that no instruction uses are made by exits.
void Interpreter::findSunk() {
    std::vector<bool> used(function_.values.size());
    for (const Instr& instr : function_.instrs) {
        if (!instr.block.valid()) {
            continue;
        }
        for (ValueId operand : instr.operands) {
            used[operand.index()] = true;
        }
        for (const hir::Target& target : instr.targets) {
            for (ValueId argument : target.arguments) {
                used[argument.index()] = true;
            }
        }
    }
    sunk_.resize(function_.values.size());
    for (const Instr& instr : function_.instrs) {
        if (instr.result.valid()) {
            sunk_[instr.result.index()] = hir::info(instr.opcode).sinkable && !used[instr.result.index()];
        }
    }
}

void Interpreter::runBlock() {
    const std::vector<hir::InstrId>& instrs = function_.blocks[block_].instrs;
    for (hir::InstrId id : instrs) {
        if (++steps_ > kMostSteps) {
            notModelled("a run without an end");
        }
        execute(id);
    }
}

void Interpreter::execute(hir::InstrId id) {
    const Instr& instr = function_.instrs[id];
    if (hir::info(instr.opcode).terminator) {
        executeControl(instr);
        return;
    }
    if (instr.opcode == Opcode::Snapshot) {
        if (options_.traces && outcome_.states.size() < kMostStates) {
            outcome_.states.push_back(stateText(instr.snapshot));
        }
        return;
    }
    const bool done = executeIntegers(instr) || executeDoubles(instr) || executeRanges(instr) || executeLocals(instr) ||
                      executeReferences(instr) || executeGuards(instr) || executeBoxes(instr) || executeGeneric(instr);
    if (!done) {
        notModelled(hir::info(instr.opcode).name);
    }
}

void Interpreter::executeControl(const Instr& instr) {
    switch (instr.opcode) {
        case Opcode::Jump:
            goTo(instr.targets[0]);
            return;
        case Opcode::Branch:
            goTo(instr.targets[truth(instr, 0) ? 0 : 1]);
            return;
        case Opcode::ResumeSwitch:
            goTo(instr.targets[0]);
            return;
        case Opcode::Return:
            returnObject(object(instr, 0));
        case Opcode::ReturnInt:
            returnObject(heap_.makeInt(integer(instr, 0)));
        case Opcode::Deoptimise:
            leave(instr, static_cast<ExitReason>(instr.immediates[0].integer));
        default:
            notModelled(hir::info(instr.opcode).name);
    }
}

/// Parameters get their values at once: they may name each other.
void Interpreter::goTo(const hir::Target& target) {
    std::vector<Value> arguments;
    for (ValueId argument : target.arguments) {
        arguments.push_back(value(argument));
    }
    const std::vector<ValueId>& params = function_.blocks[target.block].params;
    for (size_t i = 0; i < params.size(); ++i) {
        checkType(params[i], arguments[i]);
        values_[params[i].index()] = arguments[i];
    }
    block_ = target.block;
}

void Interpreter::define(const Instr& instr, Value value) {
    checkType(instr.result, value);
    values_[instr.result.index()] = value;
}

void Interpreter::checkType(ValueId id, const Value& value) const {
    hir::Type type;
    switch (value.form) {
        case Value::Form::Undefined:
        case Value::Form::InSlot:
            return;
        case Value::Form::Int:
            type = hir::kInt64;
            break;
        case Value::Form::Double:
            type = hir::kDouble;
            break;
        case Value::Form::Bool:
            type = hir::kBool;
            break;
        case Value::Form::Object:
            type = value.object == nullptr ? hir::kNull : value.object->type();
            break;
    }
    const hir::Type promised = function_.values[id].type;
    if (!type.isSubtypeOf(promised)) {
        broken(fmt::format("v{} is {}, not {}", id.index(), hir::toString(type), hir::toString(promised)));
    }
}

// --- how a run ends -----------------------------------------------------------------------------------------------

void Interpreter::leave(const Instr& instr, ExitReason reason) {
    std::string text = fmt::format("exit {} {}", hir::toString(reason), stateText(instr.snapshot));
    handOver(instr.snapshot);
    clearFrame();
    end(std::move(text));
}

void Interpreter::leaveIf(bool condition, const Instr& instr, ExitReason reason) {
    if (condition) {
        leave(instr, reason);
    }
}

void Interpreter::mayLeave(const Instr& instr, ExitReason reason) {
    if (instr.snapshot.valid()) {
        outcome_.alternatives.push_back(fmt::format("exit {} {}", hir::toString(reason), stateText(instr.snapshot)));
    }
}

/// The operands are consumed. Only the exception and its place are of interest.
void Interpreter::raise(const Instr& instr, const std::string& exception) {
    if (instr.snapshot.valid()) {
        handOver(instr.snapshot);
    }
    clearFrame();
    end(fmt::format("raise {} @{}", exception, instr.bytecode));
}

void Interpreter::returnObject(Object* object) {
    std::string text = "return " + toText(object);
    release(object);
    clearFrame();
    end(std::move(text));
}

void Interpreter::check(const Instr& instr) {
    leaveIf(++outcome_.checks == options_.leaveAtCheck, instr, ExitReason::Pending);
}

std::string Interpreter::slotText(ValueId id, uint32_t local) const {
    if (!id.valid()) {
        return toText(locals_[local]);
    }
    const Value& found = value(id);
    if (found.form == Value::Form::InSlot) {
        return toText(locals_[static_cast<size_t>(found.integer)]);
    }
    switch (found.form) {
        case Value::Form::Int:
            return toText(Integer(found.integer));
        case Value::Form::Double:
            return toText(found.real);
        case Value::Form::Bool:
            return found.integer != 0 ? "True" : "False";
        default:
            break;
    }
    if (found.object != nullptr && found.object->isDead()) {
        broken(fmt::format("a snapshot names {} in v{}, which is dead", toText(found.object), id.index()));
    }
    return toText(found.object);
}

std::string Interpreter::stateText(hir::SnapshotId id) const {
    if (!id.valid()) {
        broken("an exit without a snapshot");
    }
    const hir::Snapshot& snapshot = function_.snapshots[id];
    std::string text = fmt::format("@{} (", snapshot.bytecode);
    for (uint32_t local = 0; local < function_.localCount; ++local) {
        const ValueId named = local < snapshot.locals.size() ? snapshot.locals[local] : ValueId();
        text += (local == 0 ? "" : ", ") + slotText(named, local);
    }
    for (size_t i = 0; i < snapshot.stack.size(); ++i) {
        text += (i == 0 ? "; " : ", ") + slotText(snapshot.stack[i], 0);
    }
    return text + ")";
}

/// The frame takes over what the snapshot names: owned references as they are, others anew.
void Interpreter::handOver(hir::SnapshotId id) {
    const hir::Snapshot& snapshot = function_.snapshots[id];
    auto take = [this](ValueId named) {
        const Value& found = value(named);
        const bool isMade = found.form != Value::Form::Object || sunk_[named.index()];
        Object* object = isMade ? nullptr : found.object;
        if (object != nullptr && function_.values[named].ownership != hir::Ownership::Owned) {
            retain(object);
        }
        return object;
    };
    // All references are taken before what the slots hold is released.
    std::vector<Object*> locals = locals_;
    std::vector<Object*> replaced;
    for (uint32_t local = 0; local < snapshot.locals.size(); ++local) {
        const ValueId named = snapshot.locals[local];
        if (named.valid() && value(named).form != Value::Form::InSlot) {
            replaced.push_back(std::exchange(locals[local], take(named)));
        }
    }
    for (ValueId named : snapshot.stack) {
        stack_.push_back(take(named));
    }
    locals_ = std::move(locals);
    for (Object* object : replaced) {
        release(object);
    }
}

void Interpreter::clearFrame() {
    for (std::vector<Object*>* slots : {&locals_, &stack_}) {
        for (Object*& object : *slots) {
            release(object);
            object = nullptr;
        }
    }
}

// --- operands and references ----------------------------------------------------------------------------------------

const Value& Interpreter::value(ValueId id) const {
    const Value& found = values_[id.index()];
    if (found.form == Value::Form::Undefined) {
        broken(fmt::format("v{} is used before it is made", id.index()));
    }
    return found;
}

int64_t Interpreter::integer(const Instr& instr, size_t operand) const {
    return value(instr.operands[operand]).integer;
}

double Interpreter::real(const Instr& instr, size_t operand) const {
    return value(instr.operands[operand]).real;
}

bool Interpreter::truth(const Instr& instr, size_t operand) const {
    return value(instr.operands[operand]).integer != 0;
}

Object* Interpreter::objectOrNull(const Instr& instr, size_t operand) const {
    Object* object = value(instr.operands[operand]).object;
    if (object != nullptr && object->isDead()) {
        broken(fmt::format("{} at {} uses {}, which is dead", hir::info(instr.opcode).name, instr.bytecode,
                           toText(object)));
    }
    return object;
}

Object* Interpreter::object(const Instr& instr, size_t operand) const {
    Object* object = objectOrNull(instr, operand);
    if (object == nullptr) {
        broken(fmt::format("{} at {} uses null", hir::info(instr.opcode).name, instr.bytecode));
    }
    return object;
}

uint32_t Interpreter::slotIndex(const Instr& instr) const {
    std::span<const hir::ImmediateInfo> rows = hir::info(instr.opcode).immediates;
    for (size_t i = 0; i < rows.size(); ++i) {
        if (std::string_view(rows[i].name) == "local") {
            return static_cast<uint32_t>(instr.immediates[i].integer);
        }
    }
    broken(fmt::format("{} names no local", hir::info(instr.opcode).name));
}

Object* Interpreter::slot(const Instr& instr) const {
    return locals_[slotIndex(instr)];
}

bool Interpreter::isConstant(ValueId id) const {
    const hir::InstrId definition = function_.values[id].definition;
    return definition.valid() && function_.instrs[definition].opcode == Opcode::ConstInt;
}

void Interpreter::retain(Object* object) const {
    if (object->isDead()) {
        broken(fmt::format("a reference to {} is taken, which is dead", toText(object)));
    }
    object->references += object->immortal ? 0 : 1;
}

void Interpreter::release(Object* object) const {
    if (object == nullptr) {
        return;
    }
    if (object->isDead()) {
        broken(fmt::format("{} is released once too often", toText(object)));
    }
    object->references -= object->immortal ? 0 : 1;
}

void Interpreter::store(uint32_t local, Object* object) {
    Object* old = locals_[local];
    locals_[local] = object;
    release(old);
}

Object* Interpreter::box(const Value& value) {
    switch (value.form) {
        case Value::Form::Int:
            return heap_.makeInt(value.integer);
        case Value::Form::Double:
            return heap_.makeFloat(value.real);
        case Value::Form::Bool:
            return heap_.boolean(value.integer != 0);
        default:
            return value.object;
    }
}

Object* Interpreter::box(const Number& number) {
    if (std::holds_alternative<double>(number)) {
        return heap_.makeFloat(std::get<double>(number));
    }
    return std::holds_alternative<bool>(number) ? heap_.boolean(std::get<bool>(number))
                                                : heap_.makeInt(std::get<Integer>(number));
}

}  // namespace pyjion::oracle
