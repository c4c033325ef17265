// SPDX-License-Identifier: MIT
// Where CPython 3.11 keeps things: byte offsets of fields, for code that reads objects without CPython's headers (the
// lowering) and for the inline accessors of this folder. Every number is checked against CPython's own headers in
// abi.cpp when pyjion is built, and against live objects by unsupportedReason() when it starts.
#pragma once

#include <cstdint>

namespace pyjion::python::abi {

// The interpreter's frame (`_PyInterpreterFrame`). The slots hold the locals, then the cells, then the value stack.
inline constexpr int32_t kFrameFunction = 0;      // owned
inline constexpr int32_t kFrameGlobals = 8;       // borrowed
inline constexpr int32_t kFrameBuiltins = 16;     // borrowed
inline constexpr int32_t kFrameLocals = 24;       // owned, may be null: the mapping of class bodies and of locals()
inline constexpr int32_t kFrameCode = 32;         // owned
inline constexpr int32_t kFrameObject = 40;       // owned, may be null
inline constexpr int32_t kFramePrevious = 48;     // the caller's frame
inline constexpr int32_t kFramePosition = 56;     // pointer to a code unit, see setRunning() and setResumeAt()
inline constexpr int32_t kFrameStackTop = 64;     // int32: number of slots in use
inline constexpr int32_t kFrameIsEntry = 68;      // bool
inline constexpr int32_t kFrameOwner = 69;        // char
inline constexpr int32_t kFrameSlots = 72;        // PyObject*[]
inline constexpr int32_t kFrameSpecialWords = 9;  // words before the slots
inline constexpr int32_t kOwnedByThread = 0;
inline constexpr int32_t kOwnedByGenerator = 1;

// What lies around the frame of a generator, counted from the frame.
inline constexpr int32_t kGeneratorState = -5;  // int8
inline constexpr int32_t kGeneratorCreated = -2;
inline constexpr int32_t kGeneratorSuspended = -1;
inline constexpr int32_t kGeneratorExecuting = 0;  // those that can be resumed are less

// The thread state, and the part of it that an activation of the interpreter keeps on the C stack.
inline constexpr int32_t kThreadRecursionRemaining = 32;  // int32
inline constexpr int32_t kThreadCFrame = 56;
inline constexpr int32_t kThreadRaisedType = 96;  // null unless an exception is set
inline constexpr int32_t kThreadDataStackTop = 304;
inline constexpr int32_t kThreadDataStackLimit = 312;
inline constexpr int32_t kCFrameUseTracing = 0;  // uint8: not 0 while a trace or profile function is active
inline constexpr int32_t kCFrameCurrentFrame = 8;

// The process's state.
inline constexpr int32_t kRuntimeCurrentThread = 576;

// The interpreter state.
inline constexpr int32_t kInterpreterEvalBreaker = 100;  // int32: not 0 while something wants attention
inline constexpr int32_t kInterpreterEvaluator = 1424;   // the frame evaluator, null for CPython's own

// Objects.
inline constexpr int32_t kObjectRefcount = 0;  // int64
inline constexpr int32_t kGcNext = -16;        // uintptr_t: of what the collector tracks, else 0
inline constexpr int32_t kObjectType = 8;
inline constexpr int32_t kIntSize = 16;    // int64: number of digits, negative for negative numbers
inline constexpr int32_t kIntDigits = 24;  // uint32[]
inline constexpr int32_t kIntDigitBits = 30;
inline constexpr int32_t kFloatValue = 16;  // double

inline constexpr int32_t kCellObject = 16;
inline constexpr int32_t kFunctionGlobals = 16;
inline constexpr int32_t kFunctionBuiltins = 24;
inline constexpr int32_t kFunctionCode = 48;
inline constexpr int32_t kFunctionDefaults = 56;
inline constexpr int32_t kFunctionVectorcall = 120;

inline constexpr int32_t kCodeFirstInstruction = 184;  // uint16[]

inline constexpr int32_t kDictUsed = 16;        // int64
inline constexpr int32_t kDictVersionTag = 24;  // uint64, changes with every change of the dict

inline constexpr int32_t kModuleDict = 16;  // of a module: PyObject*

// Sequences: the number of items, then the items (of a tuple) or a pointer to them (of a list). An iterator over either
// has the index of its next item, and the sequence, null at the end.
inline constexpr int32_t kSequenceSize = 16;              // int64
inline constexpr int32_t kListItems = 24;                 // PyObject**
inline constexpr int32_t kTupleItems = 24;                // PyObject*[]
inline constexpr int32_t kSequenceIteratorIndex = 16;     // int64
inline constexpr int32_t kSequenceIteratorSequence = 24;  // PyObject*, owned

// Iterators over iterators: enumerate(), and zip().
inline constexpr int32_t kEnumerateIndex = 16;      // int64: of the next item
inline constexpr int32_t kEnumerateIterator = 24;   // PyObject*
inline constexpr int32_t kReusedPair = 32;          // PyObject*, of both: the last tuple, kept to be given again
inline constexpr int32_t kEnumerateLongIndex = 40;  // PyObject*: an int, when the index does not fit its word
inline constexpr int32_t kZipSize = 16;             // int64
inline constexpr int32_t kZipIterators = 24;        // PyObject*: a tuple
inline constexpr int32_t kZipIsStrict = 40;         // int32

// Objects that hold numbers: where these are, or the pointer to them. An array also has a pointer to the description
// of its type, whose first byte is the typecode.
inline constexpr int32_t kBytesData = 32;         // char[]
inline constexpr int32_t kByteArrayStart = 40;    // char*
inline constexpr int32_t kArrayItems = 24;        // char*
inline constexpr int32_t kArrayDescription = 40;  // char*

// Types. The version is another one whenever the type or one of its bases was changed; 0 is no version.
inline constexpr int32_t kTypeFlags = 168;       // uint64
inline constexpr int32_t kTypeVersion = 384;     // uint32
inline constexpr int32_t kTypeSharedKeys = 872;  // the keys that instances share: of classes made by Python

// The table of a dict's keys. Entries of keys that are all str: key, value (unused in shared keys).
inline constexpr int32_t kKeysIndexBytesLog2 = 9;  // uint8
inline constexpr int32_t kKeysKind = 10;           // uint8: 0 when some key is no str
inline constexpr int32_t kKeysEntryCount = 24;     // int64
inline constexpr int32_t kKeysIndices = 32;        // behind the indices come the entries

// Instances whose attributes are kept in the object's prefix; the two words exclude each other.
inline constexpr int32_t kInstanceValues = -32;
inline constexpr int32_t kValuesInserted = -2;  // in front of them: how many; and in front of that, which
inline constexpr int32_t kInstanceDict = -24;

// A range, and an iterator over one whose values fit 64 bits.
inline constexpr int32_t kRangeStop = 24;            // PyObject*
inline constexpr int32_t kRangeIteratorIndex = 16;   // int64: number of values already given
inline constexpr int32_t kRangeIteratorStart = 24;   // int64
inline constexpr int32_t kRangeIteratorStep = 32;    // int64
inline constexpr int32_t kRangeIteratorLength = 40;  // int64
inline constexpr int32_t kRangeIteratorBytes = 48;

/// Whether every change of a reference count is added to a total as well: CPython's debug build (Py_REF_DEBUG).
#ifdef PYJION_DEBUG_PYTHON
inline constexpr bool kReferencesAreTotalled = true;
#else
inline constexpr bool kReferencesAreTotalled = false;
#endif

}  // namespace pyjion::python::abi
