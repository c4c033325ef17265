// SPDX-License-Identifier: MIT
// A process whose program is chosen after the interpreter has started: `python -m pyjion script` goes on as
// `python script` does, in the interpreter's own code for that.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// Notes what the interpreter shall run, in the words of its command line: `option` is "-c", "-m", or empty for a file
/// or, with an empty `value`, for standard input; `arguments` is a list of str that begins with what `sys.argv[0]` is.
/// False with an exception set, and then nothing was noted.
bool setMainProgram(PyObject* option, PyObject* value, PyObject* arguments);

/// Runs it and ends the process. The frames of the callers are out of the program's sight and never gone back to: the
/// program begins with an empty stack and all of the recursion limit. To be called by the main thread, with the GIL and
/// no exception set.
[[noreturn]] void runMainProgram();

}  // namespace pyjion::python
