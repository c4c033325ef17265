// SPDX-License-Identifier: MIT
// What generators, coroutines and asynchronous generators are made of, apart from YIELD_VALUE, which compiled code does
// itself, and SEND (generator_slots.h). Operands are consumed where nothing else is said.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

/// RETURN_GENERATOR.
PyObject* returnGenerator(PyThreadState* ts, _PyInterpreterFrame* frame);

PyObject* getYieldFromIter(_PyInterpreterFrame* frame, PyObject* iterable);

/// GET_AWAITABLE; `place` is its argument.
PyObject* getAwaitable(PyObject* iterable, int32_t place);

PyObject* getAsyncIter(PyObject* iterable);

/// GET_ANEXT. Borrows the iterator.
PyObject* getAsyncNext(PyObject* iterator);

/// ASYNC_GEN_WRAP.
PyObject* wrapAsyncValue(PyObject* value);

}  // namespace pyjion::runtime
