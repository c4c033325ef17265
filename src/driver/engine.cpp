// SPDX-License-Identifier: MIT
#include "driver/engine.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "clr/code_memory.h"
#include "clr/gdb_interface.h"
#include "clr/library.h"
#include "clr/perf_map.h"
#include "driver/background_thread.h"
#include "driver/entry_mode.h"
#include "driver/line_times.h"
#include "driver/options.h"
#include "driver/statistics.h"
#include "driver/stress.h"
#include "python/certain_numbers.h"
#include "python/names.h"
#include "python/thread.h"
#include "python/version.h"
#include "runtime/finish.h"
#include "runtime/low_stack.h"

namespace pyjion::driver {

Engine& engine() {
    static auto* instance = new Engine;  // used by code that runs while the process ends
    return *instance;
}

namespace {

/// Warnings and exceptions show one line.
std::string inOneLine(std::string text) {
    std::string line;
    for (char c : text) {
        if (c == '\n' && !line.empty() && std::string_view(".: ").find(line.back()) == std::string_view::npos) {
            line += '.';
        }
        bool space = c == '\n' || c == ' ';
        if (!space || (!line.empty() && line.back() != ' ')) {
            line += space ? ' ' : c;
        }
    }
    return line;
}

}  // namespace

bool Engine::initialise(std::string packageFolder, const Followers& followers) {
    if (!packageFolder_.empty()) {
        return false;
    }
    packageFolder_ = std::move(packageFolder);
    followers_ = followers;
    environment_ = readEnvironment(options());
    optionsChanged();
    return true;
}

void Engine::optionsChanged() {
    clr::CodeMemory::instance().setLimit(options().code_memory);
    startStress();
    followers_.dropCodeUnderWay();
    followers_.attach(compiles());  // what was left to the interpreter is asked about again
    clr::setGdbInterfaceEnabled(options().gdb);
    if (!options().perf_map) {
        clr::disablePerfMap();
    } else if (auto enabled = clr::enablePerfMap(); !enabled.ok()) {
        environment_.badValues = fmt::format("pyjion: option perf_map: {}", enabled.error());
    }
    if (enabled_) {
        isHookWanted() ? comeBack() : standBack();
        followers_.updateLoopEntry();
        updateLineTimes();
    }
}

const std::optional<std::string>& Engine::unavailable() {
    if (const auto& reason = outOfPlace()) {
        return reason;
    }
    if (!tried_) {
        unavailable_ = load();
        tried_ = true;  // not when there was no memory for it
    }
    return unavailable_;
}

/// Why the JIT cannot serve the interpreter that asks, whatever it can do for others.
const std::optional<std::string>& Engine::outOfPlace() const {
    static const std::optional<std::string> none;
    static const std::optional<std::string> inSubinterpreter =
        "pyjion works in the main interpreter only, and this is a subinterpreter: its functions run interpreted.";
    static const std::optional<std::string> startedAgain =
        "pyjion works for the first interpreter of a process only: Python was ended and started again since it was "
        "loaded.";
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        return inSubinterpreter;
    }
    return outlived_ ? startedAgain : none;
}

const char* Engine::keptOff() const {
    return environment_.keepsOff ? "PYJION_ENABLE=0 in the environment keeps pyjion off" : nullptr;
}

bool Engine::servesCaller() const {
    return !outOfPlace();
}

void Engine::interpreterEnded() {
    followers_.end();
    endLineTimes();
    endBackground();
    enabled_ = false;
    standsBack_ = false;
    pauses_ = 0;
    outlived_ = outlived_ || tried_;
}

std::optional<std::string> Engine::load() {
    if (auto reason = python::unsupportedReason()) {
        return fmt::format("pyjion cannot compile here: {}", *reason);
    }
    clr::LoadOptions loadOptions;
    if (const char* path = std::getenv("PYJION_CLRJIT")) {
        loadOptions.candidates.push_back(path);
        loadOptions.advice =
            "The environment variable PYJION_CLRJIT names this file; unset it to use the package's own copy.";
    } else {
        loadOptions.candidates.push_back(packageFolder_ + "/lib/libclrjit.so");
        loadOptions.advice =
            "Reinstall pyjion, or name the libclrjit.so of a .NET 10 runtime for linux-x64 in the environment variable "
            "PYJION_CLRJIT.";
    }
    auto library = clr::Library::load(loadOptions);
    if (!library.ok()) {
        return fmt::format("pyjion cannot compile here: {}", inOneLine(library.error().message));
    }
    auto memory = clr::CodeMemory::instance().probe();
    if (!memory.ok()) {
        return fmt::format("pyjion cannot compile here: {}", memory.error().message);
    }
    statistics();  // takes memory when it is used first, which must not be when a record dies
    auto compiler = std::make_unique<clr::Compiler>(**library);
    if (!followers_.begin()) {
        return "pyjion cannot compile here: CPython has no co_extra word left for it; other users of PEP 523 took all "
               "255.";
    }
    compiler_ = std::move(compiler);
    return std::nullopt;
}

std::string Engine::libraryPath() const {
    const clr::Library* library = clr::Library::loaded();
    return library != nullptr ? library->path() : std::string();
}

bool Engine::isUsersOwn(PyObject* globals) const {
    return globals == asker_ || python::areMains(globals);
}

bool Engine::enable(PyObject* asker) {
    if (keptOff() != nullptr || unavailable()) {
        return false;
    }
    asker_ = asker;  // also when it was enabled from outside: these are the user's functions
    if (enabled_) {
        return false;
    }
    runtime::nextEvaluator = runtime::evaluatorInForce();
    enabled_ = true;
    standsBack_ = !isHookWanted();
    if (!standsBack_) {
        runtime::setEvaluator(evaluator_);
    }
    isShortOfNumbers_ = !python::fillNumberReserve();
    python::setReserveHook([] { engine().beShortOfNumbers(); });
    update();
    updateLineTimes();
    return true;
}

/// Another user of PEP 523 may have put its evaluator over ours meanwhile; it goes on calling ours, which passes on.
bool Engine::disable() {
    if (!enabled_ || !servesCaller()) {
        return false;
    }
    enabled_ = false;
    standsBack_ = false;
    if (runtime::evaluatorInForce() == evaluator_) {
        runtime::setEvaluator(runtime::nextEvaluator);
    }
    update();
    return true;
}

void Engine::standBack() {
    if (enabled_ && !standsBack_ && runtime::evaluatorInForce() == evaluator_) {
        runtime::setEvaluator(runtime::nextEvaluator);
        standsBack_ = true;
        followers_.attach(compiles());
    }
}

void Engine::comeBack() {
    if (standsBack_ && runtime::evaluatorInForce() == runtime::nextEvaluator) {
        runtime::setEvaluator(evaluator_);
    }
    if (std::exchange(standsBack_, false)) {
        followers_.attach(compiles());
    }
}

bool Engine::alternateEntries() {
    constexpr uint32_t kEntriesOfEach = 16;
    static uint32_t entries = 0;
    if (options().stress.trampolines && ++entries % kEntriesOfEach == 0) {
        standsBack_ ? comeBack() : standBack();
    }
    return options().stress.trampolines;
}

// In the middle of compiled code, perhaps in a loop that calls no helper which looks: its next check of the eval
// breaker does.
void Engine::beShortOfNumbers() {
    if (!isShortOfNumbers_) {
        isShortOfNumbers_ = true;
        update();
    }
    *python::evalBreakerWord(PyInterpreterState_Main()) = 1;
}

void Engine::refillNumbers() {
    if (isShortOfNumbers_ && python::fillNumberReserve()) {
        isShortOfNumbers_ = false;
        update();
    }
}

void Engine::pause() {
    if (!servesCaller()) {
        return;
    }
    pauses_++;
    update();
}

void Engine::resume() {
    if (pauses_ > 0 && servesCaller()) {
        pauses_--;
        update();
    }
}

void Engine::update() {
    followers_.attach(compiles());
    // Compiled code is in a helper now, in this thread and in those that wait for the GIL: the helpers look at this.
    runtime::leaveRequested = !compiles();
    followers_.updateLoopEntry();
}

}  // namespace pyjion::driver
