// SPDX-License-Identifier: MIT
#include "driver/going_on.h"

#include <new>
#include <optional>

#include "bytecode/decode.h"
#include "driver/back_edges.h"
#include "driver/compile.h"
#include "driver/credit.h"
#include "driver/engine.h"
#include "driver/events.h"
#include "driver/generators.h"
#include "driver/handlers.h"
#include "driver/loop_entry.h"
#include "driver/options.h"
#include "driver/policy.h"
#include "driver/registry.h"
#include "driver/under_way.h"
#include "driver/verdicts.h"
#include "python/leave.h"
#include "python/original_units.h"
#include "python/pending.h"
#include "python/stack.h"
#include "python/takeover.h"
#include "python/thread.h"
#include "runtime/finish.h"
#include "runtime/tiering.h"
#include "runtime/unbound_names.h"

namespace pyjion::driver {

namespace {

/// Places of one code object at which quick code is made to go on where optimised code was left.
constexpr size_t kMoreResumePoints = 8;

/// What an exit teaches the compiler. Where there is no memory for that, it is learnt at a later one.
template <typename Lesson>
void learn(Lesson lesson) {
    try {
        lesson();
    } catch (const std::bad_alloc&) {
    }
}

/// Optimised code for a frame that was left at a check of the eval breaker; null when there is none. Its value stack is
/// in the frame.
const CompiledCode* codeBehindCheck(CodeRecord& record, const deopt::Exit& exit, const CompiledCode& left) {
    if (!engine().compiles() || record.suppressed) {
        return nullptr;
    }
    auto loop = record.loops.find(static_cast<int32_t>(exit.resumeIndex));
    if (loop != record.loops.end()) {
        return loop->second.get();
    }
    // At its very start a function is entered as from outside.
    const bool atStart = left.entryIndex == 0 && exit.runningIndex == 0;
    return atStart ? record.current() : nullptr;
}

deopt::Continuation goOnIn(const CompiledCode& code, python::Frame* frame) {
    if (python::stackIsLow(code.record->stackBytes)) {
        return {};
    }
    python::setDepth(frame, 0);
    return {true, runtime::continueIn(code.entry(), 0)};
}

/// The frame goes on in quick code where that can be entered: at loops and handlers. One that was taken over from the
/// interpreter goes back to it, which a generator has to do before it is suspended.
deopt::Continuation goOnInQuickCode(CodeRecord& record, PyThreadState* ts, python::Frame* frame) {
    if (python::isTakenOver(frame)) {
        enterAgainSoon();
        return {};
    }
    const int32_t resumePoint = record.resumePointFor(frame);
    if (resumePoint == 0) {
        learn([&] {
            if (isInLoop(record, python::resumeIndex(frame))) {
                enterAgainSoon();
            }
        });
    }
    if (resumePoint == 0 || python::isTraced(ts) || python::stackIsLow(record.stackBytes)) {
        return {};
    }
    python::setDepth(frame, 0);
    return {true, runtime::continueIn(record.resumeBody, resumePoint)};
}

/// The frame stands at the handler of an exception; or behind the instruction, on demand.
deopt::Continuation goOnAtHandler(CodeRecord& record, const CompiledCode& left, const deopt::Exit& exit,
                                  PyThreadState* ts, python::Frame* frame) {
    const bool isAtHandler = exit.handler && exit.handler->target == python::resumeIndex(frame);
    const bool mayEnter = engine().compiles() && !record.suppressed && !python::isTraced(ts) &&
                          ts->recursion_remaining > 0 && !runtime::mustBeLeft(ts);
    if (isAtHandler && mayEnter && left.tier == Tier::Full) {
        const CompiledCode* code = nullptr;
        learn([&] { code = handlerCode(record, left, exit.handler->target, frame); });
        if (code != nullptr) {
            return goOnIn(*code, frame);
        }
    }
    return goOnInQuickCode(record, ts, frame);
}

deopt::Continuation afterUnwinding(CodeRecord& record, PyThreadState* ts, python::Frame* frame, bool goesOn) {
    return goesOn ? goOnInQuickCode(record, ts, frame) : deopt::Continuation{true, nullptr};
}

/// Optimised code was left before an instruction at which quick code cannot be entered: from now on it can. Without
/// that, the rest of a loop would be interpreted.
void addResumePoint(CodeRecord& record, int32_t index) {
    if (record.quick == nullptr || !record.body || record.hasResumePointAt(index) ||
        record.moreResumePoints.size() >= kMoreResumePoints || waitsForCode(record) || !pay(record.size())) {
        return;
    }
    auto decoded = bytecode::decode(record.code);
    if (!decoded.ok() || !decoded->isResumePoint(index)) {
        return;
    }
    record.moreResumePoints.push_back(index);
    CompileRequest request;
    request.purpose = Purpose::ResumePoints;
    request.record = &record;
    compileCode(request);
}

/// A signal, another thread, a pending call: handled here, then the frame goes on behind the check, or at the handler
/// of what was raised. Optimised code would look once more, or at its next iteration: while something waits still,
/// quick code goes on, which need not be left for it.
deopt::Continuation afterPending(CodeRecord& record, CompiledCode& left, const deopt::Exit& exit, PyThreadState* ts,
                                 python::Frame* frame) {
    python::setRunning(frame, static_cast<int32_t>(exit.runningIndex));
    if (python::handlePending(ts) != 0) {
        return afterUnwinding(record, ts, frame, python::unwindFrame(ts, frame, exit.handler));
    }
    python::setResumeAt(frame, static_cast<int32_t>(exit.resumeIndex));
    if (runtime::mustBeLeft(ts)) {
        return {};
    }
    const bool isQuiet = *python::evalBreakerWord(ts->interp) == 0 && ts->recursion_remaining > 0;
    if (isQuiet && left.tier == Tier::Full && exit.resumeIndex != 0) {
        learn([&] { reconsider(record, left, static_cast<int32_t>(exit.resumeIndex), frame); });
    }
    if (const CompiledCode* code = isQuiet ? codeBehindCheck(record, exit, left) : nullptr) {
        return goOnIn(*code, frame);
    }
    if (record.resumePointFor(frame) == 0) {
        learn([&] { addResumePoint(record, static_cast<int32_t>(exit.resumeIndex)); });
    }
    return goOnInQuickCode(record, ts, frame);
}

/// RETURN_VALUE of a frame that somebody looks at: the locals are in it now.
deopt::Continuation finishReturn(const deopt::Exit& exit, PyThreadState* ts, python::Frame* frame) {
    if (python::isTraced(ts) || python::isTakenOver(frame)) {
        return {};
    }
    PyObject* result = python::stackBase(frame)[0];
    python::setDepth(frame, 0);
    python::setRunning(frame, static_cast<int32_t>(exit.runningIndex));
    python::finishFrame(ts, frame);
    return {true, result};
}

/// A LOAD_FAST of a local without value, before which the frame stands.
struct UnboundRead {
    int32_t running;
    uint32_t local;
};

/// Nothing when the frame stands before anything else: the guard that failed was one that a pass had put far in front
/// of the read, when the local may still be bound.
std::optional<UnboundRead> unboundRead(python::Frame* frame) {
    UnboundRead read{python::resumeIndex(frame), 0};
    auto unit = [&] { return static_cast<uint32_t>(python::originalUnit(python::code(frame), read.running)); };
    auto opcode = [&] { return bytecode::info(static_cast<bytecode::Opcode>(unit() & 0xff)).base; };
    while (opcode() == bytecode::Opcode::EXTENDED_ARG) {
        read.local = (read.local | unit() >> 8) << 8;
        read.running++;
    }
    read.local |= unit() >> 8;
    bool isUnbound = opcode() == bytecode::Opcode::LOAD_FAST && python::local(frame, read.local) == nullptr;
    return isUnbound ? std::optional(read) : std::nullopt;
}

deopt::Continuation raiseUnbound(CodeRecord& record, PyThreadState* ts, python::Frame* frame, UnboundRead read) {
    python::setRunning(frame, read.running);
    runtime::raiseUnboundLocal(python::code(frame), static_cast<int32_t>(read.local));
    return afterUnwinding(record, ts, frame, python::unwindFrame(ts, frame));
}

/// Decides by the reason.
deopt::Continuation goOnAfter(deopt::Exit& exit, CompiledCode& code, PyThreadState* ts, python::Frame* frame) {
    CodeRecord& record = *code.record;
    if (options().stress.exitAfter != 0) {
        runtime::leaveRequested = !engine().compiles();
    }
    switch (exit.reason) {
        case deopt::Reason::HotLoop: {
            if (ts->recursion_remaining <= 0) {
                return goOnInQuickCode(record, ts, frame);  // see runtime::bodyAtLimit()
            }
            const CompiledCode* loop = loopCode(record, static_cast<int32_t>(exit.resumeIndex), frame);
            return loop != nullptr ? goOnIn(*loop, frame) : goOnInQuickCode(record, ts, frame);
        }
        case deopt::Reason::Pending:
            return afterPending(record, code, exit, ts, frame);
        case deopt::Reason::FrameObserved:
        case deopt::Reason::ResultShared:
            return finishReturn(exit, ts, frame);
        case deopt::Reason::Raised:
            return goOnAtHandler(record, code, exit, ts, frame);
        case deopt::Reason::UnboundLocal:
            if (std::optional<UnboundRead> read = unboundRead(frame); !read) {
                learn([&] { guessFailed(record, code, exit, frame); });
            } else if (!python::isTraced(ts)) {
                return raiseUnbound(record, ts, frame, *read);
            }
            break;
        default:
            break;
    }
    const deopt::Effect effect = deopt::info(exit.reason).effect;
    if (effect == deopt::Effect::Speculation) {
        learn([&] { guessFailed(record, code, exit, frame); });
    }
    // Quick code left before an instruction would only leave there again.
    if (effect == deopt::Effect::Stress || code.tier != Tier::Full || python::isTraced(ts)) {
        return {};
    }
    learn([&] { addResumePoint(record, python::resumeIndex(frame)); });
    return goOnInQuickCode(record, ts, frame);
}

}  // namespace

bool learnFromInlined(deopt::ExitTable& table, deopt::Exit& exit, python::Frame* frame) {
    bool hasLearnt = false;
    learn([&] {
        CodeRecord* record = recordFor(python::code(frame));
        hasLearnt = record != nullptr && learnsFrom(exit.reason, *record, python::resumeIndex(frame), frame);
        auto& code = *static_cast<CompiledCode*>(table.owner);
        if (&table != &code.exits) {
            noteExit(code, exit);
            framelessLeft(*code.record, code, exit, hasLearnt);
        }
    });
    return hasLearnt;
}

deopt::Continuation goOn(deopt::ExitTable* table, uint32_t number, PyThreadState* ts, python::Frame* frame) {
    auto& code = *static_cast<CompiledCode*>(table->owner);
    noteExit(code, table->exits[number]);
    const deopt::Continuation continuation = goOnAfter(table->exits[number], code, ts, frame);
    if (!continuation.handled && code.tier == Tier::Full && !resumptionGoesOnInterpreted(*code.record, code)) {
        goesOnInterpreted(*code.record, code);
    }
    return continuation;
}

}  // namespace pyjion::driver
