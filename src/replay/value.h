// SPDX-License-Identifier: MIT
// What a replay knows about a value of the program. Numbers are copies, and no objects where 64 bits do, so that the
// program's objects (small ints and None too) keep their reference counts and their lifetimes; of every other object it
// knows which one it is, and never looks into it.
#pragma once

#include <Python.h>

#include <optional>
#include <string>

#include "python/range_iterator.h"
#include "python/ref.h"

namespace pyjion::replay {

class Value {
  public:
    enum class Kind : uint8_t {
        Unknown,  // anything
        Null,     // no object
        Int,      // of 64 bits
        BigInt,   // an object of its own
        Float,
        Singleton,  // None, True or False
        Object,     // this object, which may have died since
        Range,      // a range object in this state
        Iterator,   // an iterator over a range in this state, which only the value stack has
    };

    Value() = default;
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();

    static Value null();
    /// What the program's object is now; null without one.
    static Value of(PyObject* object);
    /// The same for one that lies on the value stack: an iterator over a range that nobody else has changes in loops
    /// alone.
    static Value ofStackSlot(PyObject* object);
    /// The same for a number that a calculation has given, a new reference; null becomes Unknown.
    static Value calculated(PyObject* own);
    static Value integer(int64_t number);
    static Value real(double number);
    static Value range(const python::RangeState& state);
    static Value iterator(const python::RangeState& state);

    Kind kind() const { return kind_; }
    bool isUnknown() const { return kind_ == Kind::Unknown; }
    bool isNull() const { return kind_ == Kind::Null; }
    /// An exact int or float, a bool, or None: what calculations take.
    bool isNumber() const {
        return kind_ == Kind::Int || kind_ == Kind::BigInt || kind_ == Kind::Float || kind_ == Kind::Singleton;
    }
    /// An object for a number, for as long as it is needed.
    python::Ref<> number() const;
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
    Kind kind_ = Kind::Unknown;
    PyObject* object_ = nullptr;  // owned by a BigInt, else only an address
    int64_t integer_ = 0;
    double real_ = 0;
    python::RangeState state_;
};

/// Text of an object of the program for messages; runs none of its code.
std::string textOf(PyObject* object);

}  // namespace pyjion::replay
