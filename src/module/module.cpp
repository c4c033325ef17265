// SPDX-License-Identifier: MIT
// The extension module pyjion._native: a table of functions. Everything that it offers is wrapped by the package.
#include <Python.h>

#include "driver/background_thread.h"
#include "driver/engine.h"
#include "driver/figures.h"
#include "driver/line_times.h"
#include "driver/loop_entry.h"
#include "module/api.h"

#include <exception>
#include <new>

namespace pyjion::module {

namespace {

/// What CPython calls: no C++ exception passes its frames. Threads that are unwound by force are not held up.
template <auto function>
struct Boundary;

template <typename... Arguments, PyObject* (*function)(Arguments...)>
struct Boundary<function> {
    static PyObject* call(Arguments... arguments) {
        try {
            return function(arguments...);
        } catch (const std::bad_alloc&) {
            return PyErr_NoMemory();
        } catch (const std::exception& error) {
            PyErr_SetString(PyExc_SystemError, error.what());
            return nullptr;
        }
    }
};

template <auto function>
PyCFunction entry() {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&Boundary<function>::call));
}

/// Also seen by config.__doc__, hence made before the table is used.
PyMethodDef* methods() {
    static PyMethodDef table[] = {
        {"initialise", entry<initialise>(), METH_O,
         "initialise(package_dir, /)\n--\n\nTell the JIT where the package is."},
        {"enable", entry<enable>(), METH_VARARGS | METH_KEYWORDS, "enable(strict=False)\n--\n\nSwitch the JIT on."},
        {"disable", entry<disable>(), METH_NOARGS, "disable()\n--\n\nSwitch the JIT off."},
        {"warning", entry<warning>(), METH_NOARGS, "warning()\n--\n\nWhat enabling should warn of, or None."},
        {"status", entry<status>(), METH_NOARGS, "status()\n--\n\nWhether the JIT can work here."},
        {"pause", entry<pause>(), METH_NOARGS, "pause()\n--\n\nRun everything interpreted until resume()."},
        {"resume", entry<resume>(), METH_NOARGS, "resume()\n--\n\nUndo one pause()."},
        {"config", entry<config>(), METH_VARARGS | METH_KEYWORDS, configDoc()},
        {"statistics", entry<statistics>(), METH_NOARGS, "statistics()\n--\n\nCounters of the process."},
        {"info", entry<info>(), METH_O, "info(x, /)\n--\n\nWhether a function is compiled."},
        {"explain", entry<explain>(), METH_O, "explain(x, /)\n--\n\nFacts about a function."},
        {"compile", entry<compile>(), METH_VARARGS | METH_KEYWORDS, "compile(x, full=False)\n--\n\nCompile now."},
        {"suppress", entry<suppress>(), METH_O, "suppress(x, /)\n--\n\nKeep a function interpreted."},
        {"unsuppress", entry<unsuppress>(), METH_O, "unsuppress(x, /)\n--\n\nUndo suppress()."},
        {"missing_of_full", entry<missingOfFull>(), METH_O,
         "missing_of_full(x, /)\n--\n\nOptimise now; what stands in the way of that as a sentence, or None."},
        {"hir", entry<hir>(), METH_O, "hir(x, /)\n--\n\nThe HIR of compiled code, or None."},
        {"cil", entry<cil>(), METH_O, "cil(x, /)\n--\n\nThe CIL of compiled code, or None."},
        {"native", entry<native>(), METH_O, "native(x, /)\n--\n\nThe machine code of compiled code, or None."},
        {"main_program", entry<mainProgram>(), METH_VARARGS,
         "main_program(option, value, arguments, /)\n--\n\n"
         "What runs this program, as `python` does, and ends the process: a function without parameters."},
        {"codes", entry<codes>(), METH_NOARGS,
         "codes()\n--\n\nThe code objects that there is something to tell about."},
        {"helper_calls", entry<helperCalls>(), METH_O,
         "helper_calls(x, /)\n--\n\nWhat the compiled code of a function leaves to helpers."},
        {"line_times", entry<lineTimes>(), METH_NOARGS,
         "line_times()\n--\n\n(file, line, seconds interpreted, in quick code, in full code) and seconds elsewhere."},
        {"listings", entry<listings>(), METH_VARARGS,
         "listings(x, kind, /)\n--\n\nEach piece of code of a function as text: 'cil', 'native' or 'all'."},
        {"take_events", entry<takeEvents>(), METH_NOARGS,
         "take_events()\n--\n\nWhat has happened to code since the last time, and how much of it was lost."},
        {"helpers", entry<helpers>(), METH_NOARGS,
         "helpers()\n--\n\nFor tests: what compiled code can call, in the order of the table."},
        {"inject_failure", entry<injectFailure>(), METH_VARARGS,
         "inject_failure(name, nth, /)\n--\n\n"
         "For tests: the nth call of a helper by code that is compiled from now on fails with MemoryError."},
        {"clear_injected_failures", entry<clearInjectedFailures>(), METH_NOARGS,
         "clear_injected_failures()\n--\n\nFor tests: no helper fails any more."},
        {nullptr, nullptr, 0, nullptr},
    };
    return table;
}

bool endIsAwaited = false;

/// The interpreter has ended, and most often the process with it.
void end() {
    endIsAwaited = false;
    if (!driver::engine().wasOutlived()) {
        driver::writeStatistics();
    }
    driver::engine().interpreterEnded();
}

/// Subinterpreters import the module too; CPython has room for 32 exit functions.
bool awaitEnd() {
    endIsAwaited = endIsAwaited || Py_AtExit(end) == 0;
    return endIsAwaited;
}

/// The interpreter takes its modules apart: the last moment at which a thread of ours may still ask it for something.
void freeModule(void*) {
    if (PyInterpreterState_Get() == PyInterpreterState_Main()) {
        driver::endLoopEntry();
        driver::endLineTimes();
        driver::endBackground();
    }
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
    freeModule,
};

}  // namespace

}  // namespace pyjion::module

/// Single-phase initialisation: there is one JIT per process, and subinterpreters run uncompiled.
PyMODINIT_FUNC PyInit__native() {
    try {
        pyjion::module::definition.m_methods = pyjion::module::methods();
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
    if (!pyjion::module::awaitEnd()) {
        PyErr_SetString(PyExc_RuntimeError, "CPython has no room for another exit function");
        return nullptr;
    }
    return PyModule_Create(&pyjion::module::definition);
}
