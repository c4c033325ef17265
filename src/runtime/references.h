// SPDX-License-Identifier: MIT
// Giving references back. These cannot fail (finalizers report their exceptions themselves), but finalizers run here:
// the result is 1 when tracing is on afterwards, else 0. With 1, None is stashed and the code must be left behind the
// instruction.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// The object's reference count has reached zero.
int32_t dealloc(PyObject* object);

/// The same behind which a conditional jump is decided: the result is the decision, or -1 with that stashed.
int32_t deallocDecided(PyObject* object, int32_t decision);

/// Whether the object may end without any Python code being run: 1, else 0.
int32_t endsQuietly(PyObject* object);

/// Whether finalizers that ran before without being looked at ask for compiled code to be left.
int32_t askedToLeave();

/// Gives one reference back; null is allowed.
int32_t release(PyObject* object);

/// STORE_FAST: the reference passes to the slot, then the old object, if any, is released.
int32_t storeLocal(PyObject** slot, PyObject* value);

// The same for places that compiled code does not leave: tracing is noticed by the next check. Nothing is stashed; to
// ignore the result of the functions above instead would leave a stashed result behind.
void deallocAndStay(PyObject* object);
void releaseAndStay(PyObject* object);
void storeLocalAndStay(PyObject** slot, PyObject* value);

/// Put a number into a slot that holds plain data or nothing: into the object that is there, if nobody else has it and
/// it is one of its kind.
void writeInt(PyObject** slot, int64_t value);
void writeDouble(PyObject** slot, double value);

}  // namespace pyjion::runtime
