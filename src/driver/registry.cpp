// SPDX-License-Identifier: MIT
#include "driver/registry.h"

#include <malloc.h>

#include <algorithm>
#include <new>
#include <unordered_set>
#include <utility>

#include "bytecode/decode.h"
#include "driver/credit.h"
#include "driver/engine.h"
#include "driver/options.h"
#include "driver/statistics.h"
#include "driver/waiting.h"
#include "python/code_extra.h"
#include "python/names.h"

namespace pyjion::driver {

namespace {

std::unordered_set<CodeRecord*>& records() {
    static auto* all = new std::unordered_set<CodeRecord*>;  // outlives every code object
    return *all;
}

/// Code often dies in crowds, when the garbage collector finds the functions of a module that nobody needs. What they
/// leave in the C heap are holes that glibc keeps. Giving the pages back costs a walk over the heap, so it is done when
/// the number of records has halved.
void trimWhenHalved() {
    constexpr size_t kWorthTrimming = 64;
    static size_t peak = 0;
    peak = std::max(peak, records().size() + 1);
    if (peak > kWorthTrimming && records().size() <= peak / 2) {
        peak = records().size();
        malloc_trim(0);
    }
}

/// Also called for code objects that only another user of co_extra has written to.
void freeRecord(void* word) {
    if (word == nullptr) {
        return;
    }
    auto* record = static_cast<CodeRecord*>(static_cast<runtime::CodeEntry*>(word));
    python::skipUnusedExtras(record->code);
    records().erase(record);
    takeCodeUnderWay(*record).reset();
    Py_CLEAR(record->module);
    statistics().forget(*record);
    for (Callee* caller : record->callers) {
        caller->cache.code = nullptr;
        caller->record = nullptr;
    }
    delete record;
    trimWhenHalved();
}

/// inspect.CO_OPTIMIZED, CO_NEWLOCALS, CO_VARARGS, CO_VARKEYWORDS
constexpr int kOptimized = 0x1;
constexpr int kNewLocals = 0x2;
constexpr int kNotSimple = 0x4 | 0x8;

/// C stack of each piece of code that new entries can come to, and of leaving it, which takes a word for each local.
size_t stackBytesOf(const CodeRecord& record) {
    uint32_t frameBytes = 0;
    auto include = [&frameBytes](const std::unique_ptr<CompiledCode>& code) {
        frameBytes = code ? std::max(frameBytes, code->native->description().frameBytes) : frameBytes;
    };
    include(record.quick);
    include(record.full);
    for (const auto& [header, code] : record.loops) {
        include(code);
    }
    return frameBytes + sizeof(PyObject*) * record.frameWords;
}

}  // namespace

bool startRegistry() {
    return python::requestCodeExtra(freeRecord);
}

namespace {

std::string& ourFolder() {
    static auto* folder = new std::string;
    return *folder;
}

void describe(CodeRecord& record, PyCodeObject* code) {
    record.code = code;
    record.isOurs = !ourFolder().empty() && python::textOf(code->co_filename).starts_with(ourFolder());
    record.frameWords = static_cast<uint32_t>(python::sizeInWords(code));
    record.argumentCount = static_cast<uint16_t>(code->co_argcount);
    const bool isFunction =
        (code->co_flags & (kOptimized | kNewLocals)) == (kOptimized | kNewLocals) && code->co_argcount <= UINT16_MAX;
    const bool collects = (code->co_flags & kNotSimple) != 0;
    const bool takesNamed = code->co_kwonlyargcount != 0;
    record.simpleParameters = isFunction && !collects && !takesNamed;
    record.takesNamed = isFunction && !collects && takesNamed;
    record.collectsArguments = isFunction && collects && !takesNamed;
    record.makesGenerator = (code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) != 0;
}

}  // namespace

std::unique_ptr<CodeRecord> recordToShow(PyCodeObject* code) {
    auto made = std::make_unique<CodeRecord>();
    describe(*made, code);
    return made;
}

void setOurFolder(std::string folder) {
    ourFolder() = std::move(folder);
}

CodeRecord* recordFor(PyCodeObject* code) {
    if (auto* entry = runtime::entryOf(code)) {
        return static_cast<CodeRecord*>(entry);
    }
    try {
        auto made = std::make_unique<CodeRecord>();
        describe(*made, code);
        records().insert(made.get());
        if (python::setCodeExtra(code, static_cast<runtime::CodeEntry*>(made.get()))) {
            return made.release();
        }
        records().erase(made.get());
    } catch (const std::bad_alloc&) {
    }
    PyErr_Clear();
    return nullptr;
}

CodeRecord* recordFor(python::Frame* frame) {
    CodeRecord* record = recordFor(python::code(frame));
    if (record != nullptr) {
        record->noteModule(python::globals(frame));
    }
    return record;
}

CodeRecord* liveRecord(const runtime::CodeEntry* entry) {
    auto* record = static_cast<CodeRecord*>(const_cast<runtime::CodeEntry*>(entry));
    return entry != nullptr && records().contains(record) ? record : nullptr;
}

void forEachRecord(const std::function<void(const CodeRecord&)>& visit) {
    for (const CodeRecord* record : records()) {
        visit(*record);
    }
}

namespace {

int32_t firstTargetOf(const bytecode::Code& code) {
    auto first = static_cast<int32_t>(code.ordinals.size());
    for (const bytecode::Instruction& instruction : code.instructions) {
        if (instruction.target != bytecode::kNone) {
            first = std::min(first, instruction.target);
        }
    }
    return first;
}

std::unique_ptr<python::StartTrampoline> makeStart(CodeRecord& record) {
    if (!record.firstTarget) {
        auto decoded = bytecode::decode(record.code);
        if (!decoded.ok()) {
            return nullptr;
        }
        record.firstTarget = firstTargetOf(*decoded);
    }
    return python::StartTrampoline::make(record.code, *record.firstTarget, startBody, &record);
}

/// The calls of code that has some, is tried or asks, come to it by a trampoline while there is no evaluator of ours.
void leadCalls(CodeRecord& record, bool enabled) {
    const bool isWanted =
        enabled && engine().standsBack() && !record.makesGenerator && !record.suppressed &&
        (record.trial || record.asksAtStart || (record.body && !(record.full && record.full->isForCompiledCallers)));
    if (isWanted && !record.start) {
        record.start = makeStart(record);
    }
    if (record.start) {
        isWanted ? record.start->put() : record.start->remove();
    }
}

bool isTried(const CompiledCode& code) {
    return !code.isSuccessor && !isBudgetUnlimited() && options().stress == Stress{} &&
           options().osr.mode != Osr::Mode::Every;
}

/// Where generators of this code go on, they enter what there is now. What is tried or to be made again has no body
/// there: that is asked for.
void attachResumption(CodeRecord& record, Resumption& place, bool enabled) {
    auto found = record.loops.find(place.unit);
    CompiledCode* const code = found != record.loops.end() ? found->second.get() : nullptr;
    if (code != place.code) {
        place.code = code;
        place.trial.reset(code != nullptr && isTried(*code) ? new (std::nothrow) Trial : nullptr);
        if (code != nullptr) {
            code->countedFrom = place.runs;
        }
    }
    const bool isEntered = enabled && !record.suppressed && code != nullptr && !place.trial && !code->isOutdated;
    place.body = isEntered ? code->entry().objectFunction : nullptr;
}

void attachResumptions(CodeRecord& record, bool enabled) {
    if (record.resumptions) {
        for (Resumption& place : record.resumptions->places) {
            attachResumption(record, place, enabled);
        }
    }
}

}  // namespace

python::StartBody* startBody = nullptr;

void attach(CodeRecord& record, bool enabled) {
    const CompiledCode* code = enabled && !record.suppressed ? record.current() : nullptr;
    record.stackBytes = stackBytesOf(record);
    for (Callee* caller : record.callers) {
        caller->cache.code = record.suppressed ? nullptr : record.code;
    }
    record.attach(code != nullptr ? code->entry() : runtime::CompiledBody());
    const bool resumable = code != nullptr && record.quick && !record.quick->resumePoints.empty();
    record.resumePoints = resumable ? record.quick->resumePoints.data() : nullptr;
    record.boundLocals = resumable ? record.quick->boundLocals.data() : nullptr;
    record.resumeBody = code != nullptr && record.quick ? record.quick->entry() : runtime::CompiledBody();
    leadCalls(record, enabled);
    attachResumptions(record, enabled);
}

void attachAll(bool enabled) {
    for (CodeRecord* record : records()) {
        attach(*record, enabled);
    }
}

}  // namespace pyjion::driver
