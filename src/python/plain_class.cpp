// SPDX-License-Identifier: MIT
// subtype_dealloc() of Objects/typeobject.c.
#include "python/plain_class.h"

#include "python/internal.h"

namespace pyjion::python {

/// That of a class of the import system's. Makes nothing: that could run the collector. An exception that is set stays.
destructor deallocOfClasses() {
    static destructor const found = [] {
        PyObject *raised, *value, *traceback;
        PyErr_Fetch(&raised, &value, &traceback);
        PyObject* known = PyObject_GetAttrString(PyInterpreterState_Main()->importlib, "ModuleSpec");
        const bool isClass = known != nullptr && PyType_Check(known);
        destructor dealloc = isClass ? reinterpret_cast<PyTypeObject*>(known)->tp_dealloc : nullptr;
        Py_XDECREF(known);
        PyErr_Restore(raised, value, traceback);
        return dealloc;
    }();
    return found;
}

bool isPlainClass(PyTypeObject* type) {
    if (type->tp_dealloc != deallocOfClasses() || type->tp_finalize != nullptr || type->tp_del != nullptr) {
        return false;
    }
    for (; type != &PyBaseObject_Type; type = type->tp_base) {
        if (type->tp_dealloc != deallocOfClasses() || Py_SIZE(type) != 0) {
            return false;
        }
    }
    return true;
}

bool hasWeakReferences(PyObject* object, PyTypeObject* type) {
    return type->tp_weaklistoffset > 0 && *_PyObject_GET_WEAKREFS_LISTPTR(object) != nullptr;
}

}  // namespace pyjion::python
