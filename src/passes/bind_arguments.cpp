// SPDX-License-Identifier: MIT
// Calls that name arguments, or leave some to defaults, get all of them by position. Input: calls of functions, methods
// and classes whose signatures are known. Output: behind a guard that the signature is still that one, CallFunction
// with just the arguments that its code takes, or with those of __init__ behind the instance.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/passed_arguments.h"
#include "hir/constants.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/before_state.h"
#include "passes/known_calls.h"
#include "passes/narrow_types.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// A call as it lies on the value stack.
struct Arguments {
    ValueId callable;
    bool isMethod = false;       // which `given` begins with the instance of
    std::vector<ValueId> given;  // the last of them named
    std::vector<std::string> names;

    size_t positional() const { return given.size() - names.size(); }
};

/// For each parameter behind `first`, the given argument that it gets, or nothing for its default. Nothing at all when
/// the call is none of the signature's. (CPython's initialize_locals, for functions with positional parameters only.)
std::optional<std::vector<std::optional<size_t>>> placesOf(const Arguments& call, const Signature& signature,
                                                           size_t first) {
    const size_t parameters = signature.parameters.size();
    if (first + call.positional() > parameters) {
        return std::nullopt;
    }
    std::vector<std::optional<size_t>> places(parameters - first);
    for (size_t i = 0; i < call.positional(); ++i) {
        places[i] = i;
    }
    for (size_t i = 0; i < call.names.size(); ++i) {
        const auto begin = signature.parameters.begin() + signature.positionalOnly;
        const auto found = std::find(begin, signature.parameters.end(), call.names[i]);
        const auto parameter = static_cast<size_t>(found - signature.parameters.begin());
        if (parameter == parameters || parameter < first || places[parameter - first]) {
            return std::nullopt;
        }
        places[parameter - first] = call.positional() + i;
    }
    const size_t withoutDefault = parameters - signature.defaults.size();
    for (size_t parameter = first; parameter < withoutDefault; ++parameter) {
        if (!places[parameter - first]) {
            return std::nullopt;
        }
    }
    return places;
}

class Binding {
  public:
    Binding(Function& function, PassContext& context)
        : function_(function), context_(context), builder_(function), map_(function), state_(function) {}

    Changed run() {
        for (BlockId block : function_.reversePostorder()) {
            state_.enterBlock();
            const std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
            function_.blocks[block].instrs.clear();
            builder_.setBlock(block);
            for (InstrId id : instrs) {
                map_.apply(function_, id);
                if (!bind(id)) {
                    function_.append(block, id);
                    state_.pass(id);
                }
            }
        }
        if (map_.empty()) {
            return Changed::kNo;
        }
        map_.apply(function_);
        narrowTypes(function_);
        return Changed::kYes;
    }

  private:
    bool bind(InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        const std::optional<Arguments> call = argumentsOf(id);
        const SnapshotId exit = !call                 ? SnapshotId()
                                : call->names.empty() ? state_.before(instr)
                                                      : state_.beforeNames(instr);
        if (!exit.valid() || context_.facts.notInlined.contains(function_.ownUnit(unitOf(exit)))) {
            return false;
        }
        builder_.setBytecode(instr.bytecode);
        const std::optional<ValueId> result = bindFunction(instr, *call, exit);
        const std::optional<ValueId> bound = result ? result : bindClass(instr, *call, exit);
        if (!bound) {
            return false;
        }
        function_.instrs[id].block = {};
        map_.replace(instr.result, *bound);
        return true;
    }

    uint32_t unitOf(SnapshotId exit) const { return function_.instrs[function_.snapshots[exit].owner].bytecode; }

    std::optional<Arguments> argumentsOf(InstrId id) const {
        const hir::Instr& instr = function_.instrs[id];
        const bool isNamed =
            instr.opcode == Opcode::Operate && hir::Operate(function_, id).operation() == hir::Operation::CallWithNames;
        if (instr.opcode != Opcode::Call && !isNamed) {
            return std::nullopt;
        }
        const hir::Type first = function_.values[instr.operands[0]].type;
        Arguments call;
        call.isMethod = !first.mayBe(hir::kNull);
        // What needs another slot of the value stack to be called would have none.
        if (call.isMethod ? !first.isSubtypeOf(hir::kFunctionExact) : first != hir::kNull) {
            return std::nullopt;
        }
        call.callable = instr.operands[call.isMethod ? 0 : 1];
        call.given.assign(instr.operands.begin() + (call.isMethod ? 1 : 2), instr.operands.end());
        if (isNamed) {
            const uint32_t constant = hir::Operate(function_, id).argument();
            if (constant >= context_.facts.constants.size() || context_.facts.constants[constant].names.empty()) {
                return std::nullopt;
            }
            call.names = context_.facts.constants[constant].names;
        }
        return call;
    }

    std::optional<ValueId> bindFunction(const hir::Instr& instr, const Arguments& call, SnapshotId exit) {
        const CalleeFact* callee = calleeBehind(function_, context_.facts, call.callable);
        if (callee == nullptr || callee->signature == nullptr ||
            (call.names.empty() && call.given.size() == callee->argumentCount)) {
            return std::nullopt;
        }
        const auto places = placesOf(call, *callee->signature, 0);
        if (!places || places->size() > base::kMostPassed || !context_.fuel.take()) {
            return std::nullopt;
        }
        guard(call.callable, callee->callee, *callee->signature, *places, exit);
        std::vector<ValueId> arguments = bound(call, *callee->signature, *places);
        return callKnown(builder_, state_, context_.facts, call.callable, *callee, std::move(arguments), hir::kBottom,
                         instr.snapshot);
    }

    std::optional<ValueId> bindClass(const hir::Instr& instr, const Arguments& call, SnapshotId exit) {
        const ClassFact* made = call.isMethod ? nullptr : classBehind(function_, context_.facts, call.callable);
        if (made == nullptr || made->signature == nullptr ||
            (call.names.empty() && call.given.size() + 1 == made->argumentCount)) {
            return std::nullopt;
        }
        const auto places = placesOf(call, *made->signature, 1);
        if (!places || places->size() > base::kMostPassed || !context_.fuel.take()) {
            return std::nullopt;
        }
        builder_.guardClass(call.callable, made->version, exit);
        guard(builder_.peekFound(made->object, hir::kFunctionExact), made->callee, *made->signature, *places, exit);
        std::vector<ValueId> arguments = bound(call, *made->signature, *places);
        const ValueId result = builder_.callFunction(call.callable, std::move(arguments), made->callee, instr.snapshot);
        state_.pass(builder_.last());
        return result;
    }

    void guard(ValueId function, uint32_t callee, const Signature& signature,
               const std::vector<std::optional<size_t>>& places, SnapshotId exit) {
        const bool usesDefaults = std::find(places.begin(), places.end(), std::nullopt) != places.end();
        builder_.guardSignature(function, callee, usesDefaults ? signature.defaultsObject : hir::kNoPlace, exit);
    }

    std::vector<ValueId> bound(const Arguments& call, const Signature& signature,
                               const std::vector<std::optional<size_t>>& places) {
        std::vector<ValueId> arguments;
        for (size_t i = 0; i < places.size(); ++i) {
            if (places[i]) {
                arguments.push_back(call.given[*places[i]]);
                continue;
            }
            const Signature::Default& found = signature.defaults[signature.defaults.size() - (places.size() - i)];
            arguments.push_back(builder_.loadFound(found.object, found.type));
        }
        return arguments;
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    ValueMap map_;
    BeforeState state_;
};

}  // namespace

Changed bind_arguments(Function& function, PassContext& context) {
    return Binding(function, context).run();
}

}  // namespace pyjion::passes
