// SPDX-License-Identifier: MIT
#include "python/unraise.h"

#include <opcode.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/check.h"
#include "python/bare_type.h"
#include "python/exception_table.h"
#include "python/internal.h"
#include "python/original_units.h"
#include "python/takeover.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

// --- where ------------------------------------------------------------------------------------------------------

/// Code units in front of those at which a frame may go on, in ascending order. Which of them it is, only the
/// interpreter knows: it will look for a handler of that one alone.
struct Places {
    static constexpr int kMost = 4;
    std::array<int32_t, kMost> units{};
    int count = 0;

    void add(int64_t unit) { units[static_cast<size_t>(count++)] = static_cast<int32_t>(unit); }
};

bool isExtendedArgument(_Py_CODEUNIT unit) {
    return _Py_OPCODE(unit) == EXTENDED_ARG || _Py_OPCODE(unit) == EXTENDED_ARG_QUICK;
}

/// A jump backwards by its argument. What looks like prefixes in front of it may be inline caches of another
/// instruction.
Places beforeTargets(PyCodeObject* code, int32_t jump) {
    const _Py_CODEUNIT* units = _PyCode_CODE(code);
    std::array<int64_t, Places::kMost> found{};
    int count = 0;
    int64_t argument = _Py_OPARG(units[jump]);
    found[0] = jump - argument;
    for (int prefixes = 1; prefixes < Places::kMost && prefixes <= jump && isExtendedArgument(units[jump - prefixes]);
         ++prefixes) {
        argument |= static_cast<int64_t>(_Py_OPARG(units[jump - prefixes])) << 8 * prefixes;
        const int64_t unit = jump - argument;
        if (unit >= -1 && unit != found[static_cast<size_t>(count)]) {
            found[static_cast<size_t>(++count)] = unit;
        }
    }
    Places places;
    for (; count >= 0; --count) {
        places.add(found[static_cast<size_t>(count)]);
    }
    return places;
}

bool isCall(_Py_CODEUNIT unit) {
    switch (_Py_OPCODE(unit)) {
        case CALL:
        case CALL_ADAPTIVE:
        case CALL_PY_EXACT_ARGS:
        case CALL_PY_WITH_DEFAULTS:
            return true;
        default:
            return false;
    }
}

/// The frame has looked at the eval breaker in its running instruction, or behind that.
Places placesOf(Frame* frame) {
    constexpr int32_t kUnitsOfPrecall = 1 + INLINE_CACHE_ENTRIES_PRECALL;
    if (const auto jump = backwardJump(frame)) {
        return beforeTargets(frame->f_code, *jump);
    }
    const int32_t running = runningIndex(frame);
    const _Py_CODEUNIT unit = originalUnit(frame->f_code, running);
    Places places;
    switch (_Py_OPCODE(unit)) {
        case RESUME:
        case RESUME_QUICK:
            // With a trace function, the interpreter looks before the instruction as well as in it.
            places.add(running - 1);
            places.add(running);
            break;
        case CALL_FUNCTION_EX:
            places.add(running);
            break;
        default: {
            // Specialised forms of PRECALL make the call.
            const int32_t call = isCall(unit) ? running : running + kUnitsOfPrecall;
            PYJION_CHECK(isCall(originalUnit(frame->f_code, call)),
                         "the eval breaker was looked at in an unknown instruction");
            places.add(call + INLINE_CACHE_ENTRIES_CALL);
        }
    }
    return places;
}

// --- there and back ---------------------------------------------------------------------------------------------

/// A bytes object that is the exception table meanwhile.
struct Table {
    PyBytesObject head;
    std::array<uint8_t, Places::kMost * kEntryBytes> rest;
};

/// Nothing else runs between unraise() and goOn(), in any thread: one of each is enough.
struct Unraised {
    PyBaseExceptionObject exception;
    Table table;
    Places places;
    std::array<_Py_CODEUNIT, Places::kMost> units;  // that were there
    PyCodeObject* code;
    PyObject* ownTable;
    Frame* frame;
    _Py_CODEUNIT* position;
    char owner;
    Py_tracefunc traceFunction;
    uint8_t tracing;      // of the cframe
    PyObject* lastValue;  // in the last slot of the value stack, if that is in use
};

// A place in front of the first code unit lies in what the code object has there.
static_assert(offsetof(PyCodeObject, co_code_adaptive) - offsetof(PyCodeObject, co_extra) >= sizeof(_Py_CODEUNIT));

int goOn(PyObject* self);

PyTypeObject& exceptionType() {
    static PyNumberMethods numberMethods = [] {
        PyNumberMethods methods{};
        methods.nb_bool = goOn;
        return methods;
    }();
    static PyTypeObject type = [] {
        PyTypeObject made = bareType<PyBaseExceptionObject>("pyjion.unraised");
        made.tp_as_number = &numberMethods;
        made.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASE_EXC_SUBCLASS;
        return made;
    }();
    return type;
}

/// Its own reference is the only one, but while it goes round.
Unraised& unraised() {
    static Unraised state = [] {
        Unraised made{};
        PyObject_Init(reinterpret_cast<PyObject*>(&made.exception), &exceptionType());
        PyObject_InitVar(reinterpret_cast<PyVarObject*>(&made.table.head), &PyBytes_Type, 0);
        return made;
    }();
    return state;
}

PyObject** lastSlot(Frame* frame) {
    return stackBase(frame) + frame->f_code->co_stacksize - 1;
}

/// The table sends each place to itself, and the unit there is the instruction that asks the exception whether it is
/// true. Only the last slot is dropped, if it is in use: then there is room for the exception in any case.
void setTrap(Unraised& state) {
    _Py_CODEUNIT* units = _PyCode_CODE(state.code);
    auto* const begin = reinterpret_cast<uint8_t*>(state.table.head.ob_sval);
    uint8_t* end = begin;
    for (int i = 0; i < state.places.count; ++i) {
        const int32_t unit = state.places.units[static_cast<size_t>(i)];
        end = writeEntry({unit, unit + 1, unit, state.code->co_stacksize - 1, false}, end);
        state.units[static_cast<size_t>(i)] =
            std::exchange(units[unit], static_cast<_Py_CODEUNIT>(JUMP_IF_TRUE_OR_POP));
    }
    Py_SET_SIZE(reinterpret_cast<PyVarObject*>(&state.table.head), end - begin);
    state.ownTable = std::exchange(state.code->co_exceptiontable, reinterpret_cast<PyObject*>(&state.table.head));
}

void removeTrap(Unraised& state) {
    state.code->co_exceptiontable = state.ownTable;
    for (int i = 0; i < state.places.count; ++i) {
        _PyCode_CODE(state.code)[state.places.units[static_cast<size_t>(i)]] = state.units[static_cast<size_t>(i)];
    }
}

/// The instruction asks. False: it drops the exception. True: it keeps what is on top, which is what was in the last
/// slot. The exception had been put there too: the interpreter has released it if the slot was in use.
int goOn(PyObject* self) {
    Unraised& state = unraised();
    constexpr Py_ssize_t kOwn = 1;
    constexpr Py_ssize_t kOnStack = 1;
    const bool wasInUse = Py_REFCNT(self) == kOwn + kOnStack;
    *lastSlot(state.frame) = state.lastValue;
    Py_SET_REFCNT(self, wasInUse ? kOwn : kOwn + kOnStack);
    Py_CLEAR(state.exception.traceback);  // None, whose references can be counted
    removeTrap(state);
    PyThreadState* ts = currentThread();
    ts->c_tracefunc = state.traceFunction;
    ts->cframe->use_tracing = state.tracing;
    state.frame->owner = state.owner;
    state.frame->prev_instr = state.position;
    return wasInUse ? 1 : 0;
}

}  // namespace

PyObject* exceptionToUnraise() {
    return Py_NewRef(reinterpret_cast<PyObject*>(&unraised().exception));
}

void dropContext() {
    Py_CLEAR(unraised().exception.context);
}

void unraise(PyThreadState* ts) {
    Unraised& state = unraised();
    auto* exception = reinterpret_cast<PyObject*>(&state.exception);
    Frame* frame = currentFrame(ts);
    state.places = placesOf(frame);
    state.code = frame->f_code;
    state.frame = frame;
    state.position = frame->prev_instr;
    // An incomplete frame (_PyFrame_IsIncomplete) gets no traceback, and its trace function is not told.
    state.owner = std::exchange(frame->owner, static_cast<char>(FRAME_OWNED_BY_THREAD));
    frame->prev_instr = _PyCode_CODE(frame->f_code) - 1;
    state.traceFunction = std::exchange(ts->c_tracefunc, nullptr);
    state.tracing = std::exchange(ts->cframe->use_tracing, 0);
    state.lastValue = std::exchange(*lastSlot(frame), Py_NewRef(exception));
    setTrap(state);
    ts->curexc_type = Py_NewRef(reinterpret_cast<PyObject*>(&exceptionType()));
    ts->curexc_value = Py_NewRef(exception);
}

}  // namespace pyjion::python
