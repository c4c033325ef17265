// SPDX-License-Identifier: MIT
// What the interpreter calls for an asynchronous exception has to end with an exception. Here the frame goes on as if
// there had been none: in whatever it stands (try, a handler, a generator), with whatever is on its value stack, while
// a trace function is active, too. That takes no memory and cannot fail.
//
// The interpreter looks for a handler of the code unit in front of the instruction at which it would have gone on. For
// a moment the code object has an exception table that names that very unit as the handler, and the unit is an
// instruction that takes the exception off the value stack again. Behind it the frame is where it was.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// The calling thread's current frame is one that the interpreter runs, and which has looked at the eval breaker: it
/// will go on there. What calls this must return to the interpreter at once, which is made to believe that an exception
/// is set. None must be set before.
void unraise(PyThreadState* ts);

/// An exception for who has to make one that unraise() does away with; a new reference.
PyObject* exceptionToUnraise();
/// Who raised that while another exception was being handled has made the latter its context. That is the program's,
/// and must not live longer for it.
void dropContext();

}  // namespace pyjion::python
