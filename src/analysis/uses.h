// SPDX-License-Identifier: MIT
// Where values are used. Instructions use their operands and pass block arguments; snapshots use values on behalf of
// the exits that name them.
#pragma once

#include <cstdint>
#include <vector>

#include "hir/function.h"

namespace pyjion::analysis {

/// All values that a snapshot and its parents name, in order, with repetitions.
std::vector<hir::ValueId> valuesOf(const hir::Function& function, hir::SnapshotId snapshot);

/// Operands and block arguments of an instruction, in order, with repetitions.
std::vector<hir::ValueId> operandsAndArguments(const hir::Function& function, hir::InstrId instr);

/// How often each value is used, and each snapshot named.
struct UseCounts {
    std::vector<uint32_t> byCode;       // by value: operands and block arguments
    std::vector<uint32_t> bySnapshots;  // by value
    std::vector<uint32_t> exits;        // by snapshot: exits and snapshots of inlined code that name it

    explicit UseCounts(const hir::Function& function);
    uint32_t of(hir::ValueId value) const { return byCode[value.index()] + bySnapshots[value.index()]; }
};

/// The instructions that have a value as operand or block argument, by value.
std::vector<std::vector<hir::InstrId>> usersOf(const hir::Function& function);

}  // namespace pyjion::analysis
