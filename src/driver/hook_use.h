// SPDX-License-Identifier: MIT
// Whether the frame evaluator is worth what it costs. While one is installed, CPython 3.11 makes each call between
// Python functions through C and specialises none of them: 3 to 7 % of the instructions of programs that are made of
// calls. So the hook stands back while too little of the time is spent in optimised code that was entered through it.
// Loops go on in optimised code without it, and their code calls compiled functions directly. At first there is none.
#pragma once

#include "python/frame.h"

namespace pyjion::driver {

struct CodeRecord;

/// Whether the hook has to be there, whatever it costs: somebody wants each call to be seen, or there is no sampler
/// that could bring it back.
bool isHookWanted();

/// Compiled code was asked for by name: its calls shall enter it, until it is seen what that is worth.
void bringHook();

/// The main thread's time is sampled; `frame` is its current one, or null. Takes the hook away where it does not pay.
void weighHook(python::Frame* frame);

/// While the hook is away, the interpreter has spent one more sample in this code, whose calls nobody sees. Brings it
/// back when it is time to try, or at once for code that has much of the time.
void considerHook(CodeRecord& record);

}  // namespace pyjion::driver
