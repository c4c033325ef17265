// SPDX-License-Identifier: MIT
// The extension module pyjion._native: a table of functions. Everything that it offers is wrapped by the package.
#include <Python.h>

#include "driver/statistics.h"
#include "module/api.h"

namespace pyjion::module {

namespace {

PyCFunction withKeywords(PyCFunctionWithKeywords function) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

/// Also seen by config.__doc__, hence made before the table is used.
PyMethodDef* methods() {
    static PyMethodDef table[] = {
        {"initialise", initialise, METH_O, "initialise(package_dir, /)\n--\n\nTell the JIT where the package is."},
        {"enable", withKeywords(enable), METH_VARARGS | METH_KEYWORDS,
         "enable(strict=False)\n--\n\nSwitch the JIT on."},
        {"disable", disable, METH_NOARGS, "disable()\n--\n\nSwitch the JIT off."},
        {"status", status, METH_NOARGS, "status()\n--\n\nWhether the JIT can work here."},
        {"pause", pause, METH_NOARGS, "pause()\n--\n\nRun everything interpreted until resume()."},
        {"resume", resume, METH_NOARGS, "resume()\n--\n\nUndo one pause()."},
        {"config", withKeywords(config), METH_VARARGS | METH_KEYWORDS, configDoc()},
        {"statistics", statistics, METH_NOARGS, "statistics()\n--\n\nCounters of the process."},
        {"info", info, METH_O, "info(x, /)\n--\n\nWhether a function is compiled."},
        {"explain", explain, METH_O, "explain(x, /)\n--\n\nFacts about a function."},
        {"compile", withKeywords(compile), METH_VARARGS | METH_KEYWORDS, "compile(x, full=False)\n--\n\nCompile now."},
        {"suppress", suppress, METH_O, "suppress(x, /)\n--\n\nKeep a function interpreted."},
        {"hir", hir, METH_O, "hir(x, /)\n--\n\nThe HIR of compiled code, or None."},
        {"cil", cil, METH_O, "cil(x, /)\n--\n\nThe CIL of compiled code, or None."},
        {"native", native, METH_O, "native(x, /)\n--\n\nThe machine code of compiled code, or None."},
        {"helpers", helpers, METH_NOARGS,
         "helpers()\n--\n\nFor tests: what compiled code can call, in the order of the table."},
        {"inject_failure", injectFailure, METH_VARARGS,
         "inject_failure(name, nth, /)\n--\n\n"
         "For tests: the nth call of a helper by code that is compiled from now on fails with MemoryError."},
        {"clear_injected_failures", clearInjectedFailures, METH_NOARGS,
         "clear_injected_failures()\n--\n\nFor tests: no helper fails any more."},
        {nullptr, nullptr, 0, nullptr},
    };
    return table;
}

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "pyjion._native",
    "The JIT's extension module.",
    0,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};

}  // namespace

}  // namespace pyjion::module

/// Single-phase initialisation: there is one JIT per process, and sub-interpreters run uncompiled.
PyMODINIT_FUNC PyInit__native() {
    pyjion::module::definition.m_methods = pyjion::module::methods();
    if (Py_AtExit(pyjion::driver::writeStatistics) < 0) {
        PyErr_SetString(PyExc_RuntimeError, "CPython has no room for another exit function");
        return nullptr;
    }
    return PyModule_Create(&pyjion::module::definition);
}
