// SPDX-License-Identifier: MIT
// The JIT of the process as a whole: whether it can work here, whether it is switched on, and its back end.
#pragma once

#include <Python.h>

#include <memory>
#include <optional>
#include <string>

#include "clr/compiler.h"
#include "driver/environment.h"

namespace pyjion::driver {

/// What follows the state of the engine, and is built on it: see start.cpp.
struct Followers {
    bool (*begin)();             // the back end is there; false when CPython has no co_extra word left
    void (*end)();               // the interpreter has ended
    void (*dropCodeUnderWay)();  // that was begun under other options
    void (*attach)(bool);        // what calls enter, by whether compiled code may be entered
    void (*updateLoopEntry)();
};

class Engine {
  public:
    /// Where the package keeps its copy of libclrjit. Reads the environment. Called at each import; the first counts:
    /// the JIT and its options are the process's, and other interpreters must not change them by an import.
    /// Whether it was.
    bool initialise(std::string packageFolder, const Followers& followers);

    /// Loads the back end if that was not tried yet. Nothing when the JIT can work, else the sentence for the user:
    /// what was looked for, where, and what to do.
    const std::optional<std::string>& unavailable();

    /// Whether the caller's interpreter is the one that the JIT works for: the main interpreter, until it ends.
    bool servesCaller() const;
    /// The interpreter has ended. The next one of the process finds the JIT as it was left: of use only if it was not
    /// loaded yet, since compiled code and what is known of code objects belong to the interpreter that has ended.
    void interpreterEnded();
    bool wasOutlived() const { return outlived_; }

    /// Install or take back the frame evaluator; whether that changed anything. `asker`: the globals of the code that
    /// asks for it, or null.
    bool enable(PyObject* asker);
    bool disable();
    bool enabled() const { return enabled_; }

    /// Takes the evaluator away while the JIT stays enabled, and installs it again. Only if it is in its place: another
    /// user of PEP 523 may have put its own over it.
    void standBack();
    void comeBack();
    bool standsBack() const { return standsBack_; }
    /// Under PYJION_STRESS=trampolines, calls reach compiled code by the evaluator and by trampolines in turn, and
    /// never by a vectorcall; whether that is so. Called at each entry.
    bool alternateEntries();
    bool watchesCalls() const { return enabled_ && servesCaller() && !standsBack_; }

    /// Whether code with these globals is the user's own: of the program, the prompt, or what has enabled the JIT. Such
    /// functions are compiled when they run first; all others have to be worth it.
    bool isUsersOwn(PyObject* globals) const;

    /// Nestable; while paused everything runs interpreted.
    void pause();
    void resume();

    /// Whether functions may be compiled and compiled code entered now.
    bool compiles() const { return enabled_ && pauses_ == 0 && !isShortOfNumbers_; }

    /// The reserve of numbers was used (python/certain_numbers.h): the interpreter goes on until it is full again.
    void beShortOfNumbers();
    /// An attempt to fill it, where there is something to fill.
    void refillNumbers();

    /// The system lets this process have no executable memory any more: what there is stays, and nothing is added.
    /// The sentence for the user, or null.
    const char* executionRefused() const { return executionRefused_.empty() ? nullptr : executionRefused_.c_str(); }
    void refuseExecution(std::string reason) { executionRefused_ = std::move(reason); }

    clr::Compiler& compiler() { return *compiler_; }
    std::string libraryPath() const;
    /// Bad values of PYJION_* variables that were found at import; empty when there are none.
    const std::string& environmentProblems() const { return environment_.badValues; }
    /// The same about variables that there are none of: nothing that enabling would have to wait for.
    const std::string& unknownVariables() const { return environment_.unknownNames; }
    /// The sentence for the user when the environment says that nothing is compiled, whatever the program asks for.
    /// Else null.
    const char* keptOff() const;
    /// Options were changed: what depends on them follows.
    void optionsChanged();

  private:
    std::optional<std::string> load();
    const std::optional<std::string>& outOfPlace() const;
    void update();

    std::string packageFolder_;
    Followers followers_{};
    bool tried_ = false;
    std::optional<std::string> unavailable_;
    Environment environment_;
    std::string executionRefused_;
    std::unique_ptr<clr::Compiler> compiler_;
    _PyFrameEvalFunction evaluator_ = nullptr;
    bool enabled_ = false;
    bool standsBack_ = false;
    PyObject* asker_ = nullptr;  // only compared
    bool outlived_ = false;      // by the interpreter that it was loaded for
    int pauses_ = 0;
    bool isShortOfNumbers_ = false;

  public:
    /// The evaluator that enable() installs; set by the module, which owns the hook.
    void setEvaluator(_PyFrameEvalFunction evaluator) { evaluator_ = evaluator; }
};

Engine& engine();

}  // namespace pyjion::driver
