// SPDX-License-Identifier: MIT
#include "replay/replay.h"

#include <fmt/format.h>

#include <memory>
#include <unordered_map>

#include "deopt/leave.h"
#include "python/frame.h"
#include "replay/executor.h"
#include "runtime/replay.h"

namespace pyjion::replay {

Counts counts;

namespace {

Reporter reporter = nullptr;

/// One activation of optimised code. Compiled code counts the jumps, and so knows it as a runtime::Replay.
struct Activation : runtime::Replay {
    Activation(python::Frame* activation, const deopt::ExitTable& table)
        : frame(activation),
          executor(activation, static_cast<int32_t>(table.entryIndex), table.entryDepth, table.names) {}

    python::Frame* frame;
    Executor executor;
};

/// By frame. Guarded by the GIL.
std::unordered_map<python::Frame*, std::unique_ptr<Activation>>& activations() {
    static auto* instance = new std::unordered_map<python::Frame*, std::unique_ptr<Activation>>;
    return *instance;
}

/// Keeps the thread's exception out of the way of calculations.
class ExceptionSetAside {
  public:
    ExceptionSetAside() { PyErr_Fetch(&type_, &value_, &traceback_); }
    ~ExceptionSetAside() { PyErr_Restore(type_, value_, traceback_); }
    ExceptionSetAside(const ExceptionSetAside&) = delete;
    ExceptionSetAside& operator=(const ExceptionSetAside&) = delete;

  private:
    PyObject* type_;
    PyObject* value_;
    PyObject* traceback_;
};

void tell(const Activation& activation) {
    counts.wrong++;
    reporter(python::code(activation.frame), activation.executor.problem());
}

/// The activation ends.
void finish(std::unique_ptr<Activation> activation) {
    switch (activation->executor.state()) {
        case Executor::State::Exact:
            counts.exact++;
            break;
        case Executor::State::Lost:
            counts.lost++;
            break;
        case Executor::State::Wrong:
            tell(*activation);
            break;
    }
}

std::unique_ptr<Activation> take(python::Frame* frame) {
    auto node = activations().extract(frame);
    return node.empty() ? nullptr : std::move(node.mapped());
}

runtime::Replay* begin(python::Frame* frame, deopt::ExitTable* table) {
    ExceptionSetAside aside;
    std::unique_ptr<Activation>& place = activations()[frame];
    place = std::make_unique<Activation>(frame, *table);
    return place.get();
}

Executor& comeTo(runtime::Replay* replay, int32_t position) {
    auto* activation = static_cast<Activation*>(replay);
    activation->executor.advance(position, activation->jumps);
    return activation->executor;
}

void object(runtime::Replay* replay, int32_t position, PyObject* result) {
    ExceptionSetAside aside;
    comeTo(replay, position).give(result);
}

void integer(runtime::Replay* replay, int32_t position, int64_t result) {
    ExceptionSetAside aside;
    comeTo(replay, position).giveInteger(result);
}

void truth(runtime::Replay* replay, int32_t position, bool result) {
    ExceptionSetAside aside;
    comeTo(replay, position).giveTruth(result);
}

void slots(runtime::Replay* replay, int32_t position) {
    ExceptionSetAside aside;
    Executor& executor = comeTo(replay, position);
    executor.compareLocals(static_cast<Activation*>(replay)->frame, fmt::format("visible at {},", position).c_str());
}

void names(runtime::Replay* replay, int32_t position) {
    ExceptionSetAside aside;
    Executor& executor = comeTo(replay, position);
    executor.compareNames(static_cast<Activation*>(replay)->frame, fmt::format("visible at {},", position).c_str());
}

void namesRead(runtime::Replay* replay, int32_t position) {
    ExceptionSetAside aside;
    comeTo(replay, position).readNames(static_cast<Activation*>(replay)->frame);
}

void returned(runtime::Replay* replay, int32_t position, Value result) {
    const std::string where = fmt::format("returned at {},", position);
    comeTo(replay, position).compareTop(result, where.c_str());
    static_cast<Activation*>(replay)->executor.compareNames(static_cast<Activation*>(replay)->frame, where.c_str());
    finish(take(static_cast<Activation*>(replay)->frame));
}

void returnObject(runtime::Replay* replay, int32_t position, PyObject* result) {
    ExceptionSetAside aside;
    returned(replay, position, Value::of(result));
}

void returnInteger(runtime::Replay* replay, int32_t position, int64_t result) {
    ExceptionSetAside aside;
    returned(replay, position, Value::integer(result));
}

/// The frame is complete: its exit says where the interpreter would stand.
void check(const deopt::ExitTable& table, uint32_t number, deopt::Leaving leaving, python::Frame* frame) {
    if (activations().empty()) {
        return;
    }
    std::unique_ptr<Activation> activation = take(frame);
    if (activation == nullptr) {
        return;
    }
    ExceptionSetAside aside;
    const deopt::Exit& exit = table.exits[number];
    Executor& executor = activation->executor;
    const std::string where = fmt::format("left at {} ({}),", exit.runningIndex, deopt::info(exit.reason).name);
    if (leaving == deopt::Leaving::Before) {
        executor.advance(static_cast<int32_t>(exit.resumeIndex), activation->jumps + exit.jumpsAhead);
        executor.compareNames(frame, where.c_str());
    } else {
        executor.advance(static_cast<int32_t>(exit.startIndex), activation->jumps);
        if (leaving == deopt::Leaving::Behind) {
            executor.passTo(python::resumeIndex(frame));
        }
    }
    executor.compareLocals(frame, where.c_str());
    // The handler keeps the lower part of the stack; whatever else there is goes.
    const int32_t kept = exit.handler ? exit.handler->depth : 0;
    executor.compareStack(frame, leaving == deopt::Leaving::Raised ? std::optional(kept) : std::nullopt, where.c_str());
    finish(std::move(activation));
}

}  // namespace

void install(Reporter told) {
    reporter = told;
    runtime::replayHooks = {begin, object, integer, truth, slots, names, namesRead, returnObject, returnInteger};
    deopt::setExitCheck(check);
}

}  // namespace pyjion::replay
