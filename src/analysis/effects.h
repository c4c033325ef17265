// SPDX-License-Identifier: MIT
// Questions about what instructions, blocks, loops and stretches of code read and write. Writing World writes what is
// inside objects too. Reading World reads everything: whoever runs Python code, or shows the frame to it, must find
// locals, frame and objects as they are.
#pragma once

#include <span>

#include "analysis/loops.h"
#include "hir/function.h"
#include "hir/instruction.h"

namespace pyjion::analysis {

/// Effects of an instruction with what World implies spelled out.
hir::Effects allEffectsOf(const hir::Function& function, hir::InstrId instr);
bool mayRead(const hir::Function& function, hir::InstrId instr, hir::HeapSet heaps);
bool mayWrite(const hir::Function& function, hir::InstrId instr, hir::HeapSet heaps);
/// Whether an instruction can run arbitrary Python code.
bool mayRunPython(const hir::Function& function, hir::InstrId instr);

hir::Effects effectsOfBlocks(const hir::Function& function, std::span<const hir::BlockId> blocks);

/// Whether something on a path from behind `from` to in front of `to`, not through `from` again, writes to the heaps.
/// `from` precedes `to` on every path.
bool writesBetween(const hir::Function& function, hir::InstrId from, hir::InstrId to, hir::HeapSet heaps);

}  // namespace pyjion::analysis
