// SPDX-License-Identifier: MIT
#include "python/tracing_heard.h"

#include <string_view>
#include <utility>

#include "python/internal.h"

namespace pyjion::python {
namespace {

void (*tell)() = nullptr;
bool hookAnswers = false;
constexpr const char* kQuestion = "pyjion.trampolines";

/// CPython tells audit hooks before it sets a trace or profile function (_PyEval_SetTrace, _PyEval_SetProfile).
int hear(const char* event, PyObject*, void*) {
    const std::string_view said = event;
    if (said == "sys.settrace" || said == "sys.setprofile") {
        tell();
    } else if (said == kQuestion) {
        hookAnswers = true;
    }
    return 0;
}

// --- id() -------------------------------------------------------------------------------------------------------

// With any hook in the process each audited event costs as much as a call: its arguments become a tuple. Most are
// rare beside what they do; `id` does nothing else, and is called for each object that is copied, pickled or printed.

PyCFunction originalId = nullptr;

bool isAnyOtherHook() {
    const _Py_AuditHookEntry* first = _PyRuntime.audit_hook_head;
    const bool isOnlyOurs = first != nullptr && first->hookCFunction == hear && first->next == nullptr;
    return !isOnlyOurs || PyInterpreterState_Get()->audit_hooks != nullptr;
}

/// builtin_id() without its event, where nobody hears it but us.
PyObject* quietId(PyObject* module, PyObject* value) {
    return isAnyOtherHook() ? originalId(module, value) : PyLong_FromVoidPtr(value);
}

/// The function object stays what it is. Interpreters share the definition.
void makeIdQuiet() {
    PyObject* id = PyDict_GetItemString(PyInterpreterState_Get()->builtins, "id");  // borrowed
    if (id == nullptr || !PyCFunction_CheckExact(id)) {
        return;
    }
    PyMethodDef* definition = reinterpret_cast<PyCFunctionObject*>(id)->m_ml;
    if (std::string_view(definition->ml_name) == "id" && definition->ml_flags == METH_O) {
        originalId = std::exchange(definition->ml_meth, quietId);
    }
}

}  // namespace

bool hearOfTracing(void (*listener)()) {
    static bool asked = false;
    if (!std::exchange(asked, true)) {
        tell = listener;
        if (PySys_AddAuditHook(hear, nullptr) != 0 || PySys_Audit(kQuestion, nullptr) != 0) {
            PyErr_Clear();
        }
        if (hookAnswers) {
            makeIdQuiet();
        }
    }
    return hookAnswers;
}

}  // namespace pyjion::python
