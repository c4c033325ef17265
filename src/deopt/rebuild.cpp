// SPDX-License-Identifier: MIT
#include "deopt/rebuild.h"

#include <alloca.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "python/certain_numbers.h"
#include "python/slots.h"

namespace pyjion::deopt {
namespace {

/// Makes the objects of one exit, those of numbers once for each word.
class ObjectMaker {
  public:
    /// `made` has a null for each word. What it holds in the end are borrowed references.
    ObjectMaker(python::Frame* frame, const uint64_t* words, PyObject** made)
        : frame_(frame), words_(words), made_(made) {}

    // The reference that the frame gets for a slot. Runs no Python: the objects made here are not tracked by the
    // collector.
    PyObject* valueOf(const SlotRecipe& recipe) {
        if (recipe.condition != SlotRecipe::kNone && !isTrue(recipe.condition)) {
            return Py_XNewRef(python::slotObject(frame_, recipe.local));
        }
        const uint64_t word = words_[recipe.words[0]];
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
            case SlotKind::InSlot:
                return Py_XNewRef(python::slotObject(frame_, recipe.local));
            case SlotKind::Function:
                return Py_NewRef(python::function(frame_));
            case SlotKind::Int:
            case SlotKind::Double:
                return numberOf(recipe);
            case SlotKind::Number:
                return isTrue(recipe.words[1]) ? wholeOf(recipe.words[0]) : doubleOf(recipe.words[0]);
            case SlotKind::Bool:
                return Py_NewRef(isTrue(recipe.words[0]) ? Py_True : Py_False);
            case SlotKind::RangeIter: {
                const auto next = std::bit_cast<int64_t>(word);
                const auto step = std::bit_cast<int64_t>(words_[recipe.words[1]]);
                const auto limit = std::bit_cast<int64_t>(words_[recipe.words[2]]);
                return python::certainRangeIterator({next, step, (limit - next) / step});
            }
        }
        return nullptr;
    }

  private:
    // Compiled code stores an int32; the upper half of the word is not defined.
    bool isTrue(uint16_t index) const { return static_cast<uint32_t>(words_[index]) != 0; }

    PyObject* numberOf(const SlotRecipe& recipe) {
        const bool isOther = recipe.same != SlotRecipe::kNone && isTrue(recipe.same);
        const uint16_t index = recipe.words[isOther ? 1 : 0];
        return recipe.kind == SlotKind::Int ? intOf(index, std::bit_cast<int64_t>(words_[index])) : doubleOf(index);
    }

    PyObject* wholeOf(uint16_t index) {
        return intOf(index, static_cast<int64_t>(std::bit_cast<double>(words_[index])));
    }
    PyObject* intOf(uint16_t index, int64_t value) {
        return once(index, &PyLong_Type, [value] { return python::certainInt(value); });
    }
    PyObject* doubleOf(uint16_t index) {
        return once(index, &PyFloat_Type, [&] { return python::certainDouble(std::bit_cast<double>(words_[index])); });
    }

    /// The object of a word, of which slots may want an int and a float.
    template <typename Make>
    PyObject* once(uint16_t index, PyTypeObject* type, Make make) {
        PyObject*& object = made_[index];
        if (object != nullptr && Py_IS_TYPE(object, type)) {
            return Py_NewRef(object);
        }
        return object = make();
    }

    python::Frame* frame_;
    const uint64_t* words_;
    PyObject** made_;  // by word
};

}  // namespace

void makeObjects(python::Frame* frame, const Exit& exit, const uint64_t* words, PyObject** values) {
    auto** made = static_cast<PyObject**>(alloca(sizeof(PyObject*) * (exit.wordCount + 1)));
    std::fill_n(made, exit.wordCount, nullptr);
    ObjectMaker maker(frame, words, made);
    for (size_t i = 0; i < exit.stack.size(); i++) {
        values[i] = maker.valueOf(exit.stack[i]);
    }
}

void rebuildFrame(PyThreadState*, python::Frame* frame, const Exit& exit, const uint64_t* words, PyObject** inlined) {
    // No container: its destructor could run on a thread that is unwound while a release below runs Python code.
    const size_t localCount = exit.locals.size();
    auto** released = static_cast<PyObject**>(alloca(sizeof(PyObject*) * (localCount + exit.wordCount + 1)));
    PyObject** made = released + localCount;
    std::fill_n(made, exit.wordCount, nullptr);
    ObjectMaker maker(frame, words, made);
    for (size_t i = 0; i < localCount; i++) {
        released[i] = maker.valueOf(exit.locals[i].recipe);
    }
    const size_t depth = exit.stack.size() - inlinedSlots(exit);
    PyObject** stack = python::stackBase(frame);
    for (size_t i = 0; i < exit.stack.size(); i++) {
        PyObject*& slot = i < depth ? stack[i] : inlined[i - depth];
        slot = maker.valueOf(exit.stack[i]);
    }
    python::setDepth(frame, static_cast<int32_t>(depth));
    // Every reference that the values need is held now; the old contents of the locals take their places in the array.
    // Names are bound over plain data, which runs nothing.
    const auto frameLocals = static_cast<uint32_t>(python::code(frame)->co_nlocalsplus);
    for (size_t i = 0; i < localCount; i++) {
        if (exit.locals[i].local < frameLocals) {
            std::swap(python::local(frame, exit.locals[i].local), released[i]);
        } else if (PyObject* object = std::exchange(released[i], nullptr)) {
            python::storeName(frame, exit.locals[i].local, object);
        }
    }
    // `exit` and `words` are not needed below: releasing may run Python code, and that may do anything.
    for (size_t i = 0; i < localCount; i++) {
        Py_XDECREF(released[i]);
    }
}

}  // namespace pyjion::deopt
