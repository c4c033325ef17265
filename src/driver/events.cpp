// SPDX-License-Identifier: MIT
#include "driver/events.h"

#include <fmt/format.h>

#include <bit>
#include <new>
#include <utility>

#include "driver/entry_place.h"
#include "driver/options.h"
#include "python/names.h"

namespace pyjion::driver {
namespace {

/// Events that wait at most: a program whose main thread takes none must not lose its memory to them.
constexpr size_t kMostWaiting = 2048;

struct Waiting {
    std::vector<Event> events;
    uint64_t lost = 0;
    void (*listener)() = nullptr;
};

Waiting& waiting() {
    static auto* instance = new Waiting;  // outlives every code object
    return *instance;
}

void add(Event event) {
    Waiting& all = waiting();
    if (all.events.size() == kMostWaiting) {
        all.lost++;
        return;
    }
    all.events.push_back(std::move(event));
    if (all.events.size() == 1 && all.listener != nullptr) {
        all.listener();
    }
}

int32_t lineOf(const CodeRecord& record, const deopt::Exit& exit) {
    const int line = PyCode_Addr2Line(record.code, static_cast<int>(2 * exit.runningIndex));
    return line >= 0 ? line : PyCode_Addr2Line(record.code, static_cast<int>(2 * exit.resumeIndex));
}

std::string describe(const CompiledCode& code) {
    static constexpr const char* kPlaces[] = {"", " for a loop", " for where it goes on", " for a handler"};
    const EntryPlace place = entryPlace(code.record->code, code.entryIndex);
    return fmt::format("{} code{}: {} bytes in {:.2f} ms", tierName(code.tier), kPlaces[static_cast<size_t>(place)],
                       code.native->description().codeSize, code.milliseconds);
}

}  // namespace

const char* name(Event::Kind kind) {
    switch (kind) {
        case Event::Kind::Compiled:
            return "compiled";
        case Event::Kind::Refused:
            return "refused";
        case Event::Kind::GivenUp:
            return "given up";
        case Event::Kind::Exit:
            return "exit";
        case Event::Kind::InternalError:
            return "internal error";
    }
    return "";
}

void note(Event::Kind kind, const CodeRecord& record, int32_t line, std::string text) {
    if (!options().log) {
        return;
    }
    try {
        add({kind, python::textOf(record.code->co_qualname), python::textOf(record.code->co_filename),
             line > 0 ? line : record.code->co_firstlineno, std::move(text)});
    } catch (const std::bad_alloc&) {
        waiting().lost++;
    }
}

void noteCompiled(const CompiledCode& code) {
    if (options().log) {
        note(Event::Kind::Compiled, *code.record, lineOfEntry(code.record->code, code.entryIndex), describe(code));
    }
}

void noteExit(const CompiledCode& code, const deopt::Exit& exit) {
    if (!options().log || !std::has_single_bit(exit.count)) {
        return;
    }
    const deopt::ReasonInfo& reason = deopt::info(exit.reason);
    try {
        note(Event::Kind::Exit, *code.record, lineOf(*code.record, exit),
             fmt::format("{}: {} ({} code, {} {} here)", reason.name, reason.text, tierName(code.tier), exit.count,
                         exit.count == 1 ? "time" : "times"));
    } catch (const std::bad_alloc&) {
        waiting().lost++;
    }
}

std::vector<Event> takeEvents(uint64_t& lost) {
    lost = std::exchange(waiting().lost, 0);
    return std::exchange(waiting().events, {});
}

void setEventListener(void (*listener)()) {
    waiting().listener = listener;
}

}  // namespace pyjion::driver
