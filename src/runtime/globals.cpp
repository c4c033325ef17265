// SPDX-License-Identifier: MIT
// Global names, found as LOAD_GLOBAL finds them. A dict's version tag is unique among all states of all dicts, so that
// two equal tags mean that the name still means the cached object, whichever function runs the code.
#include "runtime/globals.h"

#include "python/frame.h"
#include "python/names.h"
#include "python/slots.h"
#include "runtime/finish.h"
#include "runtime/unbound_names.h"

namespace pyjion::runtime {
namespace {

uint64_t versionTag(PyObject* dict) {
    return reinterpret_cast<PyDictObject*>(dict)->ma_version_tag;
}

bool bothExactDicts(PyObject* globals, PyObject* builtins) {
    return PyDict_CheckExact(globals) && PyDict_CheckExact(builtins);
}

/// Borrowed from one of the two exact dicts; null with an exception set, or without one when neither has the name.
PyObject* lookup(PyObject* globals, PyObject* builtins, PyObject* name) {
    const Py_hash_t hash = PyObject_Hash(name);
    if (hash == -1) {
        return nullptr;
    }
    PyObject* object = _PyDict_GetItem_KnownHash(globals, name, hash);
    if (object == nullptr && !PyErr_Occurred()) {
        object = _PyDict_GetItem_KnownHash(builtins, name, hash);
    }
    return object;
}

/// lookup() that keeps the answer in the site. Keys that are no strings may run Python code when they are compared,
/// and this may change the dicts; then the answer is right for now, but not kept.
PyObject* lookupAndCache(PyObject* globals, PyObject* builtins, Site* site) {
    const uint64_t globalsTag = versionTag(globals);
    const uint64_t builtinsTag = versionTag(builtins);
    PyObject* object = lookup(globals, builtins, site->name);
    if (object != nullptr && globalsTag == versionTag(globals) && builtinsTag == versionTag(builtins)) {
        site->tags.globalsTag = globalsTag;
        site->tags.builtinsTag = builtinsTag;
        site->object = object;
    }
    return object;
}

/// LOAD_GLOBAL's slow path: some namespace is no exact dict. New reference.
PyObject* lookupInMappings(PyObject* globals, PyObject* builtins, PyObject* name) {
    PyObject* object = PyObject_GetItem(globals, name);
    if (object != nullptr || !PyErr_ExceptionMatches(PyExc_KeyError)) {
        return object;
    }
    PyErr_Clear();
    object = PyObject_GetItem(builtins, name);
    if (object == nullptr && PyErr_ExceptionMatches(PyExc_KeyError)) {
        raiseNameError(name);
    }
    return object;
}

[[gnu::noinline]] PyObject* loadGlobalSlow(PyObject* globals, PyObject* builtins, Site* site) {
    if (!bothExactDicts(globals, builtins)) {
        return finish(lookupInMappings(globals, builtins, site->name));
    }
    PyObject* object = lookupAndCache(globals, builtins, site);
    if (object == nullptr) {
        if (!PyErr_Occurred()) {
            raiseNameError(site->name);
        }
        return nullptr;
    }
    Py_INCREF(object);
    return finish(object);
}

}  // namespace

PyObject* loadGlobal(_PyInterpreterFrame* frame, Site* site) {
    PyObject* globals = python::globals(frame);
    PyObject* builtins = python::builtins(frame);
    // No dict has the tag 0 that an unused site has; an exact dict is needed since a subclass may override lookups.
    if (bothExactDicts(globals, builtins) && site->tags.globalsTag == versionTag(globals) &&
        site->tags.builtinsTag == versionTag(builtins)) {
        PyObject* object = site->object;
        Py_INCREF(object);
        return object;
    }
    return loadGlobalSlow(globals, builtins, site);
}

PyObject* findGlobal(_PyInterpreterFrame* frame, Site* site) {
    PyObject* globals = python::globals(frame);
    PyObject* builtins = python::builtins(frame);
    if (!python::looksUpQuietly(globals) || !python::looksUpQuietly(builtins)) {
        return nullptr;
    }
    if (site->tags.globalsTag == versionTag(globals) && site->tags.builtinsTag == versionTag(builtins)) {
        return Py_NewRef(site->object);
    }
    return Py_XNewRef(lookupAndCache(globals, builtins, site));
}

int32_t meansOwnFunction(_PyInterpreterFrame* frame, Site* site) {
    PyObject* object = findGlobal(frame, site);
    const bool isOwn = object == reinterpret_cast<PyObject*>(python::function(frame));
    Py_XDECREF(object);  // the dict has another reference
    return isOwn ? 1 : 0;
}

int32_t storeGlobal(_PyInterpreterFrame* frame, Site* site, PyObject* value) {
    const int status = PyDict_SetItem(python::globals(frame), site->name, value);
    Py_DECREF(value);
    if (status != 0) {
        return -1;
    }
    return mustLeave(python::currentThread()) ? -1 : 0;
}

int32_t globalStillIs(_PyInterpreterFrame* frame, Site* site, PyObject* expected) {
    PyObject* globals = python::globals(frame);
    PyObject* builtins = python::builtins(frame);
    // Current tags would say from now on that the name means what was expected.
    site->tags.globalsTag = 0;
    site->tags.builtinsTag = 0;
    // A guard runs no Python code: where the lookup could, compiled code is left.
    if (!python::looksUpQuietly(globals) || !python::looksUpQuietly(builtins)) {
        return 0;
    }
    PyObject* object = python::quietLookup(globals, site->name);
    if (object == nullptr) {
        object = python::quietLookup(builtins, site->name);
    }
    if (object == nullptr || object != expected) {
        return 0;
    }
    site->object = object;
    site->tags.globalsTag = versionTag(globals);
    site->tags.builtinsTag = versionTag(builtins);
    return 1;
}

PyObject* readName(_PyInterpreterFrame* frame, Site* site) {
    return python::globalName(python::globals(frame), site->name, site->attribute.index);
}

void writeName(_PyInterpreterFrame* frame, Site* site, PyObject* value) {
    python::bindGlobalName(python::globals(frame), site->name, value, site->attribute.index);
}

int32_t namesAreGlobal(_PyInterpreterFrame* frame) {
    PyObject* globals = python::globals(frame);
    return python::locals(frame) == globals && PyDict_CheckExact(globals) ? 1 : 0;
}

}  // namespace pyjion::runtime
