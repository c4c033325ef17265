// SPDX-License-Identifier: MIT
// Calls of a code object come to a body of ours, out of the interpreter's own loop and without a frame evaluator
// (PEP 523): the first code units of the code object, mostly behind its RESUME, are replaced by a jump to units of ours
// (code_units.h), which call the body and go back (way_back.h). The frame is the interpreter's, as it has made it for
// the call: linked and counted.
//
// Nobody sees the jump. CPython's own copies of the bytecode (co_code) are made before; the decoder and what else reads
// code units asks for the original ones; trace and profile functions look at every unit, so that all trampolines go
// away when one is set, and come back when there is none any more.
#pragma once

#include <Python.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "python/code_units.h"
#include "python/original_units.h"
#include "python/taken_over.h"
#include "python/way_back.h"

namespace pyjion::python {

/// Runs a frame that stands at its start and counts as taken over (takeover.h): linked and counted, its value stack
/// empty. The result is what the frame returns; kGivenBack after giveBack(), null after giveBackRaised(), or kNotHere.
using StartBody = PyObject*(PyThreadState* ts, Frame* frame, void* context);

/// What a body returns when the interpreter shall run the frame from its start. The trampoline is taken away for that,
/// until putWaiting().
extern PyObject* const kNotHere;

class StartTrampoline {
  public:
    /// For code whose first jump target, if it has any, is at `firstTarget`, or at its end. Null where no code units
    /// can be had near it, where the value stack is too small, where a loop begins at the start, or without memory.
    static std::unique_ptr<StartTrampoline> make(PyCodeObject* code, int32_t firstTarget, StartBody* body,
                                                 void* context);
    /// The code object dies, or runs no body any more.
    ~StartTrampoline();
    StartTrampoline(const StartTrampoline&) = delete;
    StartTrampoline& operator=(const StartTrampoline&) = delete;

    /// Puts the jump in its place, at once or as soon as no frame stands inside of it and nothing is traced.
    void put();
    /// Takes it away, until put().
    void remove();
    bool isWanted() const { return isWanted_; }
    bool isInPlace() const { return replaced_.areInPlace(); }

    /// Takes it away until putWaiting().
    void suspend();

  private:
    friend class Trampolines;
    friend void makeWay(Frame* frame);

    /// A jump of an int of four bytes.
    static constexpr int32_t kMostUnits = ReplacedUnits::kMost;

    explicit StartTrampoline(CodeUnits units) : units_(std::move(units)) {}
    bool plan(int32_t firstTarget);
    ptrdiff_t distanceBehind(int32_t length) const;
    int32_t unitsToJump() const;
    bool isInside(int32_t index) const { return index >= at_ && index < at_ + length_; }
    bool standsInside(Frame* frame) const;
    bool mayPut() const;
    void tryToPut();
    static PyObject* run(PyObject* self);
    static PyTypeObject& type();

    PyObject object_{};  // what the units call
    PyCodeObject* code_ = nullptr;
    StartBody* body_ = nullptr;
    void* context_ = nullptr;
    CodeUnits units_;
    PyObject** word_ = nullptr;  // holds the object, in reach of LOAD_CONST
    WayBack way_;
    int32_t at_ = 0;
    int32_t length_ = 0;
    std::array<uint16_t, kMostUnits> jump_{};
    ReplacedUnits replaced_;
    bool isWanted_ = false;
    StartTrampoline* next_ = nullptr;  // of all
    StartTrampoline* previous_ = nullptr;
};

/// Puts those that wait into their places. Cheap where none does.
void putWaiting();

/// The interpreter will go on in the middle of a frame. A trampoline whose jump stands there is suspended.
void makeWay(Frame* frame);

/// A frame that a trampoline has taken over and that another activation shall run meanwhile, from its start to its end:
/// it is unlinked, not counted and not taken over any more.
struct SetAside {
    TakenOver* entry = nullptr;
    bool isEntry = false;  // of the interpreter's activation
};
SetAside setAside(PyThreadState* ts, Frame* frame);
/// It has ended there, with this result, or null and an exception set. What the body returns.
PyObject* takeBack(PyThreadState* ts, Frame* frame, SetAside aside, PyObject* result);

}  // namespace pyjion::python
