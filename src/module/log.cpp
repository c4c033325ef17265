// SPDX-License-Identifier: MIT
// Hands noted events to the logging module: in the main thread, as a pending call, where CPython runs handlers of
// signals too.
#include "driver/events.h"
#include "module/api.h"
#include "module/objects.h"

namespace pyjion::module {
namespace {

/// Python code, by name: nothing of it is imported before something is logged.
int logWaiting(void*) {
    PyObject* log = PyImport_ImportModule("pyjion._log");
    PyObject* result = log != nullptr ? PyObject_CallMethod(log, "drain", nullptr) : nullptr;
    if (result == nullptr) {
        PyErr_WriteUnraisable(log);
    }
    Py_XDECREF(result);
    Py_XDECREF(log);
    return 0;
}

void askMainThread() {
    // Where too many calls wait already, the events wait for the next time that somebody drains them.
    Py_AddPendingCall(logWaiting, nullptr);
}

PyObject* tupleOf(const driver::Event& event) {
    return Py_BuildValue("(sssis)", driver::name(event.kind), event.function.c_str(), event.filename.c_str(),
                         event.line, event.text.c_str());
}

}  // namespace

void startLog() {
    driver::setEventListener(askMainThread);
}

PyObject* takeEvents(PyObject*, PyObject*) {
    uint64_t lost = 0;
    const std::vector<driver::Event> events = driver::takeEvents(lost);
    ListBuilder list;
    for (const driver::Event& event : events) {
        list.append(tupleOf(event));
    }
    return Py_BuildValue("(NK)", list.take(), static_cast<unsigned long long>(lost));
}

}  // namespace pyjion::module
