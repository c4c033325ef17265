// SPDX-License-Identifier: MIT
#include "runtime/functions.h"

#include "python/dead_functions.h"
#include "runtime/finish.h"

namespace pyjion::runtime {

PyObject* makeFunction(_PyInterpreterFrame* frame, PyObject** parts, int64_t count, int32_t flags) {
    PyObject* code = parts[--count];
    PyObject* globals = python::globals(frame);
    PyObject* object = python::reviveFunction(reinterpret_cast<PyCodeObject*>(code), globals);
    if (object == nullptr) {
        object = PyFunction_New(code, globals);
    }
    Py_DECREF(code);
    if (object == nullptr) {
        while (count > 0) {
            Py_DECREF(parts[--count]);
        }
        return nullptr;
    }
    auto* function = reinterpret_cast<PyFunctionObject*>(object);
    // A new function has no value in any of these fields.
    if ((flags & 8) != 0) {
        function->func_closure = parts[--count];
    }
    if ((flags & 4) != 0) {
        function->func_annotations = parts[--count];
    }
    if ((flags & 2) != 0) {
        function->func_kwdefaults = parts[--count];
    }
    if ((flags & 1) != 0) {
        function->func_defaults = parts[--count];
    }
    return finish(object);
}

}  // namespace pyjion::runtime
