// SPDX-License-Identifier: MIT
#include "driver/compile.h"

#include <bitset>
#include <cstdio>
#include <new>
#include <string>

#include "bytecode/print.h"
#include "driver/access_facts.h"
#include "driver/callee_facts.h"
#include "driver/clock.h"
#include "driver/compile_job.h"
#include "driver/eligibility.h"
#include "driver/engine.h"
#include "driver/entry_place.h"
#include "driver/facts.h"
#include "driver/inlinees.h"
#include "driver/install.h"
#include "driver/never_run.h"
#include "driver/operand_guesses.h"
#include "driver/operands_at_hand.h"
#include "driver/options.h"
#include "driver/places.h"
#include "driver/record_sites.h"
#include "driver/result_guesses.h"
#include "driver/roomy_stack.h"
#include "driver/settle.h"
#include "driver/statistics.h"
#include "driver/super_facts.h"
#include "driver/under_way.h"
#include "frontend/build.h"
#include "lower/lower.h"
#include "passes/pass.h"
#include "python/names.h"
#include "python/undisturbed.h"
#include "runtime/globals.h"

namespace pyjion::driver {

namespace {

/// The most bytes that have to pay for themselves. RyuJIT takes 100 ms for them and 300 bytes of memory for each;
/// both grow faster than the code.
constexpr size_t kMostCil = 36 * 1024;
/// The same for a loop, which gains more.
constexpr size_t kMostCilOfLoop = 64 * 1024;

/// Gathers what is known about the code and the running program, as the plain data that the job works on, and what of
/// the result belongs to CPython.
class Gathering {
  public:
    explicit Gathering(const CompileRequest& request) : request_(request), record_(*request.record) {}

    /// Whether there is something to be done; the job is complete then.
    Outcome run();

    std::shared_ptr<CompileJob> job = std::make_shared<CompileJob>(engine().compiler());
    std::unique_ptr<CompiledCode> result = std::make_unique<CompiledCode>();

  private:
    Outcome decode();
    PyObject* globals() const;
    bool namesAreGlobal() const;
    void prepareBuilding();
    void findTypes();
    void findIteratorKinds();
    void preparePasses();
    void prepareLowering();
    bool isFull() const { return request_.tier == Tier::Full; }
    /// Who asks for code by hand wants all of it.
    bool leavesOutNeverRun() const { return isFull() && request_.purpose != Purpose::Other; }
    bool optimisesBackEnd() const { return isFull() || request_.optimised || record_.quickIsHot; }

    const CompileRequest& request_;
    CodeRecord& record_;
};

Outcome Gathering::decode() {
    auto decoded = bytecode::decode(record_.code, isFull() ? std::vector<int32_t>() : record_.moreResumePoints);
    if (!decoded.ok()) {
        return refuse(decoded.error(), 0);
    }
    job->code = std::move(*decoded);
    job->dumps.print("bytecode", "bytecode", job->dumps.wants("bytecode") ? bytecode::print(job->code) : "");
    return {};
}

PyObject* Gathering::globals() const {
    return request_.frame != nullptr ? python::globals(request_.frame) : request_.globals;
}

/// The body of a module, a statement at the prompt, and the like.
bool Gathering::namesAreGlobal() const {
    return request_.frame != nullptr && runtime::namesAreGlobal(request_.frame) != 0;
}

void Gathering::prepareBuilding() {
    const bool full = isFull();
    frontend::Input& input = job->building;
    input.name = job->dumps.function;
    input.localCount = static_cast<uint32_t>(record_.code->co_nlocalsplus);
    input.stackSize = static_cast<uint32_t>(record_.code->co_stacksize);
    input.codeFlags = static_cast<uint32_t>(record_.code->co_flags);
    input.constantTypes = constantTypes(record_.code);
    input.entryIndex = request_.entryIndex;
    input.countLoops = !full && !optimisesBackEnd();
    input.resumePoints = !full;
    input.namesLocals = full;
    const EntryPlace place = entryPlace(record_.code, request_.entryIndex);
    input.suspends = full && place == EntryPlace::Resumption;
    input.handles = full && place == EntryPlace::Handler;
    input.forcedExits = options().stress.forcesExits();
    if (full) {
        findTypes();
    } else {
        input.moreResumePoints = record_.moreResumePoints;
        job->assigned = bytecode::AssignedLocals(job->code);
    }
}

void Gathering::findTypes() {
    frontend::Input& input = job->building;
    input.namesAreGlobal = namesAreGlobal();
    input.names = findNames(record_, job->code, globals(), input.namesAreGlobal);
    input.seen = seenTypes(record_, job->code);
    if (request_.frame != nullptr) {
        noteOperands(record_, job->code, request_.frame);
        input.entryTypes = localTypes(request_.frame);
        for (uint32_t local : record_.varyingLocals) {
            input.entryTypes[local] = hir::kOtherObject;  // no guess, neither by what uses it
        }
        result->entryTypes = input.entryTypes;
        if (!record_.varyingStacks.contains(request_.entryIndex)) {
            input.entryStackTypes = stackTypes(request_.frame);
        }
        guessOperands(job->code, input.entryTypes, input.constantTypes, input.seen);
    }
    guessResults(job->code, input.seen);
    for (uint32_t site : frontend::numberSites(job->code)) {
        if (site == frontend::kNoSite) {
            continue;
        }
        const runtime::Site& profile = record_.sites[site];
        if (input.seen[site].left.isBottom() && profile.seenLeft == 0 && profile.classes.isEmpty()) {
            result->blindSites.push_back(site);
        }
    }
}

/// By the option `disable_passes`.
std::bitset<passes::kPassCount> disabledPasses() {
    std::bitset<passes::kPassCount> disabled;
    for (const passes::PassInfo& pass : passes::allPasses()) {
        if (isListed(options().disable_passes, pass.name)) {
            disabled.set(static_cast<size_t>(pass.id));
        }
    }
    return disabled;
}

void Gathering::preparePasses() {
    job->runsPasses = isFull() && !options().stress.noPasses;
    if (!job->runsPasses) {
        return;
    }
    passes::PassContext& context = job->context;
    // inspect.CO_VARARGS and CO_VARKEYWORDS: one more local each is bound at entry.
    const int flags = record_.code->co_flags;
    const int collected = ((flags & 0x4) != 0) + ((flags & 0x8) != 0);
    context.facts.argumentCount =
        static_cast<uint32_t>(record_.code->co_argcount + record_.code->co_kwonlyargcount + collected);
    context.facts.constants = constantFacts(record_.code);
    PyObject* builtins = request_.frame != nullptr ? python::builtins(request_.frame) : request_.builtins;
    findGlobals(record_, job->code, globals(), builtins, namesAreGlobal(), context.facts, *result);
    findSupers(record_, job->code, globals(), builtins, request_.frame, context.facts, *result);
    findAccesses(record_, job->code, globals(), context.facts, *result);
    findCallees(record_, job->code, globals(), request_.frame, context.facts, *result);
    context.facts.isResumed = job->building.suspends;
    context.facts.unitCount = static_cast<uint32_t>(job->code.ordinals.size());
    context.facts.notInlined = record_.notInlined;
    // Its replay runs one frame.
    if (options().verify < kReplays) {
        findInlinees(record_, globals(), builtins, leavesOutNeverRun(), *job, *result);
    }
    findBuiltins(context.facts, *result);
    findIteratorKinds();
    context.facts.binders = record_.binders;
    context.facts.sharesStack = record_.sharedStacks.contains(request_.entryIndex) ||
                                (request_.frame != nullptr && isStackShared(request_.frame));
    if (options().fuel != UINT64_MAX) {
        context.fuel = passes::Fuel(options().fuel);
    }
    context.disabled = disabledPasses();
}

void Gathering::findIteratorKinds() {
    passes::CodeFacts& facts = job->context.facts;
    findIterators(record_, job->code, facts, *result);
    if (python::Frame* frame = request_.frame; frame != nullptr) {
        facts.entryLocalIterators = iteratorsAt(python::slots(frame), record_.code->co_nlocalsplus);
        facts.entryStackIterators = iteratorsAt(python::stackBase(frame), python::depth(frame));
    }
    for (uint32_t local : record_.varyingLocals) {
        if (local < facts.entryLocalIterators.size()) {
            facts.entryLocalIterators[local] = base::IteratorKind::Other;
        }
    }
    if (record_.varyingStacks.contains(request_.entryIndex)) {
        facts.entryStackIterators.clear();
    }
    facts.makesPairs = options().verify >= kReplays;
}

void Gathering::prepareLowering() {
    lower::Input& input = job->lowering;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(record_.code->co_names); ++i) {
        input.names.push_back(python::textOf(PyTuple_GET_ITEM(record_.code->co_names, i)));
    }
    for (const std::unique_ptr<Callee>& callee : result->callees) {
        PyCodeObject* code = callee->record->code;
        input.callees.push_back({callee->record->frameWords, static_cast<uint32_t>(code->co_nlocalsplus),
                                 static_cast<uint32_t>(code->_co_firsttraceable)});
    }
    const Stress& stress = options().stress;
    input.quick = !isFull();
    input.hasHandlers = !job->code.handlers.empty();
    input.replay = options().verify >= kReplays && isFull();
    input.spillAll = stress.spillAll;
    input.forcedExitEvery = stress.exitAfter != 0 ? stress.exitAfter : stress.exitEvery;
    input.forcedExitsBehind = stress.exitAfter != 0;
}

Outcome Gathering::run() {
    job->dumps = {python::textOf(record_.code->co_qualname), options().dump};
    job->verify = options().verify != 0;
    job->keepsText = options().observe;
    job->options.optimise = optimisesBackEnd();
    if (request_.mustPay) {
        job->mostCil = request_.entryIndex != 0 ? kMostCilOfLoop : kMostCil;
    }
    if (Outcome outcome = decode(); !outcome.compiled()) {
        return outcome;
    }
    prepareRecord(record_, job->code);
    if (leavesOutNeverRun()) {
        leaveOutNeverRun(record_, job->code, request_.entryIndex);
    }
    prepareBuilding();
    preparePasses();
    prepareLowering();
    result->record = &record_;
    result->timesLearnt = result->learntByNow();
    result->tier = request_.tier;
    result->entryIndex = request_.entryIndex;
    return {};
}

/// Larger code of the user's own is not compiled in place when it runs first.
constexpr Py_ssize_t kMostUnitsInPlace = 200;

bool mayWait(const CompileRequest& request) {
    switch (request.purpose) {
        case Purpose::First:
            return Py_SIZE(request.record->code) > kMostUnitsInPlace;
        case Purpose::Other:
            return false;
        default:
            return true;
    }
}

Outcome compile(const CompileRequest& request) {
    const double start = threadMilliseconds();
    Gathering gathering(request);
    if (Outcome outcome = gathering.run(); !outcome.compiled()) {
        return outcome;
    }
    CodeRecord& record = *request.record;
    gathering.result->milliseconds = threadMilliseconds() - start;
    auto made = std::make_unique<CodeUnderWay>(
        CodeUnderWay{request.purpose, std::move(gathering.result), std::move(gathering.job), record.forgottenGuesses});
    if (mayWait(request) && compilesInBackground() && beginInBackground(record, made)) {
        return {Outcome::Kind::Begun, {}};
    }
    made->job->run();
    return install(record, std::move(*made));
}

}  // namespace

std::string hirListing(const CompileRequest& request) {
    const python::Undisturbed undisturbed(options().verify);
    Gathering gathering(request);
    return gathering.run().compiled() ? gathering.job->text() : "";
}

std::unique_ptr<CompiledCode> compileToShow(const CompileRequest& request) {
    const python::Undisturbed undisturbed(options().verify);
    std::unique_ptr<CompiledCode> shown;
    onRoomyStack([&] {
        try {
            Gathering gathering(request);
            if (gathering.run().compiled()) {
                gathering.job->dumps.kinds.clear();
                gathering.job->keepsText = true;
                gathering.job->run();
                shown = placeToShow(*request.record, CodeUnderWay{request.purpose, std::move(gathering.result),
                                                                  std::move(gathering.job), 0});
            }
        } catch (const std::bad_alloc&) {
        }
    });
    return shown;
}

Outcome compileCode(const CompileRequest& request) {
    if (engine().executionRefused() != nullptr) {
        Outcome outcome{Outcome::Kind::ExecutionRefused, Refusal(engine().executionRefused())};
        settle(*request.record, request.purpose, request.entryIndex, outcome);
        return outcome;
    }
    const python::Undisturbed undisturbed(options().verify);
    Outcome outcome = noMemory();
    const bool hasRun = onRoomyStack([&] {
        const PauseWatch watch;
        try {
            outcome = compile(request);
        } catch (const std::bad_alloc&) {
            // What was begun is gone; the record has the code that it had.
        }
    });
    if (!hasRun) {
        outcome.refusal = Refusal("too little C stack is left to compile it here");
    }
    if (const char* disturbance = undisturbed.disturbance()) {
        statistics().internalErrors++;
        std::fprintf(stderr, "pyjion: internal error: %s while compiling\n", disturbance);
    }
    settle(*request.record, request.purpose, request.entryIndex, outcome);
    return outcome;
}

}  // namespace pyjion::driver
