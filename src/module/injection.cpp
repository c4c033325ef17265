// SPDX-License-Identifier: MIT
// For tests: lets helpers fail that compiled code calls, and says which were called. Input: names of helpers.def.
#include "module/api.h"
#include "runtime/helper_table.h"

#include <cstring>

namespace pyjion::module {

PyObject* helpers(PyObject*, PyObject*) {
    PyObject* list = PyList_New(0);
    for (size_t i = 0; list != nullptr && i < runtime::helperCount(); i++) {
        auto helper = static_cast<runtime::Helper>(i);
        const runtime::HelperInfo& row = runtime::info(helper);
        const runtime::InjectionCounts& counts = runtime::injectionCounts(helper);
        PyObject* item = Py_BuildValue(
            "{s:s,s:N,s:N,s:K,s:K}", "name", row.name, "may_fail", PyBool_FromLong(row.effects.mayFail), "runs_python",
            PyBool_FromLong(row.effects.runsPython), "calls", static_cast<unsigned long long>(counts.calls), "failures",
            static_cast<unsigned long long>(counts.failures));
        if (item == nullptr || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

PyObject* injectFailure(PyObject*, PyObject* args) {
    const char* name = nullptr;
    int nth = 0;
    if (!PyArg_ParseTuple(args, "si:inject_failure", &name, &nth)) {
        return nullptr;
    }
    for (size_t i = 0; i < runtime::helperCount(); i++) {
        auto helper = static_cast<runtime::Helper>(i);
        const runtime::HelperInfo& row = runtime::info(helper);
        if (std::strcmp(row.name, name) == 0) {
            if (!row.effects.mayFail || nth < 1) {
                return PyErr_Format(PyExc_ValueError, "%s cannot fail at call %d", name, nth);
            }
            runtime::injectFailure(helper, nth);
            Py_RETURN_NONE;
        }
    }
    return PyErr_Format(PyExc_ValueError, "there is no helper %s", name);
}

PyObject* clearInjectedFailures(PyObject*, PyObject*) {
    runtime::clearInjectedFailures();
    Py_RETURN_NONE;
}

}  // namespace pyjion::module
