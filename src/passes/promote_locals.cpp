// SPDX-License-Identifier: MIT
// Keeps local variables in SSA values. Input: functions whose locals are read with LoadLocal and written with
// StoreLocal. Output: every read that the function reaches takes its value from an EntryLocal, a stored value or a
// block parameter, as a CopyLocal of it. Stores stay where they are: the frame is right at every point, snapshots need
// not change, and the slot is what keeps the object alive for the borrowed values that stand for it here.
#include <optional>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/block_params.h"
#include "passes/bound_guards.h"
#include "passes/changed_locals.h"
#include "passes/pass.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::Type;
using hir::ValueId;

namespace {

class Promotion {
  public:
    Promotion(Function& function, PassContext& context)
        : function_(function),
          context_(context),
          builder_(function),
          edges_(incomingEdges(function)),
          order_(function.reversePostorder()),
          map_(function) {}

    Changed run() {
        if (!edges_[function_.entry.index()].empty() || !choose()) {
            return Changed::kNo;
        }
        findLive();
        addParams();
        for (BlockId block : order_) {
            rename(block);
        }
        passArguments();
        map_.apply(function_);
        tidySlotValues(function_);
        return Changed::kYes;
    }

  private:
    using Locals = std::vector<bool>;  // by local
    using Values = std::vector<ValueId>;

    static bool readsLocal(Opcode opcode) { return opcode == Opcode::LoadLocal || opcode == Opcode::PeekLocal; }

    uint32_t localOf(InstrId id) const { return static_cast<uint32_t>(function_.instrs[id].immediates[0].integer); }

    /// The locals that are read, that only StoreLocal writes, and for which there is fuel.
    bool choose() {
        Locals read(function_.localCount);
        for (BlockId block : order_) {
            for (InstrId id : function_.blocks[block].instrs) {
                if (readsLocal(function_.instrs[id].opcode)) {
                    read[localOf(id)] = true;
                }
            }
        }
        Locals changed = changedLocals(function_, order_);
        promoted_.resize(function_.localCount);
        bool any = false;
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            promoted_[local] = read[local] && !changed[local] && context_.fuel.take();
            any = any || promoted_[local];
        }
        return any;
    }

    /// A local is live where it may be read before it is stored again; only there does it need parameters.
    void findLive() {
        liveAtStart_.assign(function_.blocks.size(), Locals(function_.localCount));
        for (bool changed = true; changed;) {
            changed = false;
            for (auto block = order_.rbegin(); block != order_.rend(); ++block) {
                Locals live = liveBefore(*block);
                if (live != liveAtStart_[block->index()]) {
                    liveAtStart_[block->index()] = std::move(live);
                    changed = true;
                }
            }
        }
    }

    Locals liveBefore(BlockId block) const {
        Locals live(function_.localCount);
        for (BlockId successor : function_.successors(block)) {
            const Locals& after = liveAtStart_[successor.index()];
            for (uint32_t local = 0; local < function_.localCount; ++local) {
                live[local] = live[local] || after[local];
            }
        }
        const std::vector<InstrId>& instrs = function_.blocks[block].instrs;
        for (auto id = instrs.rbegin(); id != instrs.rend(); ++id) {
            Opcode opcode = function_.instrs[*id].opcode;
            if (readsLocal(opcode)) {
                live[localOf(*id)] = promoted_[localOf(*id)];
            } else if (opcode == Opcode::StoreLocal) {
                live[localOf(*id)] = false;
            }
        }
        return live;
    }

    void addParams() {
        params_.assign(function_.blocks.size(), Values(function_.localCount));
        for (BlockId block : order_) {
            if (edges_[block.index()].size() < 2) {
                continue;
            }
            for (uint32_t local = 0; local < function_.localCount; ++local) {
                if (liveAtStart_[block.index()][local]) {
                    params_[block.index()][local] =
                        function_.addParam(block, hir::kObject | hir::kNull, hir::Ownership::Borrowed);
                }
            }
        }
    }

    Type seenAtEntry(uint32_t local) const {
        return local < function_.entryTypes.size() ? function_.entryTypes[local] : hir::kBottom;
    }

    /// At the start of a function the arguments are bound and the other locals are not.
    Type typeAtEntry(uint32_t local) const {
        if (function_.entryBytecode != 0) {
            return hir::kObject | hir::kNull;
        }
        return local < context_.facts.argumentCount ? hir::kObject : hir::kNull;
    }

    Values valuesAtEntry() {
        Values values(function_.localCount);
        for (InstrId id : function_.blocks[function_.entry].instrs) {
            if (function_.instrs[id].opcode == Opcode::EntryLocal) {
                values[localOf(id)] = function_.instrs[id].result;
            }
        }
        InstrId first = function_.blocks[function_.entry].instrs.front();
        builder_.setInsertBefore(first);
        builder_.setBytecode(function_.entryBytecode);
        for (uint32_t local = 0; local < function_.localCount; ++local) {
            if (liveAtStart_[function_.entry.index()][local] && !values[local].valid()) {
                values[local] = builder_.entryLocal(local, seenAtEntry(local));
            }
            if (values[local].valid()) {
                Type& type = function_.values[values[local]].type;
                type = type & typeAtEntry(local);
            }
        }
        return values;
    }

    /// A block with one way in starts with what its predecessor, which comes earlier in the order, ended with.
    Values valuesAtStart(BlockId block) {
        if (block == function_.entry) {
            return valuesAtEntry();
        }
        const std::vector<Edge>& incoming = edges_[block.index()];
        return incoming.size() == 1 ? valuesAtEnd_[incoming[0].from.index()] : params_[block.index()];
    }

    void rename(BlockId block) {
        valuesAtEnd_.resize(function_.blocks.size());
        Values values = valuesAtStart(block);
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        builder_.setBlock(block);
        for (InstrId id : instrs) {
            const hir::Instr& instr = function_.instrs[id];
            if (readsLocal(instr.opcode) && promoted_[localOf(id)]) {
                replaceLoad(id, values[localOf(id)]);
                continue;
            }
            if (instr.opcode == Opcode::StoreLocal) {
                values[localOf(id)] = instr.operands[0];
            }
            function_.append(block, id);
        }
        valuesAtEnd_[block.index()] = std::move(values);
    }

    void replaceLoad(InstrId id, ValueId& value) {
        hir::Instr load = function_.instrs[id];
        function_.instrs[id].block = {};
        builder_.setBytecode(load.bytecode);
        value = map_.resolve(value);
        if (function_.values[value].type.mayBe(hir::kNull)) {
            value = builder_.guardBound(value, load.snapshot);
            Type& type = function_.values[value].type;
            type = type.isBottom() ? hir::kObject : type;  // unbound for certain: the guard always leaves
        }
        map_.replace(load.result, load.opcode == Opcode::PeekLocal ? value : builder_.copyLocal(value, localOf(id)));
    }

    void passArguments() {
        for (BlockId block : order_) {
            for (uint32_t local = 0; local < function_.localCount; ++local) {
                if (!params_[block.index()][local].valid()) {
                    continue;
                }
                for (const Edge& edge : edges_[block.index()]) {
                    ValueId value = valuesAtEnd_[edge.from.index()][local];
                    targetOf(function_, edge).arguments.push_back(value);
                }
            }
        }
    }

    Function& function_;
    PassContext& context_;
    hir::Builder builder_;
    EdgeTable edges_;
    std::vector<BlockId> order_;
    ValueMap map_;
    Locals promoted_;
    std::vector<Locals> liveAtStart_;  // by block
    std::vector<Values> params_;       // by block and local
    std::vector<Values> valuesAtEnd_;  // by block and local
};

}  // namespace

Changed promote_locals(Function& function, PassContext& context) {
    return Promotion(function, context).run();
}

}  // namespace pyjion::passes
