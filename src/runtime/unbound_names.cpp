// SPDX-License-Identifier: MIT
#include "runtime/unbound_names.h"

namespace pyjion::runtime {
namespace {

constexpr const char* kGlobal = "name '%.200s' is not defined";
constexpr const char* kLocal = "cannot access local variable '%s' where it is not associated with a value";
constexpr const char* kFree =
    "cannot access free variable '%s' where it is not associated with a value in enclosing scope";

void raise(PyObject* type, const char* format, PyObject* name) {
    const char* text = PyUnicode_AsUTF8(name);
    if (text != nullptr) {
        PyErr_Format(type, format, text);
    }
}

/// A NameError without a name gets it as an attribute.
void rememberName(PyObject* name) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (PyErr_GivenExceptionMatches(value, PyExc_NameError) &&
        reinterpret_cast<PyNameErrorObject*>(value)->name == nullptr) {
        // Should this fail, its exception gives way to the NameError.
        PyObject_SetAttrString(value, "name", name);
    }
    PyErr_Restore(type, value, traceback);
}

PyObject* nameOf(PyCodeObject* code, int32_t slot) {
    return PyTuple_GET_ITEM(code->co_localsplusnames, slot);
}

}  // namespace

void raiseNameError(PyObject* name) {
    raise(PyExc_NameError, kGlobal, name);
    rememberName(name);
}

void raiseUnbound(PyCodeObject* code, int32_t slot) {
    if (PyErr_Occurred() != nullptr) {
        return;
    }
    if (slot < code->co_nplaincellvars + code->co_nlocals) {
        raiseUnboundLocal(code, slot);
        return;
    }
    raise(PyExc_NameError, kFree, nameOf(code, slot));
    rememberName(nameOf(code, slot));
}

void raiseUnboundLocal(PyCodeObject* code, int32_t slot) {
    raise(PyExc_UnboundLocalError, kLocal, nameOf(code, slot));
}

}  // namespace pyjion::runtime
