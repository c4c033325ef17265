// SPDX-License-Identifier: MIT
// Compiled code in place of an activation of the interpreter: entered at a back-edge of the running frame, whoever
// started that and in whatever it stands (try, with, a handler, a generator), and given back to the same activation at
// any instruction.
//
// _PyEval_EvalFrameDefault keeps its position and its stack pointer in registers, but takes both from a table when it
// handles an exception. So an exception is raised at the back-edge, and for that moment the code object has an
// exception table that sends it to code units of ours (code_units.h): `UNARY_POSITIVE` calls the exception, which runs
// the body; what is written behind it then leads back (way_back.h).
#pragma once

#include <Python.h>

#include <cstdint>
#include <optional>

#include "python/frame.h"
#include "python/way_back.h"

namespace pyjion::python {

/// A jump back to the beginning of a loop: the code units of both, and the value stack's depth there.
struct BackEdge {
    int32_t jump = 0;
    int32_t header = 0;
    int32_t depth = 0;
};

/// Runs a frame that has just jumped back: linked and counted, its position running at what jumped, its value stack
/// set. The result is kGivenBack after giveBack(), or else a new reference to what the frame returns, with nothing on
/// the value stack, or null after giveBackRaised().
using TakeoverBody = PyObject*(PyThreadState* ts, Frame* frame, const BackEdge& edge, void* context);

/// Whether the interpreter runs the frame, which is the current one of a thread, and not compiled code.
bool isInterpreted(Frame* frame);
/// The innermost frame that compiled code runs, of the current frame of a thread and its callers; or null.
Frame* innermostCompiled(Frame* frame);

/// The jump backwards, looking at the eval breaker, that a frame of the interpreter has just made: its code unit. It is
/// not always the running instruction, since some comparisons jump as well once they are specialised. Nothing when what
/// runs is anything else.
std::optional<int32_t> backwardJump(Frame* frame);
/// Whether a frame of the interpreter is at its first instruction, where it looks at the eval breaker.
bool hasJustBegun(Frame* frame);
/// What tells one instruction of one activation from another.
const void* positionOf(Frame* frame);

/// While it lives, the value stack of a frame that the interpreter runs can be looked at, as far as it is known.
class ShownStack {
  public:
    ShownStack(Frame* frame, int32_t depth);
    ~ShownStack();
    ShownStack(const ShownStack&) = delete;
    ShownStack& operator=(const ShownStack&) = delete;

  private:
    Frame* frame_;
};

/// Makes the interpreter run `body` in its place as soon as the caller, a pending call or what else the eval breaker
/// leads to, has returned -1: an exception is set. `frame` is the current one and has just jumped back; no
/// trace function is active. False, and nothing happened, where that cannot be: the code object lies where no code
/// units can be had near it, its value stack is too small or too large, or there is no memory.
bool takeOver(Frame* frame, const BackEdge& edge, TakeoverBody* body, void* context);

/// Whether a body runs this frame in place of the interpreter.
bool isTakenOver(const Frame* frame);

/// Before a frame that was taken over is given back while a trace function is active: the instruction that was executed
/// last, from which it depends whether the next one begins a line.
void noteExecuted(Frame* frame, int32_t index);

/// The interpreter goes on with a frame that is taken over, at its resume position, with its value stack.
PyObject* giveBack(Frame* frame);
/// The frame ends with this exception, whose reference it takes and which has its traceback; the value stack holds
/// nothing. The interpreter tells trace functions of the end.
void giveBackRaised(Frame* frame, PyObject* exception);

}  // namespace pyjion::python
