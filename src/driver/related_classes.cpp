// SPDX-License-Identifier: MIT
#include "driver/related_classes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "python/live_classes.h"

namespace pyjion::driver {
namespace {

using runtime::ClassesSeen;

struct Met {
    PyObject* name = nullptr;  // not kept alive: another one at its address would be told of the wrong classes
    ClassesSeen classes;
};
constexpr size_t kRemembered = 512;
std::array<Met, kRemembered> met{};

Met& placeOf(PyObject* name) {
    return met[(reinterpret_cast<uintptr_t>(name) >> 4U) % kRemembered];
}

bool shareBase(PyTypeObject* a, PyTypeObject* b) {
    PyObject* bases = a->tp_mro;
    for (Py_ssize_t i = 0; bases != nullptr && i < PyTuple_GET_SIZE(bases); ++i) {
        auto* base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i));
        if (PyType_HasFeature(base, Py_TPFLAGS_HEAPTYPE) != 0 && PyType_IsSubtype(b, base) != 0) {
            return true;
        }
    }
    return false;
}

bool isRelated(PyTypeObject* type, const ClassesSeen& classes) {
    return std::any_of(classes.versions().begin(), classes.versions().end(), [type](uint32_t version) {
        PyTypeObject* other = version != 0 ? python::liveClass(version) : nullptr;
        return other != nullptr && shareBase(type, other);
    });
}

bool hasMethod(PyTypeObject* type, PyCodeObject* method) {
    PyObject* found = _PyType_Lookup(type, method->co_name);
    return found != nullptr && PyFunction_Check(found) &&
           reinterpret_cast<PyFunctionObject*>(found)->func_code == reinterpret_cast<PyObject*>(method);
}

}  // namespace

void noteClasses(PyObject* name, const ClassesSeen& classes) {
    Met& place = placeOf(name);
    if (place.name != name) {
        place = {name, {}};
    }
    place.classes.noteAll(classes);
}

void addRelated(PyObject* name, ClassesSeen& classes, PyCodeObject* method) {
    const Met& place = placeOf(name);
    if (place.name != name || place.classes.isClosed() || classes.isEmpty() || classes.isClosed()) {
        return;
    }
    for (uint32_t version : place.classes.versions()) {
        const bool hasRoom = classes.versions().back() == 0;
        PyTypeObject* type =
            version != 0 && hasRoom && !classes.contains(version) ? python::liveClass(version) : nullptr;
        if (type != nullptr && isRelated(type, classes) && (method == nullptr || hasMethod(type, method))) {
            classes.note(version);
        }
    }
}

}  // namespace pyjion::driver
