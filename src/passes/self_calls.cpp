// SPDX-License-Identifier: MIT
#include "passes/self_calls.h"

#include <algorithm>
#include <span>
#include <utility>

#include "analysis/dominators.h"
#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/frameless.h"
#include "passes/number_source.h"
#include "passes/pass_scope.h"
#include "passes/passed_numbers.h"
#include "passes/quiet_body.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

/// As far as they are of use for code without loops and without a frame. What is returned on each path has its own
/// number.
constexpr PassId kAtFirst[] = {PassId::super_methods, PassId::split_returns};
constexpr PassId kBefore[] = {
    PassId::redundant_params,      PassId::fuse_slices,    PassId::specialise_operations, PassId::specialise_accesses,
    PassId::specialise_operations, PassId::bind_arguments, PassId::inline_calls,          PassId::simplify,
};
constexpr PassId kUnboxing[] = {PassId::simplify, PassId::unbox_phis, PassId::simplify};
constexpr PassId kBehind[] = {
    PassId::simplify,       PassId::elide_references, PassId::repeated_guards,
    PassId::fill_instances, PassId::simplify,         PassId::eliminate_dead_code,
};

/// Knows the function where it is called by its name: whoever enters the body has seen to it that the names mean it,
/// and nothing that the body does binds them.
class OwnNames {
  public:
    OwnNames(Function& function, uint32_t self) : function_(function), builder_(function), self_(self) {}

    std::map<uint32_t, uint32_t> run() {
        for (BlockId block : function_.reversePostorder()) {
            for (InstrId id : std::vector<InstrId>(function_.blocks[block].instrs)) {
                visit(id);
            }
        }
        return std::move(names_);
    }

  private:
    void visit(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        switch (instr.opcode) {
            case Opcode::OwnFunction:
                own_ = instr.result;
                break;
            case Opcode::GuardSelf:
                if (know(instr.operands[0])) {
                    function_.remove(id);
                }
                break;
            case Opcode::GuardCallee:  // of a call that is inlined
                if (hir::GuardCallee(function_, id).callee() == self_) {
                    guardInlined(id);
                }
                break;
            case Opcode::GuardQuietEnd:
                if (objectBehind(function_, instr.operands[0]) == own_) {
                    function_.remove(id);  // a frame holds it
                }
                break;
            default:
                break;
        }
    }

    /// Turn this: v0: own Object = QuietGlobal name 0, site 2, exit s0
    /// Into this: v1: own FunctionExact = IncRef v2                           (v2 is OwnFunction)
    bool know(ValueId function) {
        const InstrId found = function_.values[function].definition;
        if (found.valid() && function_.instrs[found].opcode == Opcode::QuietGlobal) {
            const hir::QuietGlobal lookup(function_, found);
            names_.emplace(lookup.name(), lookup.site());
            builder_.setInsertBefore(found);
            builder_.setBytecode(function_.instrs[found].bytecode);
            function_.replaceAllUses(function, builder_.incRef(own_));
            function_.remove(found);
            return true;
        }
        return objectBehind(function_, function) == own_;
    }

    void guardInlined(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        const bool isKnown = know(instr.operands[0]);
        builder_.setInsertBefore(id);
        builder_.setBytecode(instr.bytecode);
        if (!isKnown) {
            builder_.guardSelf(instr.operands[0], instr.snapshot);
        }
        builder_.guardRoom(instr.snapshot);
        builder_.countSelf();
        function_.remove(id);
    }

    Function& function_;
    hir::Builder builder_;
    const uint32_t self_;  // as in CallFunction
    ValueId own_;
    std::map<uint32_t, uint32_t> names_;
};

/// Looks once for all calls of an activation: its room stays the same, and what wants attention gets it from the
/// others.
void lookOnce(Function& function) {
    const analysis::Dominators dominators(function);
    std::vector<InstrId> guards;
    for (BlockId block : function.reversePostorder()) {
        for (InstrId id : std::vector<InstrId>(function.blocks[block].instrs)) {
            if (function.instrs[id].opcode != Opcode::GuardRoom) {
                continue;
            }
            const bool isLate = std::any_of(guards.begin(), guards.end(), [&](InstrId earlier) {
                return dominators.dominates(function.instrs[earlier].block, block);
            });
            if (isLate) {
                function.remove(id);
            } else {
                guards.push_back(id);
            }
        }
    }
}

/// What one level of recursion returns of its arguments, which it alone has: a copy is as good as the object where no
/// exit shows that as well.
class CopyRenewal {
  public:
    explicit CopyRenewal(Function& function) : function_(function), uses_(function), numbers_(function) {}

    void run() {
        for (BlockId block : function_.reversePostorder()) {
            for (InstrId id : std::vector<InstrId>(function_.blocks[block].instrs)) {
                const hir::Instr& instr = function_.instrs[id];
                if (instr.opcode == Opcode::IncRef && uses_.bySnapshots[instr.result.index()] == 0 &&
                    numbers_.isNewNumber(instr.operands[0], id) && !isShownBehind(block, id, instr.operands[0])) {
                    renew(id);
                }
            }
        }
    }

  private:
    bool isShownBehind(BlockId block, InstrId id, ValueId object) const {
        std::vector<bool> seen(function_.blocks.size());
        std::vector<BlockId> reached = function_.successors(block);
        const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        if (isShownIn({std::find(instrs.begin(), instrs.end(), id), instrs.end()}, object)) {
            return true;
        }
        while (!reached.empty()) {
            const BlockId next = reached.back();
            reached.pop_back();
            if (seen[next.index()]) {
                continue;
            }
            seen[next.index()] = true;
            if (isShownIn(function_.blocks[next].instrs, object)) {
                return true;
            }
            const std::vector<BlockId> successors = function_.successors(next);
            reached.insert(reached.end(), successors.begin(), successors.end());
        }
        return false;
    }

    bool isShownIn(std::span<const InstrId> instrs, ValueId object) const {
        return std::any_of(instrs.begin(), instrs.end(), [&](InstrId id) {
            const hir::SnapshotId snapshot = function_.instrs[id].snapshot;
            bool isShown = false;
            hir::forEachListed(function_, snapshot,
                               [&](ValueId listed) { isShown = isShown || objectBehind(function_, listed) == object; });
            return isShown && uses_.exits[snapshot.index()] != 0;
        });
    }

    /// Turn this: v1: own LongExact = IncRef v0                      (v0 is the box of v2)
    /// Into this: v1: own LongExact = BoxInt v2
    void renew(InstrId id) {
        const hir::Instr copy = function_.instrs[id];
        hir::Builder builder(function_);
        builder.setInsertBefore(id);
        builder.setBytecode(copy.bytecode);
        const InstrId box = function_.values[copy.operands[0]].definition;
        function_.replaceAllUses(copy.result, builder.boxInt(hir::BoxInt(function_, box).input()));
        function_.remove(id);
    }

    Function& function_;
    const analysis::UseCounts uses_;
    const NewNumbers numbers_;
};

/// Makes numbers of what is passed and returned, where all of it is that.
class NumberPassing {
  public:
    NumberPassing(Function& function, const CodeFacts& facts) : function_(function), facts_(facts) {
        for (BlockId block : function.reversePostorder()) {
            for (InstrId id : function.blocks[block].instrs) {
                note(id);
            }
        }
    }

    std::vector<bool> passArguments(size_t count) {
        std::vector<bool> arguments(count);
        for (InstrId id : passed_) {
            const uint32_t index = hir::PassedObject(function_, id).index();
            arguments[index] = areNumbers(index);
        }
        for (InstrId call : calls_) {
            passNumbers(function_, call, arguments);
        }
        for (InstrId id : passed_) {
            if (arguments[hir::PassedObject(function_, id).index()]) {
                takeNumber(id);
            }
        }
        return arguments;
    }

    /// False, with nothing done, when a path returns something else.
    bool passResults() {
        const NewNumbers numbers(function_);
        std::vector<NumberSource> sources;
        for (InstrId id : ends_) {
            const ValueId value = hir::PassBack(function_, id).value();
            sources.push_back(numberSource(function_, facts_, value));
            if (!isNumber(sources.back(), value, id, numbers)) {
                return false;
            }
        }
        for (size_t i = 0; i < ends_.size(); ++i) {
            returnNumber(ends_[i], sources[i]);
        }
        return true;
    }

  private:
    void note(InstrId id) {
        switch (function_.instrs[id].opcode) {
            case Opcode::PassedObject:
                passed_.push_back(id);
                break;
            case Opcode::CallSelf:
            case Opcode::CallSelfInt:
                calls_.push_back(id);
                break;
            case Opcode::PassBack:
                ends_.push_back(id);
                break;
            default:
                break;
        }
    }

    bool areNumbers(uint32_t index) const {
        const NewNumbers numbers(function_);
        return std::all_of(calls_.begin(), calls_.end(), [&](InstrId call) {
            return numbers.isNewNumber(function_.instrs[call].operands[index], call);
        });
    }

    /// Turn this: v0: own Object = PassedObject index 0
    /// Into this: v1: Int64 = PassedInt index 0
    ///            v2: own LongExact = BoxInt v1
    void takeNumber(InstrId id) {
        hir::Builder builder(function_);
        builder.setInsertBefore(id);
        builder.setBytecode(function_.instrs[id].bytecode);
        const ValueId number = builder.passedInt(hir::PassedObject(function_, id).index());
        function_.replaceAllUses(function_.instrs[id].result, builder.boxInt(number));
        function_.remove(id);
    }

    /// An int that this returns alone.
    bool isNumber(const NumberSource& source, ValueId value, InstrId end, const NewNumbers& numbers) const {
        if (source.constant != nullptr) {
            return source.constant->kind == ConstantFact::Kind::Int && hasOneObject(*source.constant);
        }
        const ValueId object = objectBehind(function_, value);
        const InstrId definition = function_.values[object].definition;
        return source.unboxed.valid() && function_.values[source.unboxed].type == hir::kInt64 && definition.valid() &&
               function_.instrs[definition].opcode == Opcode::BoxInt && numbers.isKeptFromOthers(object, end);
    }

    void returnNumber(InstrId id, const NumberSource& source) {
        const ValueId object = hir::PassBack(function_, id).value();
        hir::Builder builder(function_);
        builder.setInsertBefore(id);
        builder.setBytecode(function_.instrs[id].bytecode);
        const ValueId number = source.constant != nullptr ? builder.constInt(source.constant->integer) : source.unboxed;
        const bool isKnown = function_.values[object].type.isSubtypeOf(hir::kPlainData);
        builder.decRef(isKnown ? object : builder.assumeType(object, hir::kLongExact));
        builder.passBackInt(number);
        function_.remove(id);
    }

    Function& function_;
    const CodeFacts& facts_;
    std::vector<InstrId> passed_;
    std::vector<InstrId> calls_;
    std::vector<InstrId> ends_;
};

}  // namespace

std::optional<std::string> makeSelfBody(Function& function, bool returnsNumber, SelfFact& self, PassContext& context) {
    runPasses(kAtFirst, function, context);
    const uint32_t localCount = function.localCount;
    const uint32_t units = context.facts.unitCount;
    if (!makeCallable(function, context.facts.argumentCount)) {
        return "it has a loop";
    }
    context.facts.unitCount = units + 1;  // one that stands for whoever calls
    runPasses(kBefore, function, context);
    if (std::optional<std::string> operation = makeQuiet(function, self.callee)) {
        return operation;
    }
    // All of it is inlined code, of a call that is nowhere.
    function.inlined.insert(function.inlined.begin(), {0, units, units, 0, localCount, self.callee, {}, 0});
    self.names = OwnNames(function, self.callee).run();
    lookOnce(function);
    runPass(PassId::simplify, function, context);
    runPass(PassId::eliminate_dead_code, function, context);
    CopyRenewal(function).run();
    NumberPassing numbers(function, context.facts);
    self.passesNumbers = numbers.passArguments(context.facts.argumentCount);
    self.returnsNumber = returnsNumber;
    runPasses(kUnboxing, function, context);
    if (returnsNumber && !NumberPassing(function, context.facts).passResults()) {
        return "it returns more than ints";
    }
    runPasses(kBehind, function, context);
    return std::nullopt;
}

}  // namespace pyjion::passes
