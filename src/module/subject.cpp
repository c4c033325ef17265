// SPDX-License-Identifier: MIT
#include "module/subject.h"

#include "driver/engine.h"

namespace pyjion::module {

bool findSubject(PyObject* x, Subject& subject) {
    if (PyMethod_Check(x)) {
        x = PyMethod_GET_FUNCTION(x);
    }
    if (PyFunction_Check(x)) {
        auto* function = reinterpret_cast<PyFunctionObject*>(x);
        subject = {reinterpret_cast<PyCodeObject*>(function->func_code), function->func_globals,
                   function->func_builtins};
        return true;
    }
    if (PyCode_Check(x)) {
        subject = {reinterpret_cast<PyCodeObject*>(x), nullptr, nullptr};
        return true;
    }
    PyErr_Format(PyExc_TypeError, "expected a Python function, method or code object, not %.200s", Py_TYPE(x)->tp_name);
    return false;
}

const driver::CodeRecord* knownRecord(const Subject& subject) {
    if (driver::engine().unavailable()) {
        return nullptr;
    }
    return static_cast<driver::CodeRecord*>(runtime::entryOf(subject.code));
}

}  // namespace pyjion::module
