// SPDX-License-Identifier: MIT
// Asking the main thread, from any thread and without the GIL, to call a function where the interpreter looks at the
// eval breaker.
#pragma once

#include <Python.h>

namespace pyjion::python {

/// Notes which thread the main thread is, by its state. Needs the GIL, in the main interpreter.
void findMainThread();

bool isMainThread();

/// Whether the interpreter has begun to take itself apart.
bool isFinalizing();

/// The main thread calls the function as a pending call, if it runs Python now; else nothing happens, since what waits
/// for it would make all other threads look in vain. Nothing happens either once the interpreter ends. Whether it will.
bool askMainThread(int (*function)(void*));

/// The same in the main thread itself, for the next occasion. False when too many calls wait already.
bool askAgain(int (*function)(void*));

}  // namespace pyjion::python
