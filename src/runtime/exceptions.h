// SPDX-License-Identifier: MIT
// Raising exceptions, and what handlers and `with` statements are made of. The handled exception (sys.exc_info()) is
// kept in the thread, or in the generator that runs.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// PUSH_EXC_INFO: the exception becomes the handled one; the result is the one before, or None.
PyObject* pushExcInfo(PyThreadState* ts, PyObject* exception);

/// POP_EXCEPT.
int32_t popExcept(PyThreadState* ts, PyObject* previous);

/// CHECK_EXC_MATCH. Consumes the type.
PyObject* checkExcMatch(PyObject* exception, PyObject* type);

/// RAISE_VARARGS with operands; the cause may be null. An exception is set afterwards, if not the one that was meant.
void raiseException(PyObject* exception, PyObject* cause);

/// RAISE_VARARGS without operands: 1 when the handled exception is raised again, 0 when there is none and a
/// RuntimeError is raised.
int32_t raiseHandled(PyThreadState* ts);

/// RERAISE. `index` (borrowed, may be null) is the instruction that counts as running from now on.
void reraise(_PyInterpreterFrame* frame, PyObject* exception, PyObject* index);

/// END_ASYNC_FOR, its first half: 0 when the exception was a StopAsyncIteration, -1 when it is raised again.
int32_t endAsyncFor(PyObject* exception);

PyObject* loadAssertionError();

/// BEFORE_WITH and BEFORE_ASYNC_WITH up to the call: the bound method for leaving is the result, the one for entering
/// is put into `slot`.
PyObject* lookUpContext(PyObject* manager, int32_t asynchronous, PyObject** slot);

PyObject* callNoArguments(PyThreadState* ts, PyObject* callable);

/// WITH_EXCEPT_START. Borrows both.
PyObject* withExceptStart(PyThreadState* ts, PyObject* exitMethod, PyObject* exception);

// exception_groups.cpp

/// CHECK_EG_MATCH: the result is the part of the exception that matches, or None; what does not is put into `rest`.
PyObject* checkGroupMatch(PyObject* exception, PyObject* type, PyObject** rest);

/// PREP_RERAISE_STAR.
PyObject* prepareReraise(PyThreadState* ts, PyObject* original, PyObject* exceptions);

/// Whether `type` may stand behind `except`; raises TypeError otherwise.
bool canBeCaught(PyObject* type);

}  // namespace pyjion::runtime
