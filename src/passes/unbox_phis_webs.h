// SPDX-License-Identifier: MIT
// Which block parameters can be numbers. Parameters that pass values to each other form a web; the analysis starts with
// the hope that all are numbers and takes back those that receive something else, so that loops do not spoil
// themselves. unbox_phis.cpp does the rewriting.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "hir/function.h"
#include "passes/block_params.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// What is behind an argument or operand.
struct Origin {
    enum class Kind : uint8_t {
        Number,  // unboxed, or a constant
        Param,   // a block parameter
        Entry,   // a local's object at entry
        Null,    // nothing: an unbound local
        Object,  // any other object
        BigInt,  // a constant that does not fit
    };
    Kind kind = Kind::Object;
    hir::ValueId object;  // behind copies and views
    bool bound = false;   // known not to be null by the time that it gets here
};

class NumberWebs {
  public:
    NumberWebs(const hir::Function& function, const CodeFacts& facts, const EdgeTable& edges);

    /// A parameter that becomes a number.
    struct Param {
        hir::BlockId block;
        size_t index = 0;
        const NumberKind* kind = nullptr;  // null while nothing is known
        bool optional = false;             // may be unbound: a second parameter says whether it is bound
        bool failed = false;
    };
    const Param* find(hir::ValueId param) const;
    bool empty() const;

    /// The kind as which a local's object is read at entry; null when it stays an object.
    const NumberKind* kindAtEntry(hir::ValueId entryLocal) const;
    Origin originOf(hir::ValueId value) const;
    /// The first snapshot of the entry block, with nothing visible in front of it.
    hir::SnapshotId stateAtEntry() const { return stateAtEntry_; }
    /// The local whose slot holds a borrowed parameter's object at the start of its block.
    std::optional<uint32_t> localOf(hir::ValueId param) const;
    /// The kind that the uses of an entry local in loops ask for.
    const NumberKind* wishFor(hir::ValueId value) const;

  private:
    struct Wish {
        const NumberKind* kind = nullptr;
        bool conflicting = false;
        bool inLoop = false;
    };

    void findCandidates();
    void findWishes();
    void noteWish(hir::ValueId object, hir::Type type, bool inLoop);
    void connect();
    void findLocals();
    void findStateAtEntry();
    bool evaluate(hir::ValueId value, Param& param);
    bool addSource(hir::ValueId value, Param& param, const Edge& edge) const;
    bool keepsIdentity(hir::ValueId param, hir::ValueId argument) const;
    bool hasCopies(hir::ValueId object) const;
    bool meet(Param& param, const NumberKind* kind) const;
    bool meetWish(hir::ValueId value, Param& param) const;
    bool isUsable(hir::ValueId value) const;
    bool isCarriedAround(hir::ValueId param) const;
    bool passesFit(hir::ValueId value, const Param& param) const;
    bool keepFitting();
    void dropUseless();
    hir::ValueId webOf(hir::ValueId value) const;

    const hir::Function& function_;
    const CodeFacts& facts_;
    const EdgeTable& edges_;
    std::vector<hir::BlockId> order_;
    std::vector<std::vector<hir::InstrId>> users_;
    std::unordered_map<hir::ValueId, Param> params_;
    std::vector<hir::ValueId> list_;  // of params_, in the order of blocks
    std::unordered_map<hir::ValueId, Wish> wishes_;
    std::unordered_map<hir::ValueId, hir::ValueId> webs_;  // union-find
    std::unordered_map<hir::ValueId, uint32_t> locals_;
    hir::SnapshotId stateAtEntry_;
};

}  // namespace pyjion::passes
