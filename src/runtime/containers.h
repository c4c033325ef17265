// SPDX-License-Identifier: MIT
// Making and filling tuples, lists, sets and dicts. `items` are value-stack slots whose references are consumed, from
// the bottom of the stack to its top. The functions that fill a container borrow it and consume what they put in.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::runtime {

PyObject* buildTuple(PyObject** items, int64_t count);
PyObject* buildList(PyObject** items, int64_t count);
PyObject* buildSet(PyObject** items, int64_t count);
/// Keys and values alternate.
PyObject* buildMap(PyObject** items, int64_t count);
/// The values, then a tuple of the keys.
PyObject* buildConstKeyMap(PyObject** items, int64_t count);
PyObject* listToTuple(PyObject* list);

int32_t listAppend(PyObject* list, PyObject* value);
int32_t listExtend(PyObject* list, PyObject* iterable);
int32_t setAdd(PyObject* set, PyObject* value);
int32_t setUpdate(PyObject* set, PyObject* iterable);
int32_t mapAdd(PyObject* dict, PyObject* key, PyObject* value);
int32_t dictUpdate(PyObject* dict, PyObject* update);
/// Keyword arguments for a call of `callable`, which the error messages name.
int32_t dictMerge(PyObject* callable, PyObject* dict, PyObject* update);

/// Replaces what _PyDict_MergeEx raised about `**keywords` by what a call says: format_kwargs_error.
void explainKeywordError(PyObject* callable, PyObject* keywords);

}  // namespace pyjion::runtime
