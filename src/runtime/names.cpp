// SPDX-License-Identifier: MIT
#include "runtime/names.h"

#include <cstring>

#include "python/names.h"
#include "runtime/finish.h"
#include "runtime/interned.h"
#include "runtime/unbound_names.h"

namespace pyjion::runtime {
namespace {

/// A new reference to a key's value; null with an exception set, or without one when the dict has no such key.
PyObject* lookInDict(PyObject* dict, PyObject* name) {
    return Py_XNewRef(PyDict_GetItemWithError(dict, name));
}

/// The same for any mapping.
PyObject* lookInMapping(PyObject* mapping, PyObject* name) {
    if (PyDict_CheckExact(mapping)) {
        return lookInDict(mapping, name);
    }
    PyObject* value = PyObject_GetItem(mapping, name);
    if (value == nullptr && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Clear();
    }
    return value;
}

bool failed(PyObject* value) {
    return value == nullptr && PyErr_Occurred() != nullptr;
}

/// Raises the error of a frame without a mapping of locals.
bool hasLocals(_PyInterpreterFrame* frame, const char* message, PyObject* name) {
    if (python::locals(frame) != nullptr) {
        return true;
    }
    PyErr_Format(PyExc_SystemError, message, name);
    return false;
}

PyObject* lookEverywhere(_PyInterpreterFrame* frame, PyObject* name) {
    PyObject* value = lookInLocals(frame, name);
    if (value != nullptr || failed(value)) {
        return value;
    }
    value = lookInDict(python::globals(frame), name);
    if (value != nullptr || failed(value)) {
        return value;
    }
    value = lookInMapping(python::builtins(frame), name);
    if (value == nullptr && !failed(value)) {
        raiseNameError(name);
    }
    return value;
}

/// Whether the hook is sys.displayhook as CPython has it, which does nothing with None but look whether there is a
/// module of builtins; with all that goes with importing, for each statement in a loop at the prompt.
bool doesNothingWithNone(PyObject* hook) {
    if (!PyCFunction_CheckExact(hook) ||
        std::strcmp(reinterpret_cast<PyCFunctionObject*>(hook)->m_ml->ml_name, "displayhook") != 0) {
        return false;
    }
    PyObject* module = PyCFunction_GET_SELF(hook);
    PyModuleDef* definition = module != nullptr && PyModule_Check(module) ? PyModule_GetDef(module) : nullptr;
    if (definition == nullptr || std::strcmp(definition->m_name, "sys") != 0) {
        return false;
    }
    static PyObject* const name = interned("builtins");
    PyObject* builtins = python::quietLookup(PyImport_GetModuleDict(), name);
    return builtins != nullptr && PyModule_CheckExact(builtins);
}

int setItem(PyObject* mapping, PyObject* key, PyObject* value) {
    return PyDict_CheckExact(mapping) ? PyDict_SetItem(mapping, key, value) : PyObject_SetItem(mapping, key, value);
}

}  // namespace

PyObject* lookInLocals(_PyInterpreterFrame* frame, PyObject* name) {
    return lookInMapping(python::locals(frame), name);
}

PyObject* loadName(_PyInterpreterFrame* frame, PyObject* name) {
    if (!hasLocals(frame, "no locals when loading %R", name)) {
        return nullptr;
    }
    return finish(lookEverywhere(frame, name));
}

int32_t storeName(_PyInterpreterFrame* frame, PyObject* name, PyObject* value) {
    const bool found = hasLocals(frame, "no locals found when storing %R", name);
    const int status = found ? setItem(python::locals(frame), name, value) : -1;
    Py_DECREF(value);
    return finishStatus(status);
}

int32_t deleteName(_PyInterpreterFrame* frame, PyObject* name) {
    if (!hasLocals(frame, "no locals when deleting %R", name)) {
        return -1;
    }
    const int status = PyObject_DelItem(python::locals(frame), name);
    if (status != 0) {
        raiseNameError(name);
    }
    return finishStatus(status);
}

int32_t deleteGlobal(_PyInterpreterFrame* frame, PyObject* name) {
    const int status = PyDict_DelItem(python::globals(frame), name);
    if (status != 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
        raiseNameError(name);
    }
    return finishStatus(status);
}

PyObject* loadBuildClass(_PyInterpreterFrame* frame) {
    static PyObject* const name = interned("__build_class__");
    PyObject* result = lookInMapping(python::builtins(frame), name);
    if (result == nullptr && PyErr_Occurred() == nullptr) {
        PyErr_SetString(PyExc_NameError, "__build_class__ not found");
    }
    return finish(result);
}

int32_t setupAnnotations(_PyInterpreterFrame* frame) {
    static PyObject* const name = interned("__annotations__");
    if (!hasLocals(frame, "no locals found when setting up annotations", nullptr)) {
        return -1;
    }
    PyObject* annotations = lookInLocals(frame, name);
    if (failed(annotations)) {
        return -1;
    }
    int status = 0;
    if (annotations == nullptr) {
        annotations = PyDict_New();
        status = annotations != nullptr ? setItem(python::locals(frame), name, annotations) : -1;
    }
    Py_XDECREF(annotations);
    return finishStatus(status);
}

int32_t printExpr(PyObject* value) {
    PyObject* hook = PySys_GetObject("displayhook");
    if (hook != nullptr && value == Py_None && doesNothingWithNone(hook)) {
        Py_DECREF(value);
        return 0;
    }
    PyObject* result = nullptr;
    if (hook != nullptr) {
        result = PyObject_CallOneArg(hook, value);
    } else {
        PyErr_SetString(PyExc_RuntimeError, "lost sys.displayhook");
    }
    Py_DECREF(value);
    Py_XDECREF(result);
    return finishStatus(result == nullptr ? -1 : 0);
}

}  // namespace pyjion::runtime
