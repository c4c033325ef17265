// SPDX-License-Identifier: MIT
#include "python/thread.h"

#include "python/internal.h"

namespace pyjion::python {

PyObject* originalImport(PyThreadState* ts) {
    return ts->interp->import_func;
}

void actFor(PyThreadState* ts) {
    PyThread_tss_set(&ts->interp->runtime->gilstate.autoTSSkey, ts);
}

bool enterRecursionSlow(PyThreadState* ts, const char* where) {
    // The function counts its unit back when it fails; when it only adjusts the limit it leaves the unit taken.
    return _Py_CheckRecursiveCall(ts, where) == 0;
}

}  // namespace pyjion::python
