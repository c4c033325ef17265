// SPDX-License-Identifier: MIT
// Which callees' code may be put into a caller, and what the passes need to know to make it ready for that.
#pragma once

#include <Python.h>

#include "driver/code_record.h"
#include "driver/compile_job.h"

namespace pyjion::driver {

/// Adds small callees without loops and handlers to the job, after those that they call themselves, and keeps their
/// code objects alive as long as what is made. Needs the callees of `facts`. `globals` and `builtins` are the caller's.
/// `leavesOut`: without what has never run in them. A caller that calls itself is described once more as one of these.
void findInlinees(CodeRecord& caller, PyObject* globals, PyObject* builtins, bool leavesOut, CompileJob& job,
                  CompiledCode& made);

}  // namespace pyjion::driver
