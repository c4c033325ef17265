// SPDX-License-Identifier: MIT
// gcmodule.c decides in _PyObject_GC_Link and gc_collect_generations: it compares counts with thresholds, which may be
// negative, and leaves the oldest generation out while few objects are new in relation to the old ones.
#include "python/collector.h"

#include <Python.h>

#include <utility>

#include "python/attention.h"
#include "python/internal.h"
#include "python/thread.h"

namespace pyjion::python {

namespace {

/// More objects than that are looked at again only when a quarter as many have come to them: else a program that makes
/// many would take quadratic time.
constexpr Py_ssize_t kManyObjects = 2000;

/// A member of gc.callbacks, so it runs at each collection: as far as the collector knows, nothing is old.
PyObject* forgetOldObjects(PyObject*, PyObject*) {
    Py_ssize_t& old = PyInterpreterState_Get()->gc.long_lived_total;
    if (old < kManyObjects) {
        old = 0;
    }
    Py_RETURN_NONE;
}

PyMethodDef forgetMethod = {"forget_old_objects", forgetOldObjects, METH_VARARGS, nullptr};

bool install(PyObject* gc) {
    static PyObject* callback = nullptr;
    PyObject* callbacks = PyObject_GetAttrString(gc, "callbacks");
    if (callback == nullptr) {
        callback = PyCFunction_New(&forgetMethod, nullptr);
    }
    bool installed = callbacks != nullptr && callback != nullptr;
    if (installed && PySequence_Contains(callbacks, callback) == 0) {
        installed = PyList_Append(callbacks, callback) == 0;
    }
    Py_XDECREF(callbacks);
    PyObject* frozen = installed ? PyObject_CallMethod(gc, "freeze", nullptr) : nullptr;
    PyObject* set = frozen != nullptr ? PyObject_CallMethod(gc, "set_threshold", "iii", -1, -1, -1) : nullptr;
    installed = set != nullptr;
    Py_XDECREF(frozen);
    Py_XDECREF(set);
    PyInterpreterState_Get()->gc.long_lived_total = 0;
    return installed;
}

}  // namespace

bool collectorIsDue() {
    const auto& state = currentThread()->interp->gc;
    const auto& youngest = state.generations[0];
    return state.enabled != 0 && state.collecting == 0 && youngest.threshold != 0 &&
           youngest.count + 1 > youngest.threshold;
}

namespace {

/// Makes an object that the collector knows of, which runs it.
int collectNow() {
    PyObject* object = collectorIsDue() ? PyType_GenericAlloc(&PyList_Type, 0) : nullptr;
    if (object == nullptr) {
        PyErr_Clear();
    }
    Py_XDECREF(object);
    return 0;
}

}  // namespace

bool collectAtNextCheck() {
    PyInterpreterState* interpreter = currentThread()->interp;
    return interpreter == PyInterpreterState_Main() && interpreter->gc.generations[0].threshold > 0 &&
           askAgain(collectNow);
}

WithoutCollector::WithoutCollector() : wasCollecting_(std::exchange(currentThread()->interp->gc.collecting, 1)) {}

WithoutCollector::~WithoutCollector() {
    currentThread()->interp->gc.collecting = wasCollecting_;
}

void collectAtEveryAllocation() {
    PyObject* gc = PyImport_ImportModule("gc");
    if (gc == nullptr || !install(gc)) {
        PyErr_Clear();
    }
    Py_XDECREF(gc);
}

}  // namespace pyjion::python
