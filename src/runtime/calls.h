// SPDX-License-Identifier: MIT
// PRECALL + CALL. `slots` is the call's part of the frame's value stack as it is before PRECALL: callable or null,
// callable or self, then `nargs` arguments; all references are consumed and the slots may be overwritten. Compiled
// Python functions are entered directly, with the arguments moved into their frame; everything else by vectorcall,
// after which pending signals, calls and GIL requests are handled as the interpreter does there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "runtime/entry.h"
#include "runtime/site.h"

namespace pyjion::runtime {

/// Records the type of the result in `site->seenLeft`.
PyObject* call(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t nargs, Site* site);

/// call() for full code: records nothing.
PyObject* callKnown(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t nargs);

template <size_t kIndex>
using Argument = PyObject*;

template <typename Indices>
struct FunctionCalls;

/// callKnown() and callKnownForInt() of what is a function with just the arguments that it takes, most often. The
/// references to these are consumed, and that to the function.
template <size_t... kIndices>
struct FunctionCalls<std::index_sequence<kIndices...>> {
    static PyObject* call(PyThreadState* ts, PyObject* function, Argument<kIndices>... arguments);
    static int64_t callForInt(PyThreadState* ts, PyObject* function, Argument<kIndices>... arguments);
};

/// By the number of arguments, which is base::kMostPassed at most.
template <size_t kCount>
using CallsOf = FunctionCalls<std::make_index_sequence<kCount>>;

/// Such calls of a function with one and two arguments that stash nothing, for what goes on with the result before
/// compiled code can be left.
PyObject* callUnaryAndStay(PyThreadState* ts, PyObject* function, PyObject* argument);
PyObject* callBinaryAndStay(PyThreadState* ts, PyObject* function, PyObject* left, PyObject* right);

/// callKnown() where an int is expected that fits 62 bits. deopt::kNoInt: an exception is set, or there is another
/// result, which is stashed.
int64_t callKnownForInt(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t nargs);

/// A call whose last arguments have these names. Stashes nothing: that is left to the caller.
PyObject* callNamed(PyThreadState* ts, PyObject** slots, int64_t nargs, PyObject* names);

/// A call of a Python function, or a method of one, with the items of a tuple, which the caller holds until the call
/// has ended, as it does the callable. False with nothing done where that is PyObject_Call's.
bool callSpread(PyThreadState* ts, PyObject* callable, PyObject* arguments, PyObject*& result);

/// What compiled code compares a function's code with before it enters it without a helper. Whoever frees the code
/// clears it.
struct CallCache {
    PyCodeObject* code = nullptr;
};

/// The end of a call that compiled code made itself, of a body with unboxed results, where it is not the usual one:
/// goes on in other compiled code, copes with a frame that is unlinked already. Gives the frame, its words and its
/// recursion unit back. The result is that of callKnownForInt().
int64_t finishCallForInt(PyThreadState* ts, _PyInterpreterFrame* frame);

/// How many activations of a body without a frame may be under way at once: as far as recursion, C stack, and memory to
/// leave them go. 0 too where such a body may not be entered.
int32_t roomForActivations(PyThreadState* ts, const CodeEntry* entry);
/// The end of a call of such a body that was left; like those of callKnown() and callKnownForInt().
PyObject* finishUnwinding(PyThreadState* ts);
int64_t finishUnwindingForInt(PyThreadState* ts);

/// What such a call ends with when a finalizer has switched tracing on.
int64_t finishObservedInt(PyThreadState* ts, int64_t result);

}  // namespace pyjion::runtime
