// SPDX-License-Identifier: MIT
#include "runtime/subscripts.h"

#include <optional>

#include "python/elements.h"
#include "python/int_objects.h"
#include "python/lookup.h"
#include "python/slices.h"
#include "runtime/attribute_cache.h"
#include "runtime/finish.h"
#include "runtime/numbers.h"
#include "runtime/operators.h"
#include "runtime/site.h"

namespace pyjion::runtime {
namespace {

/// The place in a sequence of `size` items that an index means, or -1 when CPython has to say what it means.
int64_t placeOf(PyObject* key, Py_ssize_t size) {
    if (!isExactInt(key) || !isSmall(key)) {
        return -1;
    }
    int64_t index = smallValue(key);
    if (index < 0) {
        index += size;
    }
    return index < size ? index : -1;
}

/// A new reference to an item that is found without running Python code; null where CPython has to look.
PyObject* itemAtHand(PyObject* container, PyObject* key) {
    if (PyList_CheckExact(container)) {
        const int64_t place = placeOf(key, PyList_GET_SIZE(container));
        return place >= 0 ? Py_NewRef(PyList_GET_ITEM(container, place)) : nullptr;
    }
    if (PyTuple_CheckExact(container)) {
        const int64_t place = placeOf(key, PyTuple_GET_SIZE(container));
        return place >= 0 ? Py_NewRef(PyTuple_GET_ITEM(container, place)) : nullptr;
    }
    if (PyUnicode_CheckExact(container) && PyUnicode_IS_READY(container) &&
        PyUnicode_KIND(container) == PyUnicode_1BYTE_KIND) {
        const int64_t place = placeOf(key, PyUnicode_GET_LENGTH(container));
        return place >= 0 ? Py_XNewRef(python::latinCharacter(PyUnicode_1BYTE_DATA(container)[place])) : nullptr;
    }
    return nullptr;
}

/// What is found in an exact dict, whose references are given back. Comparing keys may run anything where CPython has
/// to look.
PyObject* dictItem(PyObject* dict, PyObject* key) {
    PyObject* value = nullptr;
    python::Looked looked = python::lookUp(dict, key, value);
    if (looked == python::Looked::Found) [[likely]] {
        Py_INCREF(value);
        const bool died = python::releaseObject(dict);
        return python::releaseObject(key) || died ? finish(value) : value;
    }
    if (looked == python::Looked::Unknown) {
        value = Py_XNewRef(PyDict_GetItemWithError(dict, key));
    }
    if (value == nullptr && PyErr_Occurred() == nullptr) {
        _PyErr_SetKeyError(key);
    }
    Py_DECREF(dict);
    Py_DECREF(key);
    return finish(value);
}

}  // namespace

void noteContainer(Site* site, PyObject* container) {
    if ((site->seenLeft & kOtherBit) != 0) {
        return;
    }
    const bool isSame = (site->seenLeft & kElementsBit) != 0 &&
                        Py_TYPE(container)->tp_version_tag == site->elements.typeVersion &&
                        python::isOfKind(container, site->elements.kind);
    if (isSame) {
        return;
    }
    const std::optional<uint32_t> kind = python::elementsOf(container);
    const ElementsSeen seen{kind ? assuredVersion(Py_TYPE(container)) : 0, kind.value_or(0)};
    if (seen.typeVersion == 0 || (site->seenLeft != 0 && site->elements != seen)) {
        site->seenLeft |= kOtherBit;
        return;
    }
    site->elements = seen;
    site->seenLeft |= kElementsBit;
}

PyObject* binarySubscript(PyObject* container, PyObject* key, Site* site) {
    if (PyObject* item = itemAtHand(container, key)) {
        const bool died = python::releaseObject(container);
        python::releaseInt(key);
        return died ? finish(item) : item;
    }
    noteContainer(site, container);
    if (PyDict_CheckExact(container)) {
        return dictItem(container, key);
    }
    noteOperand(site, container, python::kSubscription);
    PyObject* result = PyObject_GetItem(container, key);
    Py_DECREF(container);
    Py_DECREF(key);
    return finish(result);
}

int32_t storeSubscript(PyObject* value, PyObject* container, PyObject* key, Site* site) {
    if (PyList_CheckExact(container)) {
        const int64_t place = placeOf(key, PyList_GET_SIZE(container));
        if (place >= 0) {
            PyObject* old = PyList_GET_ITEM(container, place);
            PyList_SET_ITEM(container, place, value);
            bool died = python::releaseObject(old);
            died = python::releaseObject(container) || died;
            python::releaseInt(key);
            return died ? finishStatus(0) : 0;
        }
    }
    noteContainer(site, container);
    recordType(site->seenRight, value);
    const int status =
        PyDict_CheckExact(container) ? PyDict_SetItem(container, key, value) : PyObject_SetItem(container, key, value);
    Py_DECREF(value);
    Py_DECREF(container);
    Py_DECREF(key);
    return finishStatus(status);
}

int32_t deleteSubscript(PyObject* container, PyObject* key) {
    const int status = PyObject_DelItem(container, key);
    Py_DECREF(container);
    Py_DECREF(key);
    return finishStatus(status);
}

PyObject* buildSlice(PyObject* start, PyObject* stop) {
    PyObject* slice = PySlice_New(start, stop, nullptr);
    Py_DECREF(start);
    Py_DECREF(stop);
    return finish(slice);
}

PyObject* slice(PyObject* sequence, PyObject* start, PyObject* stop) {
    PyObject* result = nullptr;
    if (!python::sliceOf(sequence, start, stop, result)) {
        PyObject* key = PySlice_New(start, stop, nullptr);
        result = key != nullptr ? PyObject_GetItem(sequence, key) : nullptr;
        Py_XDECREF(key);
    }
    Py_DECREF(sequence);
    Py_DECREF(start);
    Py_DECREF(stop);
    return finish(result);
}

PyObject* buildSteppedSlice(PyObject* start, PyObject* stop, PyObject* step) {
    PyObject* slice = PySlice_New(start, stop, step);
    Py_DECREF(start);
    Py_DECREF(stop);
    Py_DECREF(step);
    return finish(slice);
}

}  // namespace pyjion::runtime
