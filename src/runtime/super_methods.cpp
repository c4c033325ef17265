// SPDX-License-Identifier: MIT
#include "runtime/super_methods.h"

#include "python/names.h"
#include "runtime/attribute_cache.h"
#include "runtime/interned.h"

namespace pyjion::runtime {

PyObject* findBehind(PyTypeObject* owner, PyTypeObject* type, PyObject* name) {
    static PyObject* const classOfObject = interned("__class__");
    PyObject* order = type->tp_mro;
    if (order == nullptr || name == classOfObject) {
        return nullptr;
    }
    const Py_ssize_t count = PyTuple_GET_SIZE(order);
    Py_ssize_t place = 0;
    while (place < count && PyTuple_GET_ITEM(order, place) != reinterpret_cast<PyObject*>(owner)) {
        place++;
    }
    while (++place < count) {
        PyObject* dict = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order, place))->tp_dict;
        if (!python::looksUpQuietly(dict)) {
            return nullptr;
        }
        if (PyObject* found = python::quietLookup(dict, name)) {
            const bool isMethod = PyType_HasFeature(Py_TYPE(found), Py_TPFLAGS_METHOD_DESCRIPTOR) != 0;
            return isMethod ? found : nullptr;
        }
    }
    return nullptr;
}

PyObject* superMethod(PyObject* owner, PyObject* object, Site* site) {
    PyTypeObject* type = Py_TYPE(object);
    // An object that is a class itself may be what is asked, in place of its own class.
    if (owner == nullptr || !PyType_Check(owner) || PyType_Check(object)) {
        return nullptr;
    }
    auto* ownerType = reinterpret_cast<PyTypeObject*>(owner);
    AttributeCache& cache = site->attribute;
    if (cache.kind == AttributeKind::BehindOwner && versionIs(type, cache) &&
        ownerType->tp_version_tag == cache.ownerVersion) {
        return Py_NewRef(site->object);
    }
    PyObject* found = findBehind(ownerType, type, site->name);
    if (found == nullptr) {
        return nullptr;
    }
    const uint32_t version = assuredVersion(type);
    const uint32_t ownerVersion = assuredVersion(ownerType);
    if (version != 0 && ownerVersion != 0) {
        site->classes.note(version);
        cache = {};
        cache.kind = AttributeKind::BehindOwner;
        cache.typeVersion = version;
        cache.ownerVersion = ownerVersion;
        site->object = found;
    }
    return Py_NewRef(found);
}

}  // namespace pyjion::runtime
