// SPDX-License-Identifier: MIT
#include "replay/value.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

namespace pyjion::replay {

namespace {

bool isPlainNumber(PyObject* object) {
    return PyLong_CheckExact(object) || PyFloat_CheckExact(object) || PyBool_Check(object) || object == Py_None;
}

/// Without PyObject_RichCompare, which counts recursion and may be at the limit.
bool isSameInt(PyObject* a, PyObject* b) {
    PyObject* same = PyLong_Type.tp_richcompare(a, b, Py_EQ);
    Py_DECREF(same);
    return same == Py_True;
}

PyObject* copyOf(PyObject* number) {
    if (PyLong_CheckExact(number)) {
        return _PyLong_Copy(reinterpret_cast<PyLongObject*>(number));
    }
    return PyFloat_CheckExact(number) ? PyFloat_FromDouble(PyFloat_AS_DOUBLE(number)) : Py_NewRef(number);
}

}  // namespace

Value::Value(const Value& other) : kind_(other.kind_), object_(other.object_), state_(other.state_) {
    if (isNumber()) {
        Py_INCREF(object_);
    }
}

Value::Value(Value&& other) noexcept
    : kind_(std::exchange(other.kind_, Kind::Unknown)),
      object_(std::exchange(other.object_, nullptr)),
      state_(other.state_) {}

Value& Value::operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(object_, other.object_);
    std::swap(state_, other.state_);
    return *this;
}

Value::~Value() {
    if (isNumber()) {
        Py_DECREF(object_);
    }
}

Value Value::null() {
    return {Kind::Null, nullptr};
}

Value Value::of(PyObject* object) {
    if (object == nullptr) {
        return null();
    }
    if (isPlainNumber(object)) {
        return number(copyOf(object));
    }
    return {Kind::Object, object};
}

Value Value::ofStackSlot(PyObject* object) {
    bool isOwn = object != nullptr && python::isRangeIterator(object) && Py_REFCNT(object) == 1;
    return isOwn ? iterator(python::readRangeIterator(object)) : of(object);
}

Value Value::number(PyObject* own) {
    return own == nullptr ? Value() : Value(Kind::Number, own);
}

Value Value::range(const python::RangeState& state) {
    Value value(Kind::Range, nullptr);
    value.state_ = state;
    return value;
}

Value Value::iterator(const python::RangeState& state) {
    Value value(Kind::Iterator, nullptr);
    value.state_ = state;
    return value;
}

bool Value::matches(PyObject* actual) const {
    switch (kind_) {
        case Kind::Unknown:
            return true;
        case Kind::Null:
            return actual == nullptr;
        case Kind::Object:
            return actual == object_;
        case Kind::Range:
            return actual != nullptr && Py_TYPE(actual) == &PyRange_Type;
        case Kind::Iterator: {
            if (actual == nullptr || !python::isRangeIterator(actual)) {
                return false;
            }
            const python::RangeState state = python::readRangeIterator(actual);
            return state == state_ || (state.left <= 0 && state_.left <= 0);
        }
        case Kind::Number:
            break;
    }
    if (actual == nullptr || Py_TYPE(actual) != Py_TYPE(object_)) {
        return false;
    }
    if (PyFloat_CheckExact(actual)) {
        return std::bit_cast<uint64_t>(PyFloat_AS_DOUBLE(actual)) ==
               std::bit_cast<uint64_t>(PyFloat_AS_DOUBLE(object_));
    }
    return PyLong_CheckExact(actual) ? isSameInt(actual, object_) : actual == object_;
}

std::optional<bool> Value::truth() const {
    return isNumber() ? std::optional(PyObject_IsTrue(object_) == 1) : std::nullopt;
}

std::optional<bool> Value::isNone() const {
    return isUnknown() ? std::nullopt : std::optional(isNumber() && object_ == Py_None);
}

std::optional<bool> Value::same(const Value& a, const Value& b) {
    auto isIdentified = [](const Value& value) { return value.kind_ == Kind::Object || value.isSingleton(); };
    if (isIdentified(a) && isIdentified(b)) {
        return a.object_ == b.object_;
    }
    bool differ = (isIdentified(a) && b.isNumber()) || (a.isNumber() && isIdentified(b));
    return differ ? std::optional(false) : std::nullopt;
}

std::string textOf(PyObject* object) {
    if (object == nullptr) {
        return "nothing";
    }
    if (PyFloat_CheckExact(object)) {
        return fmt::format("float {:a}", PyFloat_AS_DOUBLE(object));
    }
    if (PyLong_CheckExact(object)) {
        int overflow = 0;
        const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
        return overflow == 0 ? fmt::format("int {}", value) : fmt::format("an int of {} digits", Py_SIZE(object));
    }
    if (object == Py_None || PyBool_Check(object)) {
        return object == Py_None ? "None" : object == Py_True ? "True" : "False";
    }
    return fmt::format("a {} at {}", Py_TYPE(object)->tp_name, static_cast<void*>(object));
}

std::string Value::text() const {
    switch (kind_) {
        case Kind::Unknown:
            return "anything";
        case Kind::Null:
        case Kind::Number:
            return textOf(object_);
        case Kind::Object:
            return fmt::format("the object at {}", static_cast<void*>(object_));
        case Kind::Range:
            return "a range";
        case Kind::Iterator:
            return fmt::format("an iterator over {} values from {} by {}", state_.left, state_.next, state_.step);
    }
    return {};
}

}  // namespace pyjion::replay
