// SPDX-License-Identifier: MIT
#include "runtime/builtin_calls.h"

#include <string_view>

namespace pyjion::runtime {

UncountedBuiltins uncountedBuiltins;

void findUncountedBuiltins() {
    PyObject* len = PyDict_GetItemString(PyEval_GetBuiltins(), "len");
    const bool isOriginal = len != nullptr && PyCFunction_CheckExact(len) &&
                            reinterpret_cast<PyCFunctionObject*>(len)->m_ml->ml_name == std::string_view("len");
    uncountedBuiltins.len = isOriginal ? Py_NewRef(len) : nullptr;
    uncountedBuiltins.listAppend = PyDict_GetItemString(PyList_Type.tp_dict, "append");
}

}  // namespace pyjion::runtime
