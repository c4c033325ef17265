// SPDX-License-Identifier: MIT
// What the garbage collector counts to know when it is due (_PyObject_GC_Link() and PyObject_GC_Del() of
// Modules/gcmodule.c), for objects that are made and ended here.
#pragma once

#include "python/internal.h"

namespace pyjion::python {

inline void countMade() {
    _PyInterpreterState_GET()->gc.generations[0].count++;
}

inline void countEnded() {
    int& count = _PyInterpreterState_GET()->gc.generations[0].count;
    count -= count > 0 ? 1 : 0;
}

}  // namespace pyjion::python
