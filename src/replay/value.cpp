// SPDX-License-Identifier: MIT
#include "replay/value.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <utility>

namespace pyjion::replay {

namespace {

/// Which of two NaNs their sum is depends on the order in which a compiler gives them to the processor.
bool isSameFloat(double a, double b) {
    return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

/// Without PyObject_RichCompare, which counts recursion and may be at the limit.
bool isSameInt(PyObject* a, PyObject* b) {
    auto same = python::Ref<>::steal(PyLong_Type.tp_richcompare(a, b, Py_EQ));
    return same.get() == Py_True;
}

}  // namespace

Value::Value(const Value& other)
    : kind_(other.kind_), object_(other.object_), integer_(other.integer_), real_(other.real_), state_(other.state_) {
    if (kind_ == Kind::BigInt) {
        Py_INCREF(object_);
    }
}

Value::Value(Value&& other) noexcept {
    *this = std::move(other);
}

Value& Value::operator=(const Value& other) {
    return *this = Value(other);
}

Value& Value::operator=(Value&& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(object_, other.object_);
    std::swap(integer_, other.integer_);
    std::swap(real_, other.real_);
    std::swap(state_, other.state_);
    return *this;
}

Value::~Value() {
    if (kind_ == Kind::BigInt) {
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
    if (object == Py_None || PyBool_Check(object)) {
        return {Kind::Singleton, object};
    }
    if (PyFloat_CheckExact(object)) {
        return real(PyFloat_AS_DOUBLE(object));
    }
    if (!PyLong_CheckExact(object)) {
        return {Kind::Object, object};
    }
    int overflow = 0;
    const int64_t value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) {
        return integer(value);
    }
    PyObject* copy = _PyLong_Copy(reinterpret_cast<PyLongObject*>(object));
    return copy == nullptr ? Value() : Value(Kind::BigInt, copy);
}

Value Value::ofStackSlot(PyObject* object) {
    bool isOwn = object != nullptr && python::isRangeIterator(object) && Py_REFCNT(object) == 1;
    return isOwn ? iterator(python::readRangeIterator(object)) : of(object);
}

Value Value::integer(int64_t number) {
    Value value(Kind::Int, nullptr);
    value.integer_ = number;
    return value;
}

Value Value::real(double number) {
    Value value(Kind::Float, nullptr);
    value.real_ = number;
    return value;
}

Value Value::calculated(PyObject* own) {
    auto object = python::Ref<>::steal(own);
    return object ? of(object.get()) : Value();
}

python::Ref<> Value::number() const {
    switch (kind_) {
        case Kind::Int:
            return python::Ref<>::steal(PyLong_FromLongLong(integer_));
        case Kind::Float:
            return python::Ref<>::steal(PyFloat_FromDouble(real_));
        default:
            return python::Ref<>::create(object_);
    }
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
        case Kind::Int: {
            int overflow = 0;
            return actual != nullptr && PyLong_CheckExact(actual) &&
                   PyLong_AsLongLongAndOverflow(actual, &overflow) == integer_ && overflow == 0;
        }
        case Kind::BigInt:
            return actual != nullptr && PyLong_CheckExact(actual) && isSameInt(actual, object_);
        case Kind::Float:
            return actual != nullptr && PyFloat_CheckExact(actual) && isSameFloat(PyFloat_AS_DOUBLE(actual), real_);
        case Kind::Singleton:
            return actual == object_;
    }
    return false;
}

std::optional<bool> Value::truth() const {
    switch (kind_) {
        case Kind::Int:
            return integer_ != 0;
        case Kind::BigInt:
            return true;
        case Kind::Float:
            return real_ != 0;
        case Kind::Singleton:
            return object_ == Py_True;
        default:
            return std::nullopt;
    }
}

std::optional<bool> Value::isNone() const {
    return isUnknown() ? std::nullopt : std::optional(kind_ == Kind::Singleton && object_ == Py_None);
}

std::optional<bool> Value::same(const Value& a, const Value& b) {
    auto isIdentified = [](const Value& value) {
        return value.kind_ == Kind::Object || value.kind_ == Kind::Singleton;
    };
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
        case Kind::Int:
        case Kind::BigInt:
        case Kind::Float:
        case Kind::Singleton:
            return textOf(number().get());
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
