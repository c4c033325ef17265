// SPDX-License-Identifier: MIT
// The functions of the extension module, by topic. Each is a PyCFunction; what they take and return is said in the
// package's stubs.
#pragma once

#include <Python.h>

namespace pyjion::module {

// control.cpp
PyObject* initialise(PyObject*, PyObject* folder);
PyObject* enable(PyObject*, PyObject* args, PyObject* kwargs);
PyObject* disable(PyObject*, PyObject*);
PyObject* status(PyObject*, PyObject*);
PyObject* warning(PyObject*, PyObject*);
PyObject* pause(PyObject*, PyObject*);
PyObject* resume(PyObject*, PyObject*);
PyObject* config(PyObject*, PyObject* args, PyObject* kwargs);
PyObject* statistics(PyObject*, PyObject*);
/// The docstring of config(), made from the table of options.
const char* configDoc();

// log.cpp
/// What happens to code is handed to Python code from now on, where somebody wants that.
void startLog();
PyObject* takeEvents(PyObject*, PyObject*);

// functions.cpp
PyObject* info(PyObject*, PyObject* x);
PyObject* compile(PyObject*, PyObject* args, PyObject* kwargs);
PyObject* suppress(PyObject*, PyObject* x);
PyObject* unsuppress(PyObject*, PyObject* x);
PyObject* missingOfFull(PyObject*, PyObject* x);

// facts.cpp
PyObject* explain(PyObject*, PyObject* x);
PyObject* codes(PyObject*, PyObject*);
PyObject* helperCalls(PyObject*, PyObject* x);
PyObject* lineTimes(PyObject*, PyObject*);

// listings.cpp
PyObject* listings(PyObject*, PyObject* args);
PyObject* hir(PyObject*, PyObject* x);
PyObject* cil(PyObject*, PyObject* x);
PyObject* native(PyObject*, PyObject* x);

// main_program.cpp
PyObject* mainProgram(PyObject*, PyObject* args);

// injection.cpp: for tests.
PyObject* helpers(PyObject*, PyObject*);
PyObject* injectFailure(PyObject*, PyObject* args);
PyObject* clearInjectedFailures(PyObject*, PyObject*);

}  // namespace pyjion::module
