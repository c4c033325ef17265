// SPDX-License-Identifier: MIT
// Dictionaries and lists for Python code, built item by item. An item that could not be made, with its exception set,
// makes the whole thing one that could not be made.
#pragma once

#include <Python.h>

#include <string>

namespace pyjion::module {

inline PyObject* textObject(const std::string& text) {
    return PyUnicode_DecodeFSDefaultAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

inline PyObject* textOrNone(const std::string& text) {
    return text.empty() ? Py_NewRef(Py_None) : textObject(text);
}

inline PyObject* numberObject(uint64_t number) {
    return PyLong_FromUnsignedLongLong(number);
}

class Building {
  public:
    explicit Building(PyObject* made) : made_(made) {}
    ~Building() { Py_XDECREF(made_); }
    Building(const Building&) = delete;
    Building& operator=(const Building&) = delete;

    /// The result, or null with an exception set.
    PyObject* take() {
        PyObject* made = made_;
        made_ = nullptr;
        return made;
    }

  protected:
    void noteFailure(bool failed) {
        if (failed) {
            Py_CLEAR(made_);
        }
    }
    PyObject* made_;
};

class DictBuilder : public Building {
  public:
    DictBuilder() : Building(PyDict_New()) {}

    /// Takes the reference.
    DictBuilder& set(const char* name, PyObject* value) {
        noteFailure(made_ != nullptr && (value == nullptr || PyDict_SetItemString(made_, name, value) != 0));
        Py_XDECREF(value);
        return *this;
    }
    DictBuilder& set(const char* name, const char* text) { return set(name, PyUnicode_FromString(text)); }
    DictBuilder& set(const char* name, uint64_t number) { return set(name, numberObject(number)); }
    DictBuilder& set(const char* name, int number) { return set(name, PyLong_FromLong(number)); }
    DictBuilder& set(const char* name, unsigned number) { return set(name, PyLong_FromUnsignedLong(number)); }
    DictBuilder& set(const char* name, double number) { return set(name, PyFloat_FromDouble(number)); }
    DictBuilder& set(const char* name, bool truth) { return set(name, PyBool_FromLong(truth)); }
};

class ListBuilder : public Building {
  public:
    ListBuilder() : Building(PyList_New(0)) {}

    /// Takes the reference.
    ListBuilder& append(PyObject* item) {
        noteFailure(made_ != nullptr && (item == nullptr || PyList_Append(made_, item) != 0));
        Py_XDECREF(item);
        return *this;
    }
};

}  // namespace pyjion::module
