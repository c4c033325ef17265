// SPDX-License-Identifier: MIT
#include "deopt/unwinding.h"

#include <alloca.h>

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "deopt/leave.h"
#include "deopt/rebuild.h"
#include "python/data_stack.h"
#include "python/frame.h"

namespace pyjion::deopt {
namespace {

/// Behind the values of each activation come its exit's table and number.
constexpr size_t kOverhead = 2;

struct Buffer {
    uintptr_t* words = nullptr;
    size_t capacity = 0;
    size_t used = 0;
};
Buffer buffer;

/// The activation on top of the buffer, which is the outermost one that is there still.
struct Activation {
    ExitTable* table;
    uint32_t exitNumber;

    static Activation top() {
        return {reinterpret_cast<ExitTable*>(buffer.words[buffer.used - 2]),
                static_cast<uint32_t>(buffer.words[buffer.used - 1])};
    }
    Exit& exit() const { return table->exits[exitNumber]; }
    size_t slots() const { return exit().stack.size(); }
    PyObject** values() const { return reinterpret_cast<PyObject**>(buffer.words + buffer.used - kOverhead - slots()); }
    void drop() const { buffer.used -= kOverhead + slots(); }
};

struct Extent {
    size_t frames = 0;
    size_t frameWords = 0;
};

/// Of the activations that were left last, down to the innermost one, which was the first.
Extent extentOfTop() {
    Extent extent;
    const size_t used = buffer.used;
    for (bool isInnermost = false; !isInnermost;) {
        const Activation activation = Activation::top();
        for (const InlinedFrame& row : activation.exit().inlined) {
            auto* function = reinterpret_cast<PyFunctionObject*>(activation.values()[row.depth]);
            extent.frameWords += python::sizeInWords(reinterpret_cast<PyCodeObject*>(function->func_code));
            extent.frames++;
        }
        isInnermost = !activation.exit().standsAtCall;
        activation.drop();
    }
    buffer.used = used;
    return extent;
}

/// Gives back what the frames of these activations would have held. (That may run Python code, which uses the buffer
/// above what is there still.)
void dropTop() {
    for (bool isInnermost = false; !isInnermost;) {
        const Activation activation = Activation::top();
        isInnermost = !activation.exit().standsAtCall;
        const size_t slots = activation.slots();
        buffer.used -= kOverhead;
        for (size_t i = 0; i < slots; i++) {
            Py_XDECREF(reinterpret_cast<PyObject*>(buffer.words[--buffer.used]));
        }
    }
}

}  // namespace

bool reserveUnwinding(size_t activations, size_t slots) {
    const size_t needed = buffer.used + activations * (slots + kOverhead);
    if (needed <= buffer.capacity) {
        return true;
    }
    auto* words = static_cast<uintptr_t*>(std::realloc(buffer.words, needed * sizeof(uintptr_t)));
    if (words == nullptr) {
        return false;
    }
    buffer.words = words;
    buffer.capacity = needed;
    return true;
}

PyObject* unwind(python::Frame* frame, uint32_t exitNumber, ExitTable* table, const uint64_t* words) {
    Exit& exit = table->exits[exitNumber];
    exit.count++;
    PYJION_CHECK(buffer.used + exit.stack.size() + kOverhead <= buffer.capacity, "activations have no room to be left");
    makeObjects(frame, exit, words, reinterpret_cast<PyObject**>(buffer.words + buffer.used));
    buffer.used += exit.stack.size();
    buffer.words[buffer.used++] = reinterpret_cast<uintptr_t>(table);
    buffer.words[buffer.used++] = exitNumber;
    return nullptr;
}

int64_t unwindWithoutInt(python::Frame* frame, uint32_t exitNumber, ExitTable* table, const uint64_t* words) {
    unwind(frame, exitNumber, table, words);
    return kNoInt;
}

PyObject* finishUnwinding(PyThreadState* ts) {
    const auto [frames, words] = extentOfTop();
    python::DataStackRoom room;
    if (!room.open(ts, words)) {
        dropTop();
        PyErr_NoMemory();
        return nullptr;
    }
    // No container, as the thread may be unwound while Python code runs below.
    auto** rows = static_cast<const InlinedFrame**>(alloca(frames * sizeof(InlinedFrame*)));
    size_t waiting = 0;
    Activation activation = Activation::top();
    for (; activation.exit().standsAtCall; activation = Activation::top()) {
        pushWaiting(ts, activation.exit(), activation.values());
        for (const InlinedFrame& row : activation.exit().inlined) {
            rows[waiting++] = &row;
        }
        activation.drop();
    }
    auto** slots = static_cast<PyObject**>(alloca(activation.slots() * sizeof(PyObject*)));
    std::copy_n(activation.values(), activation.slots(), slots);
    activation.drop();
    PyObject* result = runInlinedFrames(ts, *activation.table, activation.exit(), slots);
    while (waiting-- > 0) {
        result = finishWaiting(ts, *rows[waiting], result);
    }
    room.close(ts);
    return result;
}

}  // namespace pyjion::deopt
