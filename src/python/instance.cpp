// SPDX-License-Identifier: MIT
#include "python/instance.h"

#include "python/internal.h"
#include "python/lookup.h"

namespace pyjion::python {

int32_t entryOf(DictKeys* keys, PyObject* name) {
    constexpr int64_t kMost = 1 << 15;
    if (!keysAreNames(keys)) {
        return -1;
    }
    const int64_t place = placeOfName(keys, name);
    return place < kMost ? static_cast<int32_t>(place) : -1;
}

PyObject* finishInstance(PyObject* instance, PyObject* returned) {
    if (returned == Py_None) {
        Py_DECREF(returned);
        return instance;
    }
    if (returned != nullptr) {
        PyErr_Format(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(returned)->tp_name);
        Py_DECREF(returned);
    }
    Py_DECREF(instance);
    return nullptr;
}

void noteInsertion(PyObject** values, int32_t index) {
    _PyDictValues_AddToInsertionOrder(reinterpret_cast<PyDictValues*>(values), index);
}

}  // namespace pyjion::python
