// SPDX-License-Identifier: MIT
#include "deopt/rebuild.h"

#include <alloca.h>

#include <bit>
#include <utility>

#include "base/check.h"
#include "python/certain_numbers.h"

namespace pyjion::deopt {
namespace {

// The reference that the frame gets for a slot. Runs no Python: the objects made here are not tracked by the collector.
PyObject* valueOf(const SlotRecipe& recipe, const uint64_t* words) {
    const uint64_t word = words[recipe.words[0]];
    switch (recipe.kind) {
        case SlotKind::InFrame:
            PYJION_CHECK(false, "a slot that is in the frame already has no value to store");
            return nullptr;
        case SlotKind::Null:
            return nullptr;
        case SlotKind::Owned:
            return reinterpret_cast<PyObject*>(word);
        case SlotKind::Borrowed:
            return Py_XNewRef(reinterpret_cast<PyObject*>(word));
        case SlotKind::Int:
            return python::certainInt(std::bit_cast<int64_t>(word));
        case SlotKind::Double:
            return python::certainDouble(std::bit_cast<double>(word));
        case SlotKind::Bool:
            // Compiled code stores an int32; the upper half of the word is not defined.
            return Py_NewRef(static_cast<uint32_t>(word) != 0 ? Py_True : Py_False);
        case SlotKind::RangeIter: {
            const auto next = std::bit_cast<int64_t>(word);
            const auto step = std::bit_cast<int64_t>(words[recipe.words[1]]);
            const auto limit = std::bit_cast<int64_t>(words[recipe.words[2]]);
            return python::certainRangeIterator({next, step, (limit - next) / step});
        }
    }
    return nullptr;
}

}  // namespace

void rebuildFrame(PyThreadState*, python::Frame* frame, const Exit& exit, const uint64_t* words) {
    // No container: its destructor could run on a thread that is unwound while a release below runs Python code.
    const size_t localCount = exit.locals.size();
    auto** released = static_cast<PyObject**>(alloca(sizeof(PyObject*) * (localCount + 1)));
    for (size_t i = 0; i < localCount; i++) {
        const LocalRecipe& row = exit.locals[i];
        const bool changed =
            row.recipe.condition == SlotRecipe::kAlways || static_cast<uint32_t>(words[row.recipe.condition]) != 0;
        released[i] = changed ? valueOf(row.recipe, words) : Py_XNewRef(python::local(frame, row.local));
    }
    PyObject** stack = python::stackBase(frame);
    for (const SlotRecipe& recipe : exit.stack) {
        *stack++ = valueOf(recipe, words);
    }
    python::setDepth(frame, static_cast<int32_t>(exit.stack.size()));
    // Every reference that the values need is held now; the old contents of the locals take their places in the array.
    for (size_t i = 0; i < localCount; i++) {
        std::swap(python::local(frame, exit.locals[i].local), released[i]);
    }
    // `exit` and `words` are not needed below: releasing may run Python code, and that may do anything.
    for (size_t i = 0; i < localCount; i++) {
        Py_XDECREF(released[i]);
    }
}

}  // namespace pyjion::deopt
