// SPDX-License-Identifier: MIT
#include "python/frame_end.h"

namespace pyjion::python {

PyObject* takeException() {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyException_SetTraceback(value, traceback != nullptr ? traceback : Py_None);
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    return value;
}

}  // namespace pyjion::python
