// SPDX-License-Identifier: MIT
// Asking a thread, from any thread and without the GIL, to call a function where its interpreter looks at the eval
// breaker.
//
// Others ask the main thread by a pending call, which no other thread makes. All that those look at is their
// asynchronous exception: theirs is an object that counts as a class of exceptions, and whose last reference the
// interpreter drops when it has raised it. What that calls is the function; then the exception is undone (unraise.h),
// unless a frame was taken over. Nobody sees it: an asynchronous exception is looked at nowhere else, and a user's own
// takes its place. Every thread asks itself in this way.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// 0, or -1 when the thread is on its way into a frame that was taken over.
using Attention = int();

/// Notes which thread the main thread is, by its state. Needs the GIL, in the main interpreter.
void findMainThread();
/// The same in the child of a fork, which has no other thread.
void forked();

/// The thread that runs Python now calls the function, if it is one of the main interpreter; nothing happens when none
/// is, since what waits for a thread would make all others look in vain, nor once the interpreter ends. Asking again
/// before it was called changes nothing.
void askWhoRuns(Attention* function);

/// Whether the interpreter has begun to take itself apart.
bool isFinalizing();

/// The calling thread, which has the GIL, calls the function at the next occasion: it is not called once for each time
/// that this was asked. False where it cannot be asked now.
bool askAgain(Attention* function);

/// All threads but the caller's do, if there are new ones since the last time. Needs the GIL.
void askNewThreads(Attention* function);

/// Whether that is no exception but what asks a thread.
bool asksForAttention(PyObject* asynchronousException);
/// What the interpreter does with one when compiled code runs in its place.
int payAttention(PyObject* asynchronousException);

}  // namespace pyjion::python
