// SPDX-License-Identifier: MIT
// The proof of abi.h: every offset compared with CPython's own declarations, while compiling.
#include "python/abi.h"

#include <cstddef>

#include "python/internal.h"

namespace pyjion::python::abi {
namespace {

// rangeobject.c, listobject.c and tupleobject.c keep these structures to themselves; these repeat them, and
// unsupportedReason() tests them.
struct RangeObject {
    PyObject header;
    PyObject* start;
    PyObject* stop;
    PyObject* step;
    PyObject* length;
};

struct RangeIterator {
    PyObject header;
    long index;
    long start;
    long step;
    long length;
};

struct SequenceIterator {
    PyObject header;
    Py_ssize_t index;
    PyObject* sequence;
};

#ifdef Py_REF_DEBUG
static_assert(kReferencesAreTotalled);
#else
static_assert(!kReferencesAreTotalled);
#endif

#define SAME_OFFSET(constant, type, field) \
    static_assert(constant == static_cast<int32_t>(offsetof(type, field)), #type "." #field)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

SAME_OFFSET(kFrameFunction, _PyInterpreterFrame, f_func);
SAME_OFFSET(kFrameGlobals, _PyInterpreterFrame, f_globals);
SAME_OFFSET(kFrameBuiltins, _PyInterpreterFrame, f_builtins);
SAME_OFFSET(kFrameLocals, _PyInterpreterFrame, f_locals);
SAME_OFFSET(kFrameCode, _PyInterpreterFrame, f_code);
SAME_OFFSET(kFrameObject, _PyInterpreterFrame, frame_obj);
SAME_OFFSET(kFramePrevious, _PyInterpreterFrame, previous);
SAME_OFFSET(kFramePosition, _PyInterpreterFrame, prev_instr);
SAME_OFFSET(kFrameStackTop, _PyInterpreterFrame, stacktop);
SAME_OFFSET(kFrameIsEntry, _PyInterpreterFrame, is_entry);
SAME_OFFSET(kFrameOwner, _PyInterpreterFrame, owner);
SAME_OFFSET(kFrameSlots, _PyInterpreterFrame, localsplus);
static_assert(kFrameSpecialWords == FRAME_SPECIALS_SIZE);
static_assert(kOwnedByThread == FRAME_OWNED_BY_THREAD);
static_assert(kOwnedByGenerator == FRAME_OWNED_BY_GENERATOR);

static_assert(kGeneratorState == static_cast<int32_t>(offsetof(PyGenObject, gi_frame_state)) -
                                     static_cast<int32_t>(offsetof(PyGenObject, gi_iframe)));
static_assert(kGeneratorCreated == FRAME_CREATED);
static_assert(kGeneratorSuspended == FRAME_SUSPENDED);
static_assert(kGeneratorExecuting == FRAME_EXECUTING);

SAME_OFFSET(kRuntimeCurrentThread, _PyRuntimeState, gilstate.tstate_current);
SAME_OFFSET(kThreadRecursionRemaining, PyThreadState, recursion_remaining);
SAME_OFFSET(kThreadCFrame, PyThreadState, cframe);
SAME_OFFSET(kThreadRaisedType, PyThreadState, curexc_type);
SAME_OFFSET(kThreadDataStackTop, PyThreadState, datastack_top);
SAME_OFFSET(kThreadDataStackLimit, PyThreadState, datastack_limit);
SAME_OFFSET(kCFrameUseTracing, _PyCFrame, use_tracing);
SAME_OFFSET(kCFrameCurrentFrame, _PyCFrame, current_frame);
SAME_OFFSET(kInterpreterEvalBreaker, PyInterpreterState, ceval.eval_breaker);
SAME_OFFSET(kInterpreterEvaluator, PyInterpreterState, eval_frame);

SAME_OFFSET(kObjectRefcount, PyObject, ob_refcnt);
SAME_OFFSET(kObjectType, PyObject, ob_type);
SAME_OFFSET(kIntSize, PyVarObject, ob_size);
SAME_OFFSET(kIntDigits, PyLongObject, ob_digit);
static_assert(kIntDigitBits == PyLong_SHIFT);
SAME_OFFSET(kFloatValue, PyFloatObject, ob_fval);

SAME_OFFSET(kFunctionGlobals, PyFunctionObject, func_globals);
SAME_OFFSET(kFunctionBuiltins, PyFunctionObject, func_builtins);
SAME_OFFSET(kFunctionCode, PyFunctionObject, func_code);
SAME_OFFSET(kFunctionDefaults, PyFunctionObject, func_defaults);
SAME_OFFSET(kFunctionVectorcall, PyFunctionObject, vectorcall);
SAME_OFFSET(kCodeFirstInstruction, PyCodeObject, co_code_adaptive);

SAME_OFFSET(kSequenceSize, PyVarObject, ob_size);
SAME_OFFSET(kListItems, PyListObject, ob_item);
SAME_OFFSET(kTupleItems, PyTupleObject, ob_item);
SAME_OFFSET(kSequenceIteratorIndex, SequenceIterator, index);
SAME_OFFSET(kSequenceIteratorSequence, SequenceIterator, sequence);
SAME_OFFSET(kBytesData, PyBytesObject, ob_sval);
SAME_OFFSET(kByteArrayStart, PyByteArrayObject, ob_start);
// (Arrays are private to their module: elements.cpp compares each that it meets with the buffer that it gives.)
SAME_OFFSET(kTypeFlags, PyTypeObject, tp_flags);
SAME_OFFSET(kTypeVersion, PyTypeObject, tp_version_tag);
SAME_OFFSET(kTypeSharedKeys, PyHeapTypeObject, ht_cached_keys);

SAME_OFFSET(kDictUsed, PyDictObject, ma_used);
SAME_OFFSET(kDictVersionTag, PyDictObject, ma_version_tag);
SAME_OFFSET(kModuleDict, PyModuleObject, md_dict);
SAME_OFFSET(kKeysIndexBytesLog2, PyDictKeysObject, dk_log2_index_bytes);
SAME_OFFSET(kKeysKind, PyDictKeysObject, dk_kind);
SAME_OFFSET(kKeysEntryCount, PyDictKeysObject, dk_nentries);
SAME_OFFSET(kKeysIndices, PyDictKeysObject, dk_indices);
static_assert(DICT_KEYS_GENERAL == 0);
static_assert(offsetof(PyDictUnicodeEntry, me_key) == 0 && offsetof(PyDictUnicodeEntry, me_value) == 8);
static_assert(offsetof(struct _dictvalues, values) == 0);

SAME_OFFSET(kRangeStop, RangeObject, stop);
SAME_OFFSET(kRangeIteratorIndex, RangeIterator, index);
SAME_OFFSET(kRangeIteratorStart, RangeIterator, start);
SAME_OFFSET(kRangeIteratorStep, RangeIterator, step);
SAME_OFFSET(kRangeIteratorLength, RangeIterator, length);
static_assert(kRangeIteratorBytes == sizeof(RangeIterator));

#pragma GCC diagnostic pop
#undef SAME_OFFSET

}  // namespace
}  // namespace pyjion::python::abi
