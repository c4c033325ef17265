// SPDX-License-Identifier: MIT
// A function in HIR: blocks of instructions in SSA form, with block parameters instead of phis.
//
// Everything is named by typed ids and lives in the Function's tables; instructions of a block are kept in order in the
// block. Snapshots own the interpreter state; instructions that can leave name one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/call_end.h"
#include "base/entity.h"
#include "hir/kinds.h"
#include "hir/type.h"

namespace pyjion::hir {

struct ValueTag;
struct InstrTag;
struct BlockTag;
struct SnapshotTag;
using ValueId = base::Id<ValueTag>;
using InstrId = base::Id<InstrTag>;
using BlockId = base::Id<BlockTag>;
using SnapshotId = base::Id<SnapshotTag>;

enum class Opcode : uint8_t;     // hir/generated/opcode.h
enum class Operation : uint8_t;  // hir/operation.h

struct Value {
    Type type;
    Ownership ownership = Ownership::None;
    InstrId definition;  // invalid for a block parameter
    BlockId block;       // of a block parameter, or of the defining instruction
};

/// An immediate operand; which member counts is said by the opcode's row.
union Immediate {
    int64_t integer;
    double real;
    uint32_t type;  // Type::bits

    constexpr Immediate() : integer(0) {}
};

struct Target {
    BlockId block;
    std::vector<ValueId> arguments;
};

struct Instr {
    Opcode opcode;
    BlockId block;
    ValueId result;
    SnapshotId snapshot;  // the exit's state; for `Snapshot` itself the one it owns
    std::vector<ValueId> operands;
    std::vector<Immediate> immediates;
    std::vector<Target> targets;  // terminators
    uint32_t bytecode = 0;        // code unit index of the instruction that it came from
};

struct Snapshot {
    uint32_t bytecode = 0;  // code unit at which the interpreter would go on
    /// One per local: invalid = the frame's slot is right as it is. Empty: all are.
    std::vector<ValueId> locals;
    std::vector<ValueId> stack;
    SnapshotId parent;  // of the caller, for inlined code
    InstrId owner;      // the Snapshot instruction
};

struct Block {
    std::vector<ValueId> params;
    std::vector<InstrId> instrs;  // the last one is the terminator
};

/// A global name that passes treat as a local: its slot is in the dict of globals.
struct NameSlot {
    uint32_t name = 0;  // index in the code's names
    uint32_t site = 0;  // of one of the instructions with that name
    Type seen;          // of its object when compiling was asked for; Bottom when nothing is to be guessed from that
    bool operator==(const NameSlot&) const = default;
};

/// A call whose callee's code is part of the function. Its instructions and snapshots carry code units of their own,
/// numbered behind those of all other code; a snapshot with such a position lists, behind `stackDepth` values of the
/// callers' stacks, the frame of the callee: the function, its locals (null where unbound) and its value stack. So the
/// position alone says how many frames a state has, and nobody but an exit needs to know.
struct InlinedCall {
    using End = base::CallEnd;

    uint32_t firstUnit = 0;  // the callee's code unit 0
    uint32_t unitCount = 0;
    uint32_t callUnit = 0;    // of the CALL, which may be in inlined code itself
    uint32_t stackDepth = 0;  // of the callers' values, their own inlined frames included
    uint32_t localCount = 0;
    uint32_t callee = 0;  // as in CallFunction
    End end = End::Plain;
    uint32_t op = 0;  // Operator: as in CallOperator

    bool contains(uint32_t unit) const { return unit - firstUnit < unitCount; }
};

class Function {
  public:
    std::string name;
    /// Slots in the frame, and behind them one for each of `names`.
    uint32_t localCount = 0;
    uint32_t stackSize = 0;
    /// Bytecode at which compiled code is entered: 0, or a loop header for on-stack replacement.
    uint32_t entryBytecode = 0;
    /// Types of the locals when compiling was asked for, one per local, Bottom where unknown; empty when none is known.
    /// Guesses for on-stack replacement. (Only until `promote_locals` has put them into EntryLocal; not in the text
    /// form.)
    std::vector<Type> entryTypes;
    std::vector<NameSlot> names;
    /// A caller comes in front of what is inlined in it.
    std::vector<InlinedCall> inlined;
    /// Bytecode of the resume points: of the targets of ResumeSwitch behind the first. (Not in the text form.)
    std::vector<uint32_t> resumePoints;
    BlockId entry;

    base::EntityMap<ValueId, Value> values;
    base::EntityMap<InstrId, Instr> instrs;
    base::EntityMap<BlockId, Block> blocks;
    base::EntityMap<SnapshotId, Snapshot> snapshots;

    uint32_t frameLocals() const { return localCount - static_cast<uint32_t>(names.size()); }
    bool isName(uint32_t local) const { return local >= frameLocals(); }
    const NameSlot& nameOf(uint32_t local) const { return names[local - frameLocals()]; }

    /// The inlined call that a code unit belongs to; null for the function's own code.
    const InlinedCall* inlinedAt(uint32_t unit) const;
    /// The code unit of the function's own that runs while one of inlined code does: that of the outermost call.
    uint32_t ownUnit(uint32_t unit) const;

    BlockId addBlock();
    ValueId addParam(BlockId block, Type type, Ownership ownership);
    SnapshotId addSnapshot(Snapshot snapshot);
    /// Makes an instruction without placing it. The result value, if any, is made by the generated builder.
    InstrId addInstr(Instr instr);
    ValueId addResult(InstrId instr, Type type, Ownership ownership);

    void append(BlockId block, InstrId instr);
    /// Takes the instruction at this place out. What comes behind it goes to a block of its own, the result.
    BlockId splitAt(BlockId block, size_t place);
    void insertBefore(InstrId position, InstrId instr);
    /// Unlinks an instruction from its block. Its result must have no uses left.
    void remove(InstrId instr);
    /// Makes every use of one value (operands, block arguments, snapshots) a use of another.
    void replaceAllUses(ValueId from, ValueId to);

    InstrId terminator(BlockId block) const { return blocks[block].instrs.back(); }
    std::vector<BlockId> successors(BlockId block) const;
    /// Blocks reachable from the entry, in reverse postorder.
    std::vector<BlockId> reversePostorder() const;
    /// Predecessors of each block, by block index; a block that branches twice to another appears twice.
    std::vector<std::vector<BlockId>> predecessors() const;
};

/// Calls `action(ValueId)` for all values that a snapshot and its parents name, in order, with repetitions.
template <typename Action>
void forEachListed(const Function& function, SnapshotId snapshot, Action action) {
    for (; snapshot.valid(); snapshot = function.snapshots[snapshot].parent) {
        const Snapshot& state = function.snapshots[snapshot];
        for (const std::vector<ValueId>* list : {&state.locals, &state.stack}) {
            for (ValueId value : *list) {
                if (value.valid()) {
                    action(value);
                }
            }
        }
    }
}

}  // namespace pyjion::hir
