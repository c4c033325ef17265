// SPDX-License-Identifier: MIT
// Stores the number that a conditional expression gives on the paths where it is computed. Input: a block whose owned
// parameter gets a number on some edge and is stored to a local first of all. Output: the store on every edge into the
// block, where it is known whose object the number is; `d = -d if d < 0 else d` stores nothing on its second path.
// Behind the join all numbers would have to be objects, since each may be another local's.
#include <algorithm>
#include <optional>
#include <vector>

#include "analysis/uses.h"
#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "passes/block_params.h"
#include "passes/edge_state.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::Ownership;
using hir::SnapshotId;
using hir::ValueId;

namespace {

/// More ways into a block are no conditional expression; each gets a copy of the store.
constexpr size_t kMaxEdges = 4;

/// A store of a parameter, with nothing in front of it.
struct JoinedStore {
    BlockId block;
    size_t param = 0;
    InstrId store;
    std::vector<InstrId> head;  // the snapshots in front, the store, the snapshot behind
};

class StoreHoisting {
  public:
    StoreHoisting(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          edges_(incomingEdges(function)),
          users_(analysis::usersOf(function)) {}

    Changed run() {
        Changed changed = Changed::kNo;
        for (BlockId block : function_.reversePostorder()) {
            std::optional<JoinedStore> joined = find(block);
            if (joined && context_.fuel.take()) {
                hoist(*joined);
                changed = Changed::kYes;
            }
        }
        return changed;
    }

  private:
    std::optional<JoinedStore> find(BlockId block) const {
        JoinedStore joined{block, 0, {}, {}};
        for (InstrId id : function_.blocks[block].instrs) {
            joined.head.push_back(id);
            bool isSnapshot = function_.instrs[id].opcode == Opcode::Snapshot;
            if (joined.store.valid()) {
                return isSnapshot && fits(joined) ? std::optional(joined) : std::nullopt;
            }
            if (function_.instrs[id].opcode == Opcode::StoreLocal) {
                const std::vector<ValueId>& params = function_.blocks[block].params;
                auto param = std::find(params.begin(), params.end(), function_.instrs[id].operands[0]);
                // A global name's value is read anew where somebody may have bound it: no edge can say what it is.
                if (param == params.end() || function_.isName(hir::StoreLocal(function_, id).local())) {
                    return std::nullopt;
                }
                joined.store = id;
                joined.param = static_cast<size_t>(param - params.begin());
            } else if (!isSnapshot || function_.snapshots[function_.instrs[id].snapshot].parent.valid()) {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }

    /// A number arrives on some edge, what reads the local copies it, and no edge belongs to a branch.
    bool fits(const JoinedStore& joined) const {
        const std::vector<Edge>& edges = edges_[joined.block.index()];
        ValueId param = function_.blocks[joined.block].params[joined.param];
        bool isNumber = std::any_of(edges.begin(), edges.end(), [&](const Edge& edge) {
            ValueId argument = targetOf(function_, edge).arguments[joined.param];
            return numberKindOf(function_.values[argument].type) != nullptr;
        });
        if (!isNumber || edges.size() < 2 || edges.size() > kMaxEdges) {
            return false;
        }
        bool onlyStored = std::all_of(users_[param.index()].begin(), users_[param.index()].end(), [&](InstrId user) {
            return user == joined.store || !hir::info(function_.instrs[user].opcode).terminator;
        });
        return onlyStored && std::all_of(edges.begin(), edges.end(), [&](const Edge& edge) {
                   const hir::Instr& terminator = function_.instrs[edge.terminator];
                   const std::vector<ValueId>& arguments = targetOf(function_, edge).arguments;
                   return terminator.targets.size() == 1 && arguments[joined.param] != param;
               });
    }

    /// Turn this: Jump block3(v0, v7)            (v7 is a copy of local 1)
    ///            block3(v1, v2: own LongExact):
    ///              s0 = Snapshot @5 stack(v1)
    ///              StoreLocal v2, local 4, exit s0
    ///              s1 = Snapshot @6 stack(v1)
    /// Into this:   s2 = Snapshot @5 stack(v0)
    ///              StoreLocal v7, local 4, exit s2
    ///              s3 = Snapshot @6 stack(v0)
    ///              Jump block3(v0, v7)
    ///            block3(v1, v2: borrow LongExact):
    ///              s1 = Snapshot @6 stack(v1)
    void hoist(const JoinedStore& joined) {
        for (const Edge& edge : edges_[joined.block.index()]) {
            storeOnEdge(joined, edge);
        }
        function_.values[function_.blocks[joined.block].params[joined.param]].ownership = Ownership::Borrowed;
        for (size_t i = 0; i + 1 < joined.head.size(); ++i) {
            function_.remove(joined.head[i]);
        }
    }

    void storeOnEdge(const JoinedStore& joined, const Edge& edge) {
        builder_.setInsertBefore(edge.terminator);
        const uint32_t local = hir::StoreLocal(function_, joined.store).local();
        SnapshotId latest;
        for (InstrId id : joined.head) {
            builder_.setBytecode(function_.instrs[id].bytecode);
            if (id != joined.store) {
                latest = copyStateOnEdge(function_, builder_, edge, function_.instrs[id].snapshot);
                continue;
            }
            ValueId& argument = targetOf(function_, edge).arguments[joined.param];
            ValueId value = argument;
            if (std::optional<ValueId> same = copiedFrom(value, local, edge)) {
                argument = *same;
                builder_.decRef(value, latest);
            } else {
                builder_.storeLocal(value, local, latest);
            }
        }
    }

    /// What is in the local already, when the value is a copy of it.
    std::optional<ValueId> copiedFrom(ValueId value, uint32_t local, const Edge& edge) const {
        InstrId copy = function_.values[value].definition;
        bool isCopy = copy.valid() && function_.instrs[copy].opcode == Opcode::CopyLocal &&
                      hir::CopyLocal(function_, copy).local() == local;
        bool isSame = isCopy && !isStoredBetween(function_, copy, edge.terminator, local);
        return isSame ? std::optional(function_.instrs[copy].operands[0]) : std::nullopt;
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<std::vector<InstrId>> users_;
};

}  // namespace

Changed hoist_stores(Function& function, PassContext& context) {
    return StoreHoisting(function, context).run();
}

}  // namespace pyjion::passes
