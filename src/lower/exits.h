// SPDX-License-Identifier: MIT
// Exits of a lowered function. Each exit is a small block behind the method's body that stores the words it needs into
// the exit buffer and its number into a local; one common block passes both to deopt::leave. Hot code only branches
// there.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "cil/builder.h"
#include "deopt/metadata.h"
#include "hir/function.h"
#include "lower/pool.h"

namespace pyjion::lower {

class Lowering;

class ExitWriter {
  public:
    explicit ExitWriter(Lowering& lowering) : lowering_(lowering) {}

    /// The label of an exit that goes on at the snapshot. `running` is the code unit of the instruction that leaves.
    cil::LabelId before(hir::SnapshotId snapshot, deopt::Reason reason, uint32_t running);
    /// The label of the exit of an instruction that failed, or was done and must be left behind it.
    cil::LabelId raised(hir::SnapshotId snapshot, uint32_t running, bool pushesResult);
    /// The same for a result, stashed by a helper, that is not what was expected.
    cil::LabelId unexpectedResult(hir::SnapshotId snapshot, uint32_t running);
    /// The same for an instruction whose helper leaves its results in the frame's value-stack slots.
    cil::LabelId raisedSpread(hir::SnapshotId snapshot, uint32_t running, uint32_t results);

    /// The same for a conditional jump, whose helper stashes what was decided.
    cil::LabelId jumped(hir::SnapshotId snapshot, uint32_t running);

    /// The label of the exit of a call of a frameless body that was left itself.
    cil::LabelId unwound(hir::SnapshotId snapshot, uint32_t running);

    /// The label of the exit of an instruction that raised an exception again.
    cil::LabelId reraised(hir::SnapshotId snapshot, uint32_t running);

    /// Emits the blocks of all exits and the common block.
    void write();

  private:
    enum class Place : uint8_t { Before, Raised, RaisedWithoutResult, Jumped, Reraised, Unwound };
    static deopt::ResumeMode modeOf(Place place);
    using Key = std::tuple<uint32_t, deopt::Reason, Place, uint32_t, uint32_t, bool>;

    struct Pending {
        cil::LabelId label;
        hir::SnapshotId snapshot;
        deopt::Reason reason;
        Place place;
        uint32_t running;
        uint32_t spread = 0;   // results in value-stack slots
        bool isAhead = false;  // see Lowering::isAheadOfCount
    };

    /// Deep value stacks (a display of hundreds of items) make many words, and each exit has one more than the one
    /// before. Full chunks are stored by blocks that all exits share whose words begin with the same ones: else the
    /// size of the method would be quadratic.
    static constexpr size_t kChunk = 4;
    struct Chunk {
        cil::LabelId label;
        cil::LabelId next;
        size_t first;  // index of its first word
        std::vector<hir::ValueId> words;
    };

    cil::LabelId exit(Pending exit);
    cil::LabelId chunkFor(const std::vector<hir::ValueId>& words, size_t count, cil::LabelId common);
    void storeWords(size_t first, const std::vector<hir::ValueId>& words);
    void storeWord(hir::ValueId value);
    deopt::Exit rowOf(const Pending& exit) const;
    deopt::Exit rowOfInlined(const Pending& exit, uint32_t position) const;
    PoolKind leavingBy() const;
    void writeExit(const Pending& exit, cil::LabelId common, cil::LocalId number);
    uint32_t indexBehind(const Pending& exit) const;
    const python::ExceptionEntry* handlerOf(const Pending& exit) const;
    uint16_t slotNumber(uint32_t local) const;
    deopt::SlotRecipe recipe(hir::ValueId value, std::vector<hir::ValueId>& words);
    deopt::SlotRecipe sunk(const hir::Instr& instr, std::vector<hir::ValueId>& words);
    deopt::SlotRecipe conditional(deopt::SlotKind kind, const hir::Instr& box, std::vector<hir::ValueId>& words);
    uint16_t word(hir::ValueId value, std::vector<hir::ValueId>& words);

    Lowering& lowering_;
    std::map<Key, cil::LabelId> known_;
    std::vector<Pending> pending_;
    std::map<std::pair<cil::LabelId, std::vector<hir::ValueId>>, cil::LabelId> knownChunks_;
    std::vector<Chunk> chunks_;
    cil::LocalId buffer_;  // address of the exit buffer, where several words are stored
};

}  // namespace pyjion::lower
