// SPDX-License-Identifier: MIT
// Which basic blocks the interpreter has never executed. Nothing here is a promise: compiled code leaves in front of
// such a block.
#pragma once

#include <Python.h>

#include <cstdint>
#include <set>

#include "bytecode/code.h"

namespace pyjion::bytecode {

/// Sets `neverRun` of the blocks that the inline caches say have never been executed: CPython makes an instruction that
/// can be specialised adaptive when it quickens the code, with a counter of 0 that leads to specialising it when it is
/// executed first (_PyCode_Quicken and ADAPTIVE_COUNTER_IS_ZERO in 3.11). A block without such instructions has run
/// where what comes before and behind it has. The code must be quickened, and run by the interpreter alone.
/// `executed`: code units that have been executed, whatever the caches say; the start of the code is one.
void findNeverRun(Code& code, const std::set<int32_t>& executed);

/// About which part of the code has been executed, from 0 to 1: that of the instructions of which something is known.
/// Looks at code units alone and takes no memory, so that it can be asked often, and when there is none.
double partThatHasRun(PyCodeObject* code);

}  // namespace pyjion::bytecode
