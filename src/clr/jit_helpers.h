// SPDX-License-Identifier: MIT
// The helper functions that the JIT may make code call: their names, and ours among them.
#pragma once

#include <cstdint>

namespace pyjion::clr {

struct JitHelper {
    const char* name;
    const void* function;  // null: we have none
};

/// The row of a helper number; null if there is no such number.
const JitHelper* findJitHelper(uint32_t number);

/// How many helpers have a function: no method can need more pool cells for them.
uint32_t jitHelperCellLimit();

}  // namespace pyjion::clr
