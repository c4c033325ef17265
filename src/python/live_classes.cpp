// SPDX-License-Identifier: MIT
#include "python/live_classes.h"

#include <unordered_map>
#include <vector>

namespace pyjion::python {
namespace {

/// Weak references to the classes of these versions: those with which each class keeps its subclasses, so that nobody
/// sees one more. Null: a class that is gone.
using Classes = std::unordered_map<uint32_t, PyObject*>;

/// Versions of classes that are gone, before they are forgotten.
constexpr size_t kMostGone = 4096;

PyTypeObject* classBehind(PyObject* reference, uint32_t version) {
    PyObject* object = reference != nullptr ? PyWeakref_GET_OBJECT(reference) : Py_None;
    auto* type = reinterpret_cast<PyTypeObject*>(object);
    return object != Py_None && type->tp_version_tag == version ? type : nullptr;
}

/// Those without a version have none that could be asked for.
void note(Classes& classes, PyTypeObject* type, PyObject* reference) {
    if (type->tp_version_tag != 0) {
        PyObject*& known = classes[type->tp_version_tag];
        Py_INCREF(reference);
        Py_XSETREF(known, reference);
    }
}

/// All classes below `object`, along type.__subclasses__(): nothing is added to those dicts meanwhile.
void noteAll(Classes& classes) {
    std::vector<PyTypeObject*> open{&PyBaseObject_Type};
    while (!open.empty()) {
        PyObject* subclasses = open.back()->tp_subclasses;
        open.pop_back();
        Py_ssize_t place = 0;
        PyObject* reference = nullptr;
        while (subclasses != nullptr && PyDict_Next(subclasses, &place, nullptr, &reference) != 0) {
            PyObject* object = PyWeakref_GET_OBJECT(reference);
            if (object != Py_None) {
                auto* type = reinterpret_cast<PyTypeObject*>(object);
                note(classes, type, reference);
                open.push_back(type);
            }
        }
    }
}

void dropGone(Classes& classes) {
    std::erase_if(classes, [](const auto& entry) {
        const bool isGone = classBehind(entry.second, entry.first) == nullptr;
        if (isGone) {
            Py_XDECREF(entry.second);
        }
        return isGone;
    });
}

}  // namespace

PyTypeObject* liveClass(uint32_t version) {
    static Classes classes;
    const auto found = classes.find(version);
    if (found != classes.end()) {
        if (PyTypeObject* type = classBehind(found->second, version)) {
            return type;
        }
        Py_CLEAR(found->second);
        return nullptr;
    }
    if (version == 0) {
        return nullptr;
    }
    if (classes.size() > kMostGone) {
        dropGone(classes);
    }
    noteAll(classes);
    return classBehind(classes[version], version);
}

}  // namespace pyjion::python
