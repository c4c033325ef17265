// SPDX-License-Identifier: MIT
#include "driver/inlinees.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/passed_arguments.h"
#include "driver/access_facts.h"
#include "driver/callee_facts.h"
#include "driver/eligibility.h"
#include "driver/facts.h"
#include "driver/never_run.h"
#include "driver/record_sites.h"
#include "driver/result_guesses.h"
#include "driver/super_facts.h"
#include "frontend/build.h"
#include "python/names.h"

namespace pyjion::driver {

namespace {

/// Code units, caches included, of a callee: about 60 instructions; of all of it, and without what is left out.
constexpr double kMostUnits = 250;
constexpr Py_ssize_t kMostUnitsInAll = 600;
/// Callees of callees, and so on.
constexpr int kMostLevels = 4;
constexpr size_t kMostInlinees = 40;

bool isSimple(const CodeRecord& record) {
    const PyCodeObject* code = record.code;
    return record.simpleParameters && !record.makesGenerator && code->co_nlocalsplus == code->co_nlocals &&
           Py_SIZE(code) <= kMostUnitsInAll && PyBytes_GET_SIZE(code->co_exceptiontable) == 0;
}

bool hasLoop(const bytecode::Code& code) {
    return std::any_of(code.loops.begin(), code.loops.end(),
                       [&](const bytecode::Loop& loop) { return !code.blocks[loop.header].neverRun; });
}

template <typename Fact>
std::map<uint32_t, Fact> behind(std::map<uint32_t, Fact> facts, uint32_t first) {
    std::map<uint32_t, Fact> moved;
    for (auto& [site, fact] : facts) {
        moved.emplace(site + first, std::move(fact));
    }
    return moved;
}

class Search {
  public:
    Search(CodeRecord& caller, PyObject* globals, PyObject* builtins, bool leavesOut, CompileJob& job,
           CompiledCode& made)
        : caller_(caller), globals_(globals), builtins_(builtins), leavesOut_(leavesOut), job_(job), made_(made) {
        nextSite_ = static_cast<uint32_t>(caller.sites.size());
        nextConstant_ = static_cast<uint32_t>(job.context.facts.constants.size());
    }

    void run() {
        visitCallees(job_.context.facts, 1);
        describeCaller();
    }

  private:
    void visitCallees(const passes::CodeFacts& facts, int level) {
        std::set<uint32_t> numbers;
        for (const auto* table : {&facts.callees, &facts.functions, &facts.methods, &facts.slots}) {
            for (const auto& [key, fact] : *table) {
                numbers.insert(fact.callee);
            }
        }
        for (const auto& [site, fact] : facts.classes) {
            numbers.insert(fact.callee);
        }
        for (uint32_t number : numbers) {
            visit(number, level);
        }
    }

    void visit(uint32_t number, int level) {
        CodeRecord& record = *made_.callees[number]->record;
        if (level > kMostLevels || job_.inlinees.size() >= kMostInlinees || &record == &caller_ || !isSimple(record) ||
            !isSmall(record) || ruledOut(record) != nullptr || !seen_.insert(number).second) {
            return;
        }
        auto decoded = bytecode::decode(record.code);
        if (!decoded.ok()) {
            return;
        }
        prepareRecord(record, *decoded);
        if (leavesOut_) {
            leaveOutNeverRun(record, *decoded, 0);
        }
        if (hasLoop(*decoded)) {
            return;
        }
        InlineeWork work;
        work.callee = number;
        work.numbering = {nextSite_, nextConstant_};
        work.code = std::move(*decoded);
        describe(record, work);
        visitCallees(work.facts, level + 1);
        job_.inlinees.push_back(std::move(work));
    }

    bool isSmall(const CodeRecord& record) const {
        const double part = leavesOut_ ? partToCompile(record) : 1;
        return static_cast<double>(Py_SIZE(record.code)) * part <= kMostUnits;
    }

    /// For a body of its own that its recursive calls enter. (A guess that failed there often counts for all of it.)
    void describeCaller() {
        const auto self = std::find_if(made_.callees.begin(), made_.callees.end(),
                                       [&](const auto& callee) { return callee->record == &caller_; });
        if (self == made_.callees.end() || made_.entryIndex != 0 || caller_.keepsFrames || !isSimple(caller_) ||
            caller_.argumentCount > base::kMostPassed || hasLoop(job_.code)) {
            return;
        }
        InlineeWork& work = job_.self.emplace();
        work.callee = static_cast<uint32_t>(self - made_.callees.begin());
        work.code = job_.code;
        work.building = job_.building;
        work.building.entryTypes.clear();
        work.building.entryStackTypes.clear();
        work.facts = job_.context.facts;
    }

    void describe(CodeRecord& record, InlineeWork& work) {
        made_.inlined.push_back({&record, nextSite_, nextConstant_});
        made_.keptAlive.push_back(Py_NewRef(reinterpret_cast<PyObject*>(record.code)));
        frontend::Input& input = work.building;
        input.name = python::textOf(record.code->co_qualname);
        input.localCount = static_cast<uint32_t>(record.code->co_nlocalsplus);
        input.stackSize = static_cast<uint32_t>(record.code->co_stacksize);
        input.codeFlags = static_cast<uint32_t>(record.code->co_flags);
        input.constantTypes = constantTypes(record.code);
        input.forcedExits = job_.building.forcedExits;
        input.seen = seenTypes(record, work.code);
        guessResults(work.code, input.seen);

        passes::CodeFacts& shared = job_.context.facts;
        passes::CodeFacts& facts = work.facts;
        facts.argumentCount = static_cast<uint32_t>(record.code->co_argcount);
        facts.unitCount = static_cast<uint32_t>(work.code.ordinals.size());
        std::swap(facts.objects, shared.objects);  // numbered together
        const bool sharesNames = record.module != nullptr && caller_.module != nullptr &&
                                 PyUnicode_Compare(record.module, caller_.module) == 0;
        if (sharesNames) {
            findGlobals(record, work.code, globals_, builtins_, false, facts, made_);
        }
        if (sharesNames) {
            findSupers(record, work.code, globals_, builtins_, nullptr, facts, made_);
        }
        findAccesses(record, work.code, sharesNames ? globals_ : nullptr, facts, made_);
        findCallees(record, work.code, sharesNames ? globals_ : nullptr, nullptr, facts, made_);
        std::swap(facts.objects, shared.objects);
        const uint32_t firstSite = nextSite_;
        facts.globals = behind(std::move(facts.globals), firstSite);
        facts.callees = behind(std::move(facts.callees), firstSite);
        facts.functions = behind(std::move(facts.functions), firstSite);
        facts.classes = behind(std::move(facts.classes), firstSite);
        facts.accesses = behind(std::move(facts.accesses), firstSite);
        facts.supers = behind(std::move(facts.supers), firstSite);
        facts.superMethods = behind(std::move(facts.superMethods), firstSite);
        nextSite_ += static_cast<uint32_t>(record.sites.size());
        for (const passes::ConstantFact& fact : constantFacts(record.code)) {
            shared.constants.push_back(fact);
        }
        nextConstant_ = static_cast<uint32_t>(shared.constants.size());
    }

    CodeRecord& caller_;
    PyObject* globals_;
    PyObject* builtins_;
    bool leavesOut_;  // what has never run
    CompileJob& job_;
    CompiledCode& made_;
    uint32_t nextSite_ = 0;
    uint32_t nextConstant_ = 0;
    std::set<uint32_t> seen_;  // callees, by number
};

}  // namespace

void findInlinees(CodeRecord& caller, PyObject* globals, PyObject* builtins, bool leavesOut, CompileJob& job,
                  CompiledCode& made) {
    Search(caller, globals, builtins, leavesOut, job, made).run();
}

}  // namespace pyjion::driver
