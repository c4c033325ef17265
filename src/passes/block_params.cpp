// SPDX-License-Identifier: MIT
#include "passes/block_params.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "analysis/uses.h"
#include "base/check.h"
#include "hir/generated/opcode.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Target;
using hir::ValueId;

EdgeTable incomingEdges(const Function& function) {
    EdgeTable edges(function.blocks.size());
    for (BlockId block : function.reversePostorder()) {
        InstrId terminator = function.terminator(block);
        const std::vector<Target>& targets = function.instrs[terminator].targets;
        for (uint32_t i = 0; i < targets.size(); ++i) {
            edges[targets[i].block.index()].push_back({block, terminator, i});
        }
    }
    return edges;
}

Target& targetOf(Function& function, const Edge& edge) {
    return function.instrs[edge.terminator].targets[edge.target];
}

const Target& targetOf(const Function& function, const Edge& edge) {
    return function.instrs[edge.terminator].targets[edge.target];
}

bool passesAsTheyAre(const Function& function, BlockId block, const std::vector<ValueId>& arguments) {
    const std::vector<ValueId>& params = function.blocks[block].params;
    return std::equal(params.begin(), params.end(), arguments.begin(), [&function](ValueId param, ValueId argument) {
        return function.values[param].ownership == function.values[argument].ownership;
    });
}

void removeParams(Function& function, const std::vector<bool>& dead) {
    auto isDead = [&](ValueId param) { return param.index() < dead.size() && dead[param.index()]; };
    auto keepLive = [&](const std::vector<ValueId>& params, std::vector<ValueId>& list) {
        PYJION_CHECK(params.size() == list.size(), "{} arguments for {} parameters", list.size(), params.size());
        size_t kept = 0;
        for (size_t i = 0; i < params.size(); ++i) {
            if (!isDead(params[i])) {
                list[kept++] = list[i];
            }
        }
        list.resize(kept);
    };
    for (hir::Block& block : function.blocks) {
        if (block.instrs.empty()) {
            continue;
        }
        for (Target& target : function.instrs[block.instrs.back()].targets) {
            keepLive(function.blocks[target.block].params, target.arguments);
        }
    }
    for (hir::Block& block : function.blocks) {
        std::vector<ValueId> params = block.params;
        keepLive(params, block.params);
    }
}

namespace {

/// Passing an owned value on consumes it, so that an owned parameter can only go where all ways in pass one reference,
/// which goes on being held instead. (Loops keep theirs: passes know iterators by them.)
bool mayGo(const Function& function, const std::vector<Edge>& incoming, size_t index, ValueId param, ValueId only,
           const ValueMap& map) {
    return function.values[param].ownership != hir::Ownership::Owned ||
           (function.values[only].ownership == hir::Ownership::Owned &&
            std::all_of(incoming.begin(), incoming.end(), [&](const Edge& edge) {
                return map.resolve(targetOf(function, edge).arguments[index]) == only;
            }));
}

/// The one value that a parameter receives besides itself; invalid when there are several.
ValueId onlyInput(const Function& function, const std::vector<Edge>& edges, size_t index, ValueId param,
                  const ValueMap& map) {
    ValueId only;
    for (const Edge& edge : edges) {
        ValueId argument = map.resolve(targetOf(function, edge).arguments[index]);
        if (argument == param || argument == only) {
            continue;
        }
        if (only.valid()) {
            return {};
        }
        only = argument;
    }
    return only;
}

/// The values that snapshots name, by value.
std::vector<bool> listedValues(const Function& function) {
    analysis::UseCounts uses(function);
    std::vector<bool> listed(function.values.size());
    for (size_t i = 0; i < listed.size(); ++i) {
        listed[i] = uses.bySnapshots[i] != 0;
    }
    return listed;
}

/// An exit that names a borrowed value takes a reference of its own, and must not come to name an owned one.
bool canStandFor(const Function& function, ValueId param, ValueId other, const std::vector<bool>& listed) {
    bool owned = function.values[param].ownership == hir::Ownership::Owned;
    return owned || function.values[other].ownership != hir::Ownership::Owned || !listed[param.index()];
}

/// Replaces parameters with one input, until there are none; true when something was replaced.
bool replaceSingleInputs(const Function& function, const EdgeTable& edges, const std::vector<BlockId>& order,
                         std::vector<bool>& listed, ValueMap& map) {
    bool changed = false;
    for (bool again = true; again;) {
        again = false;
        for (BlockId block : order) {
            const std::vector<ValueId>& params = function.blocks[block].params;
            for (size_t i = 0; i < params.size(); ++i) {
                if (map.contains(params[i])) {
                    continue;
                }
                const ValueId only = onlyInput(function, edges[block.index()], i, params[i], map);
                if (!only.valid() || !mayGo(function, edges[block.index()], i, params[i], only, map)) {
                    continue;
                }
                if (canStandFor(function, params[i], only, listed)) {
                    map.replace(params[i], only);
                    listed[only.index()] = listed[only.index()] || listed[params[i].index()];
                    again = changed = true;
                }
            }
        }
    }
    return changed;
}

/// Finds parameters of a block that receive equal values on every edge. Optimistic: starts with all parameters of a
/// block and type in one class, and splits classes until the arguments of all members are in equal classes.
class Congruence {
  public:
    Congruence(const Function& function, const EdgeTable& edges, const std::vector<BlockId>& order,
               std::vector<bool>& listed, ValueMap& map)
        : function_(function), edges_(edges), listed_(listed), map_(map) {
        for (BlockId block : order) {
            const std::vector<ValueId>& params = function_.blocks[block].params;
            for (size_t i = 0; i < params.size(); ++i) {
                bool owned = function_.values[params[i]].ownership == hir::Ownership::Owned;
                if (!owned && !map_.contains(params[i])) {
                    members_.push_back({params[i], block, i});
                }
            }
        }
    }

    bool run() {
        split([&](const Member& member) {
            const hir::Value& value = function_.values[member.param];
            return Key{member.block.index(), value.type.bits(), static_cast<uint32_t>(value.ownership)};
        });
        for (size_t before = 0; before != classCount_;) {
            before = classCount_;
            split([&](const Member& member) { return keyOf(member); });
        }
        return merge();
    }

  private:
    using Key = std::vector<uint32_t>;
    struct Member {
        ValueId param;
        BlockId block;
        size_t index;
    };

    Key keyOf(const Member& member) const {
        Key key{classes_.at(member.param)};
        for (const Edge& edge : edges_[member.block.index()]) {
            ValueId argument = map_.resolve(targetOf(function_, edge).arguments[member.index]);
            auto found = classes_.find(argument);
            bool isMember = found != classes_.end();
            key.push_back(isMember ? 1 : 0);
            key.push_back(isMember ? found->second : numberOf(argument));
        }
        return key;
    }

    /// A number for a value that is no member; equal constants have the same.
    uint32_t numberOf(ValueId value) const {
        hir::InstrId definition = function_.values[value].definition;
        if (!definition.valid()) {
            return value.index();
        }
        const hir::Instr& instr = function_.instrs[definition];
        bool isConstant = instr.opcode == hir::Opcode::ConstInt || instr.opcode == hir::Opcode::ConstDouble ||
                          instr.opcode == hir::Opcode::ConstBool;
        if (!isConstant) {
            return value.index();
        }
        std::pair constant{static_cast<uint32_t>(instr.opcode), instr.immediates[0].integer};
        return constants_.try_emplace(constant, value.index()).first->second;
    }

    template <typename KeyOf>
    void split(KeyOf keyOfMember) {
        std::map<Key, uint32_t> numbers;
        std::unordered_map<ValueId, uint32_t> next;
        for (const Member& member : members_) {
            auto number = numbers.try_emplace(keyOfMember(member), static_cast<uint32_t>(numbers.size())).first;
            next[member.param] = number->second;
        }
        classes_ = std::move(next);
        classCount_ = numbers.size();
    }

    bool merge() {
        std::unordered_map<uint32_t, ValueId> first;
        bool changed = false;
        for (const Member& member : members_) {
            auto [entry, isFirst] = first.try_emplace(classes_.at(member.param), member.param);
            if (!isFirst) {
                map_.replace(member.param, entry->second);
                listed_[entry->second.index()] = listed_[entry->second.index()] || listed_[member.param.index()];
                changed = true;
            }
        }
        return changed;
    }

    const Function& function_;
    const EdgeTable& edges_;
    std::vector<bool>& listed_;
    ValueMap& map_;
    std::vector<Member> members_;
    std::unordered_map<ValueId, uint32_t> classes_;
    mutable std::map<std::pair<uint32_t, int64_t>, uint32_t> constants_;  // the first value of each
    size_t classCount_ = 0;
};

}  // namespace

bool removeRedundantParams(Function& function) {
    EdgeTable edges = incomingEdges(function);
    std::vector<BlockId> order = function.reversePostorder();
    ValueMap map(function);
    std::vector<bool> listed = listedValues(function);
    do {
        replaceSingleInputs(function, edges, order, listed, map);
    } while (Congruence(function, edges, order, listed, map).run());
    if (map.empty()) {
        return false;
    }
    std::vector<bool> dead(function.values.size());
    for (uint32_t i = 0; i < dead.size(); ++i) {
        dead[i] = map.contains(ValueId(i));
    }
    removeParams(function, dead);
    map.apply(function);
    return true;
}

}  // namespace pyjion::passes
