// SPDX-License-Identifier: MIT
// What a replay knows about a value of the program. Numbers are copies of its own, so that the program's objects keep
// their reference counts and their lifetimes; of every other object it knows which one it is, and never looks into it.
#pragma once

#include <Python.h>

#include <optional>
#include <string>

#include "python/range_iterator.h"

namespace pyjion::replay {

class Value {
  public:
    enum class Kind : uint8_t {
        Unknown,   // anything
        Null,      // no object
        Number,    // an exact int or float, a bool, or None: `number`, an object of its own
        Object,    // this object, which may have died since
        Range,     // a range object in this state
        Iterator,  // an iterator over a range in this state, which only the value stack has
    };

    Value() = default;
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(Value other) noexcept;
    ~Value();

    static Value null();
    /// What the program's object is now; null without one.
    static Value of(PyObject* object);
    /// The same for one that lies on the value stack: an iterator over a range that nobody else has changes in loops
    /// alone.
    static Value ofStackSlot(PyObject* object);
    /// The reference to the number passes to the value; null becomes Unknown.
    static Value number(PyObject* own);
    static Value range(const python::RangeState& state);
    static Value iterator(const python::RangeState& state);

    Kind kind() const { return kind_; }
    bool isUnknown() const { return kind_ == Kind::Unknown; }
    bool isNull() const { return kind_ == Kind::Null; }
    bool isNumber() const { return kind_ == Kind::Number; }
    PyObject* number() const { return object_; }
    PyObject* object() const { return object_; }
    python::RangeState& state() { return state_; }

    /// Whether the program's object is this value: type and value of numbers to the bit, which object it is of others.
    bool matches(PyObject* actual) const;
    /// The truth of a value, where that can be told without running code.
    std::optional<bool> truth() const;
    std::optional<bool> isNone() const;
    /// Whether two values are one object, where that can be told.
    static std::optional<bool> same(const Value& a, const Value& b);

    std::string text() const;

  private:
    Value(Kind kind, PyObject* object) : kind_(kind), object_(object) {}
    bool isSingleton() const { return isNumber() && (object_ == Py_None || PyBool_Check(object_)); }

    Kind kind_ = Kind::Unknown;
    PyObject* object_ = nullptr;  // owned for a number, else only an address
    python::RangeState state_;
};

/// Text of an object of the program for messages; runs none of its code.
std::string textOf(PyObject* object);

}  // namespace pyjion::replay
