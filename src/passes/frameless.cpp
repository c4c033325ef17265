// SPDX-License-Identifier: MIT
#include "passes/frameless.h"

#include <algorithm>
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/block_params.h"
#include "passes/value_map.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::SnapshotId;
using hir::ValueId;

namespace {

class FrameRemoval {
  public:
    FrameRemoval(Function& function, uint32_t argumentCount, bool isCalled)
        : function_(function),
          builder_(function),
          map_(function),
          edges_(incomingEdges(function)),
          argumentCount_(argumentCount),
          isCalled_(isCalled) {}

    bool run() {
        const std::vector<BlockId> order = function_.reversePostorder();
        atEnd_.resize(function_.blocks.size());
        done_.resize(function_.blocks.size());
        for (BlockId block : order) {
            if (!rewrite(block)) {
                return false;
            }
            done_[block.index()] = true;
        }
        map_.apply(function_);
        function_.stackSize += 1 + function_.localCount;
        function_.localCount = 0;
        return true;
    }

  private:
    using Frame = std::vector<ValueId>;  // the function, and its locals

    bool rewrite(BlockId block) {
        std::vector<InstrId> instrs = std::move(function_.blocks[block].instrs);
        function_.blocks[block].instrs.clear();
        builder_.setBlock(block);
        if (!enter(block)) {
            return false;
        }
        before_ = {};
        for (InstrId id : instrs) {
            map_.apply(function_, id);
            builder_.setBytecode(function_.instrs[id].bytecode);
            if (!visit(block, id)) {
                return false;
            }
        }
        atEnd_[block.index()] = frame_;
        return true;
    }

    bool enter(BlockId block) {
        if (block == function_.entry) {
            frame_.clear();
            for (uint32_t slot = 0; slot <= function_.localCount; ++slot) {
                frame_.push_back(slot <= argumentCount_ ? atEntry(slot) : builder_.null());
            }
            return edges_[block.index()].empty();
        }
        const std::vector<Edge>& incoming = edges_[block.index()];
        if (std::any_of(incoming.begin(), incoming.end(),
                        [&](const Edge& edge) { return !done_[edge.from.index()]; })) {
            return false;  // a loop
        }
        frame_ = atEnd_[incoming.front().from.index()];
        for (size_t slot = 0; slot < frame_.size(); ++slot) {
            join(block, slot);
        }
        return true;
    }

    /// The function (slot 0) or an argument.
    ValueId atEntry(uint32_t slot) {
        if (isCalled_) {
            return slot == 0 ? builder_.ownFunction() : builder_.passedObject(slot - 1);
        }
        const ValueId value = builder_.entryStack(slot, hir::kBottom);
        function_.values[value].type = hir::kObject;
        return value;
    }

    /// A slot that has other values on other ways into the block.
    void join(BlockId block, size_t slot) {
        const std::vector<Edge>& incoming = edges_[block.index()];
        hir::Type type = hir::kBottom;
        bool differs = false;
        for (const Edge& edge : incoming) {
            const ValueId value = atEnd_[edge.from.index()][slot];
            type = type | function_.values[value].type;
            differs = differs || value != frame_[slot];
        }
        if (!differs) {
            return;
        }
        for (const Edge& edge : incoming) {
            targetOf(function_, edge).arguments.push_back(atEnd_[edge.from.index()][slot]);
        }
        frame_[slot] = function_.addParam(block, type, hir::Ownership::Owned);
    }

    bool visit(BlockId block, InstrId id) {
        const hir::Instr instr = function_.instrs[id];
        switch (instr.opcode) {
            case Opcode::Snapshot:
                listFrame(instr.snapshot);
                function_.append(block, id);
                return true;
            case Opcode::CheckPending:
                break;  // at the start: what is short need not look
            case Opcode::LoadLocal:
                load(id);
                break;
            case Opcode::StoreLocal:
                store(id);
                break;
            case Opcode::Return:
                end(id);
                break;
            case Opcode::TakeStack:
                // Its slot is above what snapshots list now. (What is left of these stands against the body.)
                function_.instrs[id].immediates[0].integer += static_cast<int64_t>(frame_.size());
                function_.append(block, id);
                return true;
            case Opcode::LoadBoundLocal:
            case Opcode::ChangeLocal:
            case Opcode::ReturnGenerator:
                return false;
            default:
                function_.append(block, id);
                return true;
        }
        function_.instrs[id].block = {};
        return true;
    }

    void listFrame(SnapshotId id) {
        hir::Snapshot& state = function_.snapshots[id];
        state.locals.clear();
        state.stack.insert(state.stack.begin(), frame_.begin(), frame_.end());
        const uint32_t bytecode = function_.instrs[state.owner].bytecode;
        if (!before_.valid() || function_.instrs[function_.snapshots[before_].owner].bytecode != bytecode) {
            before_ = id;
        }
    }

    void load(InstrId id) {
        const hir::LoadLocal instr(function_, id);
        ValueId value = frame_[instr.local() + 1];
        if (function_.values[value].type.mayBe(hir::kNull)) {
            value = builder_.guardBound(value, before_);
            hir::Type& type = function_.values[value].type;
            type = type.isBottom() ? hir::kObject : type;  // unbound for certain: the guard always leaves
        }
        map_.replace(instr.result(), builder_.incRef(value));
    }

    void store(InstrId id) {
        const hir::StoreLocal instr(function_, id);
        ValueId& slot = frame_[instr.local() + 1];
        if (function_.values[slot].type != hir::kNull) {
            builder_.guardQuietEnd(slot, {}, 1, before_);
            builder_.releaseQuietly(slot);
        }
        slot = instr.value();
    }

    void end(InstrId id) {
        const ValueId value = hir::Return(function_, id).value();
        for (const bool releases : {false, true}) {
            // The function goes last, as _PyFrame_Clear does it.
            for (size_t slot = 1; slot <= frame_.size(); ++slot) {
                const ValueId held = frame_[slot % frame_.size()];
                const hir::Value& value = function_.values[held];
                if (value.type == hir::kNull || value.ownership != hir::Ownership::Owned) {
                    continue;  // the frame of who called first holds the function
                }
                if (releases) {
                    builder_.releaseQuietly(held);
                } else {
                    builder_.guardQuietEnd(held, heldBeside(slot % frame_.size()), 1, before_);
                }
            }
        }
        if (isCalled_) {
            builder_.passBack(value);
        } else {
            builder_.inlinedReturn(value);
        }
    }

    /// What else the frame holds: two locals may hold the same object.
    std::vector<ValueId> heldBeside(size_t slot) const {
        std::vector<ValueId> others;
        for (size_t other = 0; other < frame_.size(); ++other) {
            if (other != slot && function_.values[frame_[other]].type != hir::kNull) {
                others.push_back(frame_[other]);
            }
        }
        return others;
    }

    Function& function_;
    hir::Builder builder_;
    ValueMap map_;
    EdgeTable edges_;
    const uint32_t argumentCount_;
    const bool isCalled_;
    Frame frame_;               // where the walk is
    std::vector<Frame> atEnd_;  // by block
    std::vector<bool> done_;    // by block
    SnapshotId before_;         // the first one of the bytecode in work
};

}  // namespace

bool makeFrameless(Function& function, uint32_t argumentCount) {
    return FrameRemoval(function, argumentCount, false).run();
}

bool makeCallable(Function& function, uint32_t argumentCount) {
    return FrameRemoval(function, argumentCount, true).run();
}

}  // namespace pyjion::passes
