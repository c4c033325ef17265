// SPDX-License-Identifier: MIT
#include "python/way_back.h"

#include <opcode.h>

#include <cstddef>
#include <utility>

#include "python/bare_type.h"
#include "python/internal.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

// --- the object on the stack ------------------------------------------------------------------------------------

WayBack& wayOf(PyObject* object) {
    static_assert(offsetof(WayBack, object) == 0);
    return *reinterpret_cast<WayBack*>(object);
}

void hideFromTracing(WayBack& way) {
    way.tracing = std::exchange(currentThread()->cframe->use_tracing, 0);
}

void showToTracing(WayBack& way) {
    currentThread()->cframe->use_tracing = std::exchange(way.tracing, 0);
    setRunning(way.frame, way.from);
}

/// What the jump asks.
int isTrue(PyObject* object) {
    WayBack& way = wayOf(object);
    showToTracing(way);
    if (way.top != nullptr) {
        *std::exchange(way.top, nullptr) = way.topValue;
        Py_DECREF(object);
    }
    Py_DECREF(object);
    return 1;
}

/// tp_dealloc. The object itself is a part of the way, and can be used again.
void released(PyObject* object) {
    WayBack& way = wayOf(object);
    if (std::exchange(way.isEnding, false)) {
        showToTracing(way);
    }
    Py_XDECREF(way.owner);
}

PyTypeObject& objectType() {
    static PyNumberMethods numberMethods = [] {
        PyNumberMethods methods{};
        methods.nb_bool = isTrue;
        return methods;
    }();
    static PyTypeObject type = [] {
        PyTypeObject made = bareType<WayBack>("pyjion.way_back");
        made.tp_dealloc = released;
        made.tp_as_number = &numberMethods;
        return made;
    }();
    return type;
}

/// A reference for the stack.
PyObject* use(WayBack& way) {
    Py_XINCREF(way.owner);
    return PyObject_Init(&way.object, &objectType());
}

// --- the units --------------------------------------------------------------------------------------------------

/// What LOAD_FAST of a stack slot, which it pushes to that very slot, makes of the reference there: one more.
void lendToLoad(PyObject* value) {
    Py_SET_REFCNT(value, Py_REFCNT(value) - 1);
#ifdef Py_REF_DEBUG
    _Py_RefTotal--;
#endif
}

/// Makes the interpreter's stack, which has the slots below `held` and the result of the unit that has called the body,
/// what the frame's is. Returns that result.
PyObject* adjustStack(const WayBack& way, UnitWriter& units) {
    Frame* frame = way.frame;
    PyObject** stack = stackBase(frame);
    const int32_t depth = python::depth(frame);
    const bool isKept = depth > way.held && stack[way.held] != nullptr;
    PyObject* result = isKept ? stack[way.held] : Py_NewRef(Py_None);
    if (!isKept) {
        units.add(POP_TOP);
    }
    for (int32_t slot = way.held - 1; slot >= depth; --slot) {
        stack[slot] = Py_NewRef(Py_None);
        units.add(POP_TOP);
    }
    for (int32_t slot = way.held + (isKept ? 1 : 0); slot < depth; ++slot) {
        if (stack[slot] == nullptr) {
            units.add(PUSH_NULL);
        } else {
            lendToLoad(stack[slot]);
            units.add(LOAD_FAST, static_cast<uint32_t>(code(frame)->co_nlocalsplus + slot));
        }
    }
    return result;
}

/// With tracing, the object stands in for the topmost value, since the stack may be full.
PyObject* jumpBack(WayBack& way, UnitWriter& units) {
    Frame* frame = way.frame;
    const uint16_t* target = firstInstruction(code(frame)) + resumeIndex(frame);
    if (!isTraced(currentThread())) {
        PyObject* result = adjustStack(way, units);
        units.jumpTo(JUMP_FORWARD, target);
        return result;
    }
    hideFromTracing(way);
    const int32_t depth = python::depth(frame);
    // One reference until isTrue(), since the one on the stack may be lent, see adjustStack().
    PyObject* object = Py_NewRef(use(way));
    if (depth == 0) {
        stackBase(frame)[0] = object;
        setDepth(frame, 1);
    } else {
        way.top = &stackBase(frame)[depth - 1];
        way.topValue = std::exchange(*way.top, object);
    }
    PyObject* result = adjustStack(way, units);
    units.jumpTo(depth == 0 ? POP_JUMP_FORWARD_IF_TRUE : JUMP_IF_TRUE_OR_POP, target);
    return result;
}

/// Raises what putRaised() has put on the value stack, the object below it: the interpreter drops that before it tells
/// trace functions of the end.
PyObject* raiseAgain(WayBack& way, UnitWriter& units) {
    way.from = runningIndex(way.frame);
    hideFromTracing(way);
    way.isEnding = true;
    stackBase(way.frame)[0] = use(way);
    PyObject* result = adjustStack(way, units);
    units.add(RERAISE);
    return result;
}

PyObject* returnValue(WayBack& way, PyObject* value, UnitWriter& units) {
    if (way.held == 0) {  // as at the end of each call that a trampoline leads
        units.add(RETURN_VALUE);
        return value;
    }
    stackBase(way.frame)[0] = value;
    setDepth(way.frame, 1);
    PyObject* result = adjustStack(way, units);
    units.add(RETURN_VALUE);
    return result;
}

PyObject givenBackMarker{};  // only its address counts

}  // namespace

PyObject* const kGivenBack = &givenBackMarker;

void UnitWriter::add(uint8_t opcode, uint32_t argument) {
    for (int shift = 24; shift > 0; shift -= 8) {
        if (argument >> shift != 0) {
            put(EXTENDED_ARG, static_cast<uint8_t>(argument >> shift));
        }
    }
    put(opcode, static_cast<uint8_t>(argument));
}

void UnitWriter::jumpTo(uint8_t jump, const uint16_t* target) {
    constexpr ptrdiff_t kUnits = 4;
    const auto distance = static_cast<uint32_t>(target - (unit_ + kUnits));
    for (int shift = 24; shift > 0; shift -= 8) {
        put(EXTENDED_ARG, static_cast<uint8_t>(distance >> shift));
    }
    put(jump, static_cast<uint8_t>(distance));
}

int mostUnits(PyCodeObject* code) {
    constexpr int kUnitsForEachValue = 2;
    constexpr int kOtherUnits = 16;
    return code->co_stacksize * kUnitsForEachValue + kOtherUnits;
}

PyObject* goBack(WayBack& way, PyObject* result) {
    UnitWriter units(way.units);
    PyObject* top = result == kGivenBack ? jumpBack(way, units)
                    : result == nullptr  ? raiseAgain(way, units)
                                         : returnValue(way, result, units);
    way.frame->stacktop = -1;  // as the interpreter has it while it runs, see isInterpreted()
    return top;
}

void putRaised(Frame* frame, PyObject* exception) {
    stackBase(frame)[1] = exception;  // above what raiseAgain() puts there
    setDepth(frame, 2);
}

}  // namespace pyjion::python
