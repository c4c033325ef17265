// SPDX-License-Identifier: MIT
// How the interpreter goes on with a frame that a body of ours has run in its place: behind the code unit that has
// called the body, units are written that make the interpreter's stack what the frame says, and then jump, return or
// raise. They are executed at once: no other thread runs and no memory is asked for in between.
#pragma once

#include <Python.h>

#include <cstdint>

#include "python/frame.h"

namespace pyjion::python {

/// What a body returns when the interpreter shall go on: only its address counts.
extern PyObject* const kGivenBack;

/// Writes code units.
class UnitWriter {
  public:
    explicit UnitWriter(uint16_t* first) : unit_(first) {}

    /// One instruction; arguments of more than eight bits have prefixes.
    void add(uint8_t opcode, uint32_t argument = 0);
    /// A jump in either direction, by an int that has four bytes in any case.
    void jumpTo(uint8_t jump, const uint16_t* target);
    /// Where the next unit goes.
    uint16_t* next() const { return unit_; }

  private:
    void put(uint8_t opcode, uint8_t argument) { *unit_++ = static_cast<uint16_t>(opcode | argument << 8); }

    uint16_t* unit_;
};

struct WayBack {
    /// Stands on the interpreter's stack where a trace function is active: it must not see units of ours, since CPython
    /// looks their lines up in an array of the code object's, without a check. So tracing is off while they are
    /// executed, and what ends them switches it on again: a jump asks this object whether it is true, the end of the
    /// frame releases it.
    PyObject object{};
    PyObject* owner = nullptr;  // what this is a part of, which lives on while the object is in use; or null
    Frame* frame = nullptr;
    uint16_t* units = nullptr;  // behind the one that has called the body, whose result is on the stack
    int32_t held = 0;           // slots of the interpreter's stack below that result
    int32_t from = 0;           // the instruction that was executed last

    // While the object is in use:
    bool isEnding = false;     // the frame
    uint8_t tracing = 0;       // of the cframe
    PyObject** top = nullptr;  // the slot in which the object stands in for `topValue`
    PyObject* topValue = nullptr;
};

/// The most units that goBack() writes for this code.
int mostUnits(PyCodeObject* code);
/// Slots of its value stack that it needs.
constexpr int kSlotsToGoBack = 2;

/// The body's end becomes the interpreter's: `result` is what the frame returns, with nothing on its value stack;
/// kGivenBack, to go on at its resume position with its value stack; or null after putRaised(). Returns what the code
/// unit that has called the body pushes.
PyObject* goBack(WayBack& way, PyObject* result);

/// The frame ends with this exception, whose reference it takes and which has its traceback; the value stack holds
/// nothing. The interpreter tells trace functions of the end.
void putRaised(Frame* frame, PyObject* exception);

}  // namespace pyjion::python
