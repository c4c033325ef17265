// SPDX-License-Identifier: MIT
// subtype_dealloc() of Objects/typeobject.c and the tp_dealloc of the types named here, as far as they run Python code.
#include "python/quiet_end.h"

#include "python/instance.h"
#include "python/internal.h"
#include "python/plain_class.h"

namespace pyjion::python {
namespace {

/// An object may be the only one to hold another, and so on.
constexpr int kMostLevels = 4;
constexpr Py_ssize_t kMostItems = 16;

bool endsQuietly(PyObject* object, int levels);

/// Whether it is of no consequence that a reference to the object goes.
bool mayGo(PyObject* object, int levels) {
    return object == nullptr || Py_REFCNT(object) > 1 || endsQuietly(object, levels - 1);
}

/// The same for neighbours in memory. One object in two of the places may have no third holder.
bool mayGo(PyObject** items, Py_ssize_t count, int levels) {
    if (count > kMostItems) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (items[i] != nullptr && Py_REFCNT(items[i]) <= count && !endsQuietly(items[i], levels - 1)) {
            return false;
        }
    }
    return true;
}

bool holdsNothing(PyTypeObject* type) {
    return type == &PyLong_Type || type == &PyFloat_Type || type == &PyUnicode_Type || type == &PyBool_Type ||
           type == Py_TYPE(Py_None) || type == &PyBytes_Type || type == &PyComplex_Type || type == &PyRangeIter_Type;
}

bool instanceEndsQuietly(PyObject* object, PyTypeObject* type, int levels) {
    if (!isPlainClass(type) || hasWeakReferences(object, type) || !hasManagedDict(type)) {
        return false;
    }
    PyObject** values = inlineValues(object);
    return values != nullptr && mayGo(values, entryCount(sharedKeys(type)), levels);
}

bool endsQuietly(PyObject* object, int levels) {
    PyTypeObject* type = Py_TYPE(object);
    if (holdsNothing(type)) {
        return true;
    }
    if (levels == 0) {
        return false;
    }
    if (type == &PyTuple_Type) {
        return mayGo(reinterpret_cast<PyTupleObject*>(object)->ob_item, PyTuple_GET_SIZE(object), levels);
    }
    if (type == &PyList_Type) {
        return mayGo(reinterpret_cast<PyListObject*>(object)->ob_item, PyList_GET_SIZE(object), levels);
    }
    if (type == &PyMethod_Type) {
        return reinterpret_cast<PyMethodObject*>(object)->im_weakreflist == nullptr &&
               mayGo(PyMethod_GET_FUNCTION(object), levels) && mayGo(PyMethod_GET_SELF(object), levels);
    }
    return instanceEndsQuietly(object, type, levels);
}

}  // namespace

bool endsQuietly(PyObject* object) {
    return endsQuietly(object, kMostLevels);
}

}  // namespace pyjion::python
