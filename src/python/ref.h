// SPDX-License-Identifier: MIT
// Who owns a reference to a Python object, said by the type: Ref owns one and gives it back in its destructor,
// BorrowedRef only looks. The compiler and the registry use them.
// Not for code below a running Python function: when the interpreter shuts down it ends other threads by
// pthread_exit(), which unwinds their C stacks. A destructor that gives a reference back at that moment does so without
// the GIL. Functions that compiled code calls, and that may run Python, therefore handle plain PyObject*.
#pragma once

#include <Python.h>

#include <utility>

namespace pyjion::python {

/// Owns one reference, or nothing. Move-only; T is PyObject or one of CPython's structures that begin like one.
template <typename T = PyObject>
class [[nodiscard]] Ref {
  public:
    constexpr Ref() = default;
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <typename U>
    Ref(Ref<U>&& other) : object_(reinterpret_cast<T*>(other.release())) {}
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    Ref& operator=(Ref&& other) {
        T* old = std::exchange(object_, other.release());
        Py_XDECREF(reinterpret_cast<PyObject*>(old));
        return *this;
    }
    ~Ref() { Py_XDECREF(reinterpret_cast<PyObject*>(object_)); }

    /// Takes over a reference that the caller owns, such as the result of an API call. Null is allowed.
    static Ref steal(T* object) { return Ref(object); }
    /// Adds a reference to a borrowed object. Null is allowed.
    static Ref create(T* object) {
        Py_XINCREF(reinterpret_cast<PyObject*>(object));
        return Ref(object);
    }

    T* get() const { return object_; }
    PyObject* object() const { return reinterpret_cast<PyObject*>(object_); }
    T* operator->() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }
    /// Gives the reference to the caller.
    [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }
    void reset() { *this = Ref(); }

  private:
    explicit Ref(T* object) : object_(object) {}

    T* object_ = nullptr;
};

/// A pointer that somebody else keeps alive.
template <typename T = PyObject>
class BorrowedRef {
  public:
    constexpr BorrowedRef() = default;
    constexpr BorrowedRef(T* object) : object_(object) {}
    BorrowedRef(const Ref<T>& owner) : object_(owner.get()) {}

    T* get() const { return object_; }
    PyObject* object() const { return reinterpret_cast<PyObject*>(object_); }
    T* operator->() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }
    bool operator==(const BorrowedRef&) const = default;

  private:
    T* object_ = nullptr;
};

}  // namespace pyjion::python
