// SPDX-License-Identifier: MIT
#include "python/certain_numbers.h"

#include <sys/mman.h>

#include <array>

#include "python/frame.h"
#include "python/int_objects.h"

namespace pyjion::python {

namespace {

/// Dead objects of one type, alive with a value that nobody sees.
template <size_t kMost, PyObject* (*make)()>
class Store {
  public:
    PyObject* take() { return count_ != 0 ? objects_[--count_] : nullptr; }

    bool fill() {
        while (count_ < kMost) {
            PyObject* object = make();
            if (object == nullptr) {
                return false;
            }
            objects_[count_++] = object;
        }
        return true;
    }

  private:
    std::array<PyObject*, kMost> objects_ = {};
    size_t count_ = 0;
};

/// Digits that 64 bits need.
constexpr Py_ssize_t kDigits = 3;

PyObject* blankInt() {
    return reinterpret_cast<PyObject*>(_PyLong_New(kDigits));
}
PyObject* blankDouble() {
    return PyFloat_FromDouble(0);
}
PyObject* blankRangeIterator() {
    return makeRangeIterator({});
}

// Compiled code asks for few of them between two places at which it can be left.
Store<256, blankInt> ints;
Store<256, blankDouble> doubles;
Store<32, blankRangeIterator> rangeIterators;

/// Address space that is given back when a store is empty, for many activations that all have to be left. No memory
/// lies behind it before that.
constexpr size_t kBallast = 4 * 1024 * 1024;
void* ballast = MAP_FAILED;

void (*reserveHook)() = nullptr;

/// What is in a store; else one more attempt, with the ballast's room. There is no way back from here.
template <typename StoreOfType>
PyObject* fromReserve(StoreOfType& store, PyObject* (*make)()) {
    PyObject* object = store.take();
    if (object == nullptr && ballast != MAP_FAILED) {
        munmap(ballast, kBallast);
        ballast = MAP_FAILED;
        object = make();
    }
    if (object == nullptr) {
        Py_FatalError("pyjion: no memory for a number, and its reserve is used up");
    }
    if (reserveHook != nullptr) {
        reserveHook();
    }
    return object;
}

void setValue(PyObject* blank, int64_t value) {
    auto* object = reinterpret_cast<PyLongObject*>(blank);
    uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    Py_ssize_t size = 0;
    for (; magnitude != 0; magnitude >>= PyLong_SHIFT) {
        object->ob_digit[size++] = static_cast<digit>(magnitude & PyLong_MASK);
    }
    Py_SET_SIZE(&object->ob_base, value < 0 ? -size : size);
}

/// The exception that making an object has set is none of the program's.
class ErrorKept {
  public:
    ErrorKept() { PyErr_Fetch(&type_, &value_, &traceback_); }
    ~ErrorKept() { PyErr_Restore(type_, value_, traceback_); }
    ErrorKept(const ErrorKept&) = delete;
    ErrorKept& operator=(const ErrorKept&) = delete;

  private:
    PyObject* type_ = nullptr;
    PyObject* value_ = nullptr;
    PyObject* traceback_ = nullptr;
};

}  // namespace

PyObject* certainInt(int64_t value) {
    const ErrorKept kept;
    PyObject* object = makeInt(value);
    if (object == nullptr) {
        PyErr_Clear();
        object = fromReserve(ints, blankInt);
        setValue(object, value);
    }
    return object;
}

PyObject* certainDouble(double value) {
    const ErrorKept kept;
    PyObject* object = PyFloat_FromDouble(value);
    if (object == nullptr) {
        PyErr_Clear();
        object = fromReserve(doubles, blankDouble);
        reinterpret_cast<PyFloatObject*>(object)->ob_fval = value;
    }
    return object;
}

PyObject* certainRangeIterator(const RangeState& state) {
    const ErrorKept kept;
    PyObject* object = makeRangeIterator(state);
    if (object == nullptr) {
        PyErr_Clear();
        object = fromReserve(rangeIterators, blankRangeIterator);
        setRangeIterator(object, state);
    }
    return object;
}

bool fillNumberReserve() {
    const ErrorKept kept;
    const bool full = ints.fill() && doubles.fill() && rangeIterators.fill();
    if (!full) {
        PyErr_Clear();
        return false;
    }
    if (ballast == MAP_FAILED) {
        ballast = mmap(nullptr, kBallast, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    return ballast != MAP_FAILED;
}

void setReserveHook(void (*hook)()) {
    reserveHook = hook;
}

}  // namespace pyjion::python
