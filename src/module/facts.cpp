// SPDX-License-Identifier: MIT
// Facts about functions. Looking changes nothing: no record is made, nothing is compiled, nothing is installed.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/entry_place.h"
#include "driver/left_out.h"
#include "driver/left_to_helpers.h"
#include "driver/line_times.h"
#include "driver/registry.h"
#include "driver/sampler.h"
#include "driver/under_way.h"
#include "hir/type.h"
#include "module/api.h"
#include "module/facts.h"
#include "module/objects.h"
#include "module/subject.h"
#include "python/frame.h"
#include "python/generator.h"

namespace pyjion::module {

using driver::CodeRecord;
using driver::CompiledCode;

namespace {

const char* const kUnseen = "it is interpreted until it has used enough time to be worth compiling";
const char* const kNeverRun = "it has not been entered since pyjion was enabled";

const char* whyNeverSeen(PyCodeObject* code) {
    if (const char* refused = driver::engine().executionRefused()) {
        return refused;
    }
    if (const char* keptOff = driver::engine().keptOff()) {
        return keptOff;
    }
    if (!driver::engine().enabled()) {
        return "pyjion is not enabled";
    }
    return python::hasRun(code) ? kUnseen : kNeverRun;
}

}  // namespace

std::string reasonFor(const CodeRecord* record, PyCodeObject* code) {
    if (const auto& unavailable = driver::engine().unavailable()) {
        return *unavailable;
    }
    if (record == nullptr) {
        return whyNeverSeen(code);
    }
    if (record->current() != nullptr && !record->suppressed) {
        return {};
    }
    if (record->suppressed) {
        return "pyjion.suppress() keeps it interpreted";
    }
    if (record->underWay) {
        return "it is being compiled in the background";
    }
    if (record->trial) {
        return "its optimised code is on trial: some calls are compiled, to see whether that is faster";
    }
    const bool hasLoops = std::any_of(record->loops.begin(), record->loops.end(), [code](const auto& entry) {
        return driver::entryPlace(code, entry.first) != driver::EntryPlace::Handler;
    });
    if (hasLoops && !record->failed && !record->gainsNothing) {
        return record->makesGenerator
                   ? "it is interpreted but for its loops and where it goes on, which have code of their own"
                   : "its loop runs in code of its own, entered in the middle of the call; the next call compiles all "
                     "of it";
    }
    if (!record->refusal.empty()) {
        return record->refusal.text();
    }
    const char* leftOut = driver::leftOutByOptions(*record);
    return leftOut != nullptr && python::hasRun(code) ? leftOut : whyNeverSeen(code);
}

namespace {

/// What is being compiled in the background; empty for nothing.
std::string underWay(const CodeRecord* record) {
    if (record == nullptr || !record->underWay) {
        return {};
    }
    const CompiledCode& code = *record->underWay->code;
    const char* what = "loop";
    switch (driver::entryPlace(record->code, code.entryIndex)) {
        case driver::EntryPlace::Start:
            return fmt::format("{} code", driver::tierName(code.tier));
        case driver::EntryPlace::Resumption:
            what = "generator that goes on";
            break;
        case driver::EntryPlace::Handler:
            what = "handler";
            break;
        case driver::EntryPlace::Loop:
            break;
    }
    return fmt::format("code for the {} in line {}", what, driver::lineOfEntry(record->code, code.entryIndex));
}

/// In a word.
const char* stateOf(const CodeRecord* record) {
    if (record == nullptr) {
        return "interpreted";
    }
    if (record->suppressed) {
        return "suppressed";
    }
    if (record->trial) {
        return "on trial";
    }
    if (record->current() != nullptr || !record->loops.empty()) {
        return "compiled";
    }
    return record->failed ? "refused" : record->gainsNothing ? "given up" : "interpreted";
}

const char* kindOf(const PyCodeObject* code) {
    if ((code->co_flags & CO_ASYNC_GENERATOR) != 0) {
        return "asynchronous generator";
    }
    if ((code->co_flags & CO_COROUTINE) != 0) {
        return "coroutine";
    }
    if ((code->co_flags & CO_GENERATOR) != 0) {
        return "generator";
    }
    return (code->co_flags & CO_OPTIMIZED) != 0 ? "function" : "body";
}

PyObject* exitObject(const CodeRecord& record, const CompiledCode& code, const deopt::Exit& exit) {
    const int offset = static_cast<int>(2 * exit.runningIndex);
    const int resumeOffset = static_cast<int>(2 * exit.resumeIndex);
    const deopt::ReasonInfo& reason = deopt::info(exit.reason);
    int line = PyCode_Addr2Line(record.code, offset);
    if (line < 0) {  // a jump without a line of its own: where it leads
        line = PyCode_Addr2Line(record.code, resumeOffset);
    }
    return DictBuilder()
        .set("reason", reason.name)
        .set("text", reason.text)
        .set("line", line)
        .set("offset", offset)
        .set("resume_offset", resumeOffset)
        .set("count", exit.count)
        .set("raised", exit.raised)
        .set("mode", exit.mode == deopt::ResumeMode::Before ? "before" : "raised")
        .set("tier", driver::tierName(code.tier))
        .set("guess", reason.effect == deopt::Effect::Speculation)
        .take();
}

PyObject* exitList(const CodeRecord* record) {
    ListBuilder list;
    if (record != nullptr) {
        record->forEachCode([&](const CompiledCode& code) {
            for (const deopt::Exit& exit : code.exits.exits) {
                if (exit.count != 0) {
                    list.append(exitObject(*record, code, exit));
                }
            }
        });
    }
    return list.take();
}

bool isRetired(const CodeRecord& record, const CompiledCode& code) {
    return std::any_of(record.retired.begin(), record.retired.end(),
                       [&code](const auto& retired) { return retired.get() == &code; });
}

uint64_t exitsOf(const CompiledCode& code) {
    uint64_t sum = 0;
    for (const deopt::Exit& exit : code.exits.exits) {
        sum += exit.count;
    }
    return sum;
}

}  // namespace

void describePiece(DictBuilder& builder, const CodeRecord& record, const CompiledCode& code) {
    const driver::EntryPlace place = driver::entryPlace(record.code, code.entryIndex);
    builder.set("tier", driver::tierName(code.tier))
        .set("offset", 2 * code.entryIndex)
        .set("line", driver::lineOfEntry(record.code, code.entryIndex))
        .set("loop", code.entryIndex != 0)
        .set("resumed", place == driver::EntryPlace::Resumption)
        .set("handler", place == driver::EntryPlace::Handler)
        .set("compiled_callers_only", code.isForCompiledCallers && !driver::engine().watchesCalls());
}

namespace {

PyObject* entryObject(const CodeRecord& record, const CompiledCode& code) {
    const clr::CodeDescription& description = code.native->description();
    DictBuilder piece;
    describePiece(piece, record, code);
    return piece.set("retired", isRetired(record, code))
        .set("takeovers", code.takeovers)
        .set("exits", exitsOf(code))
        .set("il_bytes", static_cast<uint64_t>(code.encoded.il.size()))
        .set("il_blocks", code.ilBlocks)
        .set("code_bytes", code.codeBytes())
        .set("compile_ms", code.milliseconds)
        .set("back_end_ms", code.backEndMilliseconds)
        .set("unconditional_exits", code.unconditionalExits)
        .set("optimised", description.optimised && !description.switchedToMinOpts)
        .set("switched_to_minopts", description.switchedToMinOpts)
        .take();
}

PyObject* entryList(const CodeRecord* record) {
    ListBuilder list;
    if (record != nullptr) {
        record->forEachCode([&](const CompiledCode& code) { list.append(entryObject(*record, code)); });
    }
    return list.take();
}

/// Sums over all pieces of code.
struct Sizes {
    uint64_t ilBytes = 0;
    uint64_t codeBytes = 0;
    double milliseconds = 0;
    double backEndMilliseconds = 0;

    explicit Sizes(const CodeRecord* record) {
        if (record == nullptr) {
            return;
        }
        record->forEachCode([this](const CompiledCode& code) {
            ilBytes += code.encoded.il.size();
            codeBytes += code.codeBytes();
            milliseconds += code.milliseconds;
            backEndMilliseconds += code.backEndMilliseconds;
        });
    }
};

double secondsOf(uint32_t samples) {
    return samples * (driver::kSampleNanoseconds / 1e9);
}

}  // namespace

PyObject* explain(PyObject*, PyObject* x) {
    Subject subject;
    if (!findSubject(x, subject)) {
        return nullptr;
    }
    const CodeRecord* record = knownRecord(subject);
    const CompiledCode* code = record != nullptr ? record->current() : nullptr;
    const int refusedLine = record != nullptr ? record->refusal.line() : 0;
    const Sizes sizes(record);
    return DictBuilder()
        .set("name", Py_NewRef(subject.code->co_qualname))
        .set("filename", Py_NewRef(subject.code->co_filename))
        .set("line", subject.code->co_firstlineno)
        .set("kind", kindOf(subject.code))
        .set("state", stateOf(record))
        .set("compiled", code != nullptr)
        .set("tier", driver::tierName(code != nullptr ? record->tier() : driver::Tier::Interpreter))
        .set("reason", textOrNone(reasonFor(record, subject.code)))
        .set("reason_line", refusedLine > 0 ? PyLong_FromLong(refusedLine) : Py_NewRef(Py_None))
        .set("under_way", textOrNone(underWay(record)))
        .set("run_count", record != nullptr ? record->entries() + record->inlinedRuns : uint64_t{0})
        .set("interpreted_seconds", secondsOf(record != nullptr ? record->samples : 0))
        .set("compiled_seconds", secondsOf(record != nullptr ? record->compiledSamples : 0))
        .set("exits", exitList(record))
        .set("il_bytes", sizes.ilBytes)
        .set("il_blocks", code != nullptr ? code->ilBlocks : 0u)
        .set("unconditional_exits", code != nullptr ? code->unconditionalExits : 0u)
        .set("code_bytes", sizes.codeBytes)
        .set("bytecodes", record != nullptr ? record->bytecodes : 0u)
        .set("compile_ms", sizes.milliseconds)
        .set("back_end_ms", sizes.backEndMilliseconds)
        .set("entries", entryList(record))
        .take();
}

namespace {

/// Worth telling about: it has code, or cannot have any, or takes time.
bool isRemarkable(const CodeRecord& record) {
    return !record.isOurs &&
           (record.current() != nullptr || !record.loops.empty() || !record.retired.empty() || record.failed ||
            record.gainsNothing || record.samples != 0 || record.compiledSamples != 0);
}

std::string typesOf(runtime::TypeSet seen) {
    return seen != 0 ? hir::toString(hir::Type::fromBits(seen)) : std::string();
}

PyObject* callObject(const CompiledCode& code, const driver::HelperCall& call) {
    const runtime::Site* site = call.site;
    return DictBuilder()
        .set("line", call.position.line)
        .set("offset", 2 * call.position.bytecodeIndex)
        .set("helper", runtime::info(call.helper).name)
        .set("tier", driver::tierName(code.tier))
        .set("entry", 2 * code.entryIndex)
        .set("left", textObject(site != nullptr ? typesOf(site->seenLeft) : ""))
        .set("right", textObject(site != nullptr ? typesOf(site->seenRight) : ""))
        .set("name", Py_NewRef(site != nullptr && site->name != nullptr ? site->name : Py_None))
        .take();
}

}  // namespace

PyObject* codes(PyObject*, PyObject*) {
    ListBuilder list;
    driver::forEachRecord([&list](const CodeRecord& record) {
        if (isRemarkable(record)) {
            list.append(Py_NewRef(reinterpret_cast<PyObject*>(record.code)));
        }
    });
    return list.take();
}

PyObject* helperCalls(PyObject*, PyObject* x) {
    Subject subject;
    if (!findSubject(x, subject)) {
        return nullptr;
    }
    ListBuilder list;
    if (const CodeRecord* record = knownRecord(subject)) {
        record->forEachCode([&](const CompiledCode& code) {
            if (isRetired(*record, code)) {
                return;
            }
            for (const driver::HelperCall& call : driver::helperCalls(code)) {
                list.append(callObject(code, call));
            }
        });
    }
    return list.take();
}

PyObject* lineTimes(PyObject*, PyObject*) {
    double elsewhere = 0;
    const driver::LineTimes& times = driver::lineTimes(elsewhere);
    ListBuilder list;
    for (const auto& [filename, lines] : times) {
        for (const auto& [line, seconds] : lines) {
            list.append(Py_BuildValue("(Niddd)", textObject(filename), line, seconds[0], seconds[1], seconds[2]));
        }
    }
    return Py_BuildValue("(Nd)", list.take(), elsewhere);
}

}  // namespace pyjion::module
