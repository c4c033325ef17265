// SPDX-License-Identifier: MIT
#include "python/takeover.h"

#include <opcode.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <utility>

#include "base/check.h"
#include "python/code_units.h"
#include "python/exception_table.h"
#include "python/internal.h"
#include "python/ref.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

/// The exception that leads into the units. It has a BaseException's layout, since the interpreter writes to it, but
/// Python never sees it: it is gone before anything else runs. It lives until the body has ended.
struct Diversion {
    PyBaseExceptionObject exception;
    PyCodeObject* code;  // owned
    PyObject* table;     // the code object's own, owned; null once it is back in its place
    CodeUnits units;
    Frame* frame;
    BackEdge edge;
    _Py_CODEUNIT* position;  // what has jumped
    char owner;              // of the frame
    TakeoverBody* body;
    void* context;
    Py_tracefunc traceFunction = nullptr;  // of the thread
    // For the way back.
    int32_t from = 0;          // the instruction that was executed last
    bool isEnding = false;     // it goes when the interpreter ends the frame
    uint8_t tracing = 0;       // of the cframe: 0 while the interpreter executes units of ours
    PyObject** top = nullptr;  // the slot in which this stands in for `topValue`
    PyObject* topValue = nullptr;
    Diversion* next = nullptr;
    Diversion* previous = nullptr;
};

/// Those whose body runs. Not a stack: with greenlets, one that began later may go on longer. Nothing here is on the C
/// stack, so that a thread may be ended meanwhile. Guarded by the GIL.
Diversion* running = nullptr;

void noteRunning(Diversion* diversion) {
    diversion->next = running;
    if (running != nullptr) {
        running->previous = diversion;
    }
    running = diversion;
}

void noteEnded(Diversion* diversion) {
    (diversion->previous != nullptr ? diversion->previous->next : running) = diversion->next;
    if (diversion->next != nullptr) {
        diversion->next->previous = diversion->previous;
    }
}

// --- the exception table ----------------------------------------------------------------------------------------

/// A table of one entry, for the unit in front of a loop: there the interpreter looks when it has jumped back. Nothing
/// else looks while the code object has it.
PyObject* tableOf(const ExceptionEntry& entry) {
    std::array<uint8_t, kEntryBytes> bytes;
    const uint8_t* end = writeEntry(entry, bytes.data());
    return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(bytes.data()), end - bytes.data());
}

// --- entering ---------------------------------------------------------------------------------------------------

/// Puts back what takeOver() changed.
void endDiversion(Diversion* diversion) {
    if (diversion->table != nullptr) {
        Py_SETREF(diversion->code->co_exceptiontable, std::exchange(diversion->table, nullptr));
        diversion->frame->owner = diversion->owner;
        diversion->frame->prev_instr = diversion->position;
        currentThread()->c_tracefunc = diversion->traceFunction;
    }
}

void showToTracing(Diversion* diversion);

void freeDiversion(PyObject* self) {
    auto* diversion = reinterpret_cast<Diversion*>(self);
    if (diversion->isEnding) {
        showToTracing(diversion);
    }
    endDiversion(diversion);
    Py_XDECREF(diversion->exception.traceback);
    Py_XDECREF(diversion->exception.context);
    Py_DECREF(reinterpret_cast<PyObject*>(diversion->code));
    delete diversion;
}

PyObject* run(PyObject* self);
int isTrue(PyObject* self);

/// Not made ready, as PyType_Ready() does it: that would show it among the subclasses of its base.
PyTypeObject& diversionType() {
    static PyNumberMethods numberMethods = [] {
        PyNumberMethods methods{};
        methods.nb_positive = run;
        methods.nb_bool = isTrue;
        return methods;
    }();
    static PyTypeObject type = [] {
        PyTypeObject made{};
        Py_SET_REFCNT(reinterpret_cast<PyObject*>(&made), 1);
        Py_SET_TYPE(reinterpret_cast<PyObject*>(&made), &PyType_Type);
        made.tp_name = "pyjion.diversion";
        made.tp_basicsize = sizeof(Diversion);
        made.tp_dealloc = freeDiversion;
        made.tp_as_number = &numberMethods;
        made.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASE_EXC_SUBCLASS;
        return made;
    }();
    return type;
}

/// The frame's value stack must have room for two values, as many as ending it with an exception takes, and for the
/// exception on top of what is there.
bool hasRoom(PyCodeObject* code, int32_t depth) {
    constexpr int kUnitsForEachValue = 2;
    constexpr int kOtherUnits = 16;
    return code->co_stacksize >= std::max(2, depth + 1) &&
           code->co_stacksize * kUnitsForEachValue + kOtherUnits <= static_cast<int>(CodeUnits::kCapacity);
}

// --- leaving ----------------------------------------------------------------------------------------------------

/// Writes code units behind the instruction that runs the body.
class Continuation {
  public:
    explicit Continuation(uint16_t* first) : unit_(first) {}

    /// One instruction; arguments of more than eight bits have prefixes.
    void add(uint8_t opcode, uint32_t argument = 0) {
        for (int shift = 24; shift > 0; shift -= 8) {
            if (argument >> shift != 0) {
                put(EXTENDED_ARG, static_cast<uint8_t>(argument >> shift));
            }
        }
        put(opcode, static_cast<uint8_t>(argument));
    }

    /// A jump in either direction, by an int that has four bytes in any case.
    void jumpTo(uint8_t jump, const uint16_t* target) {
        constexpr ptrdiff_t kUnits = 4;
        const auto distance = static_cast<uint32_t>(target - (unit_ + kUnits));
        for (int shift = 24; shift > 0; shift -= 8) {
            put(EXTENDED_ARG, static_cast<uint8_t>(distance >> shift));
        }
        put(jump, static_cast<uint8_t>(distance));
    }

  private:
    void put(uint8_t opcode, uint8_t argument) { *unit_++ = static_cast<uint16_t>(opcode | argument << 8); }

    uint16_t* unit_;
};

/// What LOAD_FAST of a stack slot, which it pushes to that very slot, makes of the reference there: one more.
PyObject* lendToLoad(PyObject* value) {
    Py_SET_REFCNT(value, Py_REFCNT(value) - 1);
#ifdef Py_REF_DEBUG
    _Py_RefTotal--;
#endif
    return value;
}

/// Makes the interpreter's stack, which has the slots below `held` and the result of the instruction that runs the
/// body, what the frame's is. Returns that result.
PyObject* adjustStack(Frame* frame, int32_t held, Continuation& units) {
    PyObject** stack = stackBase(frame);
    const int32_t depth = python::depth(frame);
    const bool isKept = depth > held && stack[held] != nullptr;
    PyObject* result = isKept ? stack[held] : Py_NewRef(Py_None);
    if (!isKept) {
        units.add(POP_TOP);
    }
    for (int32_t slot = held - 1; slot >= depth; --slot) {
        stack[slot] = Py_NewRef(Py_None);
        units.add(POP_TOP);
    }
    for (int32_t slot = held + (isKept ? 1 : 0); slot < depth; ++slot) {
        if (stack[slot] == nullptr) {
            units.add(PUSH_NULL);
        } else {
            lendToLoad(stack[slot]);
            units.add(LOAD_FAST, static_cast<uint32_t>(code(frame)->co_nlocalsplus + slot));
        }
    }
    return result;
}

// Trace functions must not see units of ours: CPython looks their lines up in an array of the code object's. So tracing
// is off while they are executed, and what ends them switches it on again and says what has been executed before.

void hideFromTracing(Diversion* diversion) {
    diversion->tracing = std::exchange(currentThread()->cframe->use_tracing, 0);
}

void showToTracing(Diversion* diversion) {
    currentThread()->cframe->use_tracing = std::exchange(diversion->tracing, 0);
    setRunning(diversion->frame, diversion->from);
}

/// Goes on at the frame's resume position. With tracing, the jump asks the diversion whether it is true, which is where
/// that begins again (see isTrue()). It stands in for the topmost value, since the stack may be full.
PyObject* jumpBack(Diversion* diversion, Continuation& units) {
    Frame* frame = diversion->frame;
    const int32_t held = diversion->edge.depth;
    const uint16_t* target = firstInstruction(code(frame)) + resumeIndex(frame);
    if (!isTraced(currentThread())) {
        PyObject* result = adjustStack(frame, held, units);
        units.jumpTo(JUMP_FORWARD, target);
        return result;
    }
    hideFromTracing(diversion);
    const int32_t depth = python::depth(frame);
    // One reference until isTrue(), since the one on the stack may be lent, see adjustStack().
    PyObject* self = Py_NewRef(reinterpret_cast<PyObject*>(diversion));
    if (depth == 0) {
        stackBase(frame)[0] = Py_NewRef(self);
        setDepth(frame, 1);
    } else {
        diversion->top = &stackBase(frame)[depth - 1];
        diversion->topValue = std::exchange(*diversion->top, Py_NewRef(self));
    }
    PyObject* result = adjustStack(frame, held, units);
    units.jumpTo(depth == 0 ? POP_JUMP_FORWARD_IF_TRUE : JUMP_IF_TRUE_OR_POP, target);
    return result;
}

/// The end of jumpBack().
int isTrue(PyObject* self) {
    auto* diversion = reinterpret_cast<Diversion*>(self);
    showToTracing(diversion);
    if (diversion->top != nullptr) {
        *diversion->top = diversion->topValue;
        Py_DECREF(self);
    }
    Py_DECREF(self);
    return 1;
}

/// Raises what giveBackRaised() has put on the value stack, the diversion below it: the interpreter drops that before
/// it tells trace functions of the end.
PyObject* raiseAgain(Diversion* diversion, Continuation& units) {
    diversion->from = runningIndex(diversion->frame);
    hideFromTracing(diversion);
    diversion->isEnding = true;
    stackBase(diversion->frame)[0] = Py_NewRef(reinterpret_cast<PyObject*>(diversion));
    PyObject* result = adjustStack(diversion->frame, diversion->edge.depth, units);
    units.add(RERAISE);
    return result;
}

PyObject* returnValue(Diversion* diversion, PyObject* value, Continuation& units) {
    stackBase(diversion->frame)[0] = value;
    setDepth(diversion->frame, 1);
    PyObject* result = adjustStack(diversion->frame, diversion->edge.depth, units);
    units.add(RETURN_VALUE);
    return result;
}

/// The body's end becomes the interpreter's: what it returned, what it raised, or that the frame goes on.
PyObject* endIn(Diversion* diversion, PyObject* result) {
    Continuation units(diversion->units.begin() + 1);
    PyObject* top = result == kGivenBack ? jumpBack(diversion, units)
                    : result == nullptr  ? raiseAgain(diversion, units)
                                         : returnValue(diversion, result, units);
    diversion->frame->stacktop = -1;  // as the interpreter has it while it runs, see isInterpreted()
    return top;
}

PyObject* run(PyObject* self) {
    auto* diversion = reinterpret_cast<Diversion*>(self);
    endDiversion(diversion);
    Py_CLEAR(diversion->exception.traceback);  // None, whose references can be counted
    Frame* frame = diversion->frame;
    const BackEdge& edge = diversion->edge;
    setDepth(frame, edge.depth);
    noteRunning(diversion);
    PyObject* result = diversion->body(currentThread(), frame, edge, diversion->context);
    noteEnded(diversion);
    return endIn(diversion, result);
}

PyObject givenBackMarker{};  // only its address counts

}  // namespace

PyObject* const kGivenBack = &givenBackMarker;

bool takeOver(Frame* frame, const BackEdge& edge, TakeoverBody* body, void* context) {
    PyCodeObject* code = frame->f_code;
    if (!hasRoom(code, edge.depth)) {
        return false;
    }
    Diversion* diversion = nullptr;
    PyObject* table = nullptr;
    try {
        CodeUnits units = CodeUnits::near(code);
        if (!units) {
            return false;
        }
        const auto target = static_cast<int32_t>(units.begin() - firstInstruction(code));
        Continuation(units.begin()).add(UNARY_POSITIVE);
        table = tableOf({edge.header - 1, edge.header, target, edge.depth, false});
        if (table != nullptr) {
            diversion = new Diversion{{},           code, nullptr, std::move(units), frame, edge, frame->prev_instr,
                                      frame->owner, body, context};
        }
    } catch (const std::bad_alloc&) {
        Py_XDECREF(table);
        return false;
    }
    if (diversion == nullptr) {
        PyErr_Clear();
        return false;
    }
    PyTypeObject& type = diversionType();
    PyObject_Init(reinterpret_cast<PyObject*>(diversion), &type);
    Py_INCREF(reinterpret_cast<PyObject*>(code));
    diversion->table = std::exchange(code->co_exceptiontable, table);
    // For the moment an incomplete frame (_PyFrame_IsIncomplete): the exception gets no traceback, for which there
    // might be no memory. So nothing else runs until the body does.
    frame->owner = FRAME_OWNED_BY_THREAD;
    frame->prev_instr = _PyCode_CODE(code) - 1;
    // The one that is active runs this frame itself. Telling it of the exception would take memory.
    diversion->traceFunction = std::exchange(currentThread()->c_tracefunc, nullptr);
    PyErr_Restore(Py_NewRef(reinterpret_cast<PyObject*>(&type)), reinterpret_cast<PyObject*>(diversion), nullptr);
    return true;
}

bool isInterpreted(Frame* frame) {
    return frame->stacktop < 0;
}

Frame* innermostCompiled(Frame* frame) {
    // While it calls a function of Python in its own loop, the interpreter puts its stack pointer into the frame. What
    // compiled code calls is entered from C.
    for (bool isInlined = false; frame != nullptr; frame = previous(frame)) {
        if (!isInlined && !isInterpreted(frame)) {
            return frame;
        }
        isInlined = !frame->is_entry;
    }
    return nullptr;
}

namespace {

bool isBackwardJump(_Py_CODEUNIT unit) {
    switch (_Py_OPCODE(unit)) {
        case JUMP_BACKWARD:
        case JUMP_BACKWARD_QUICK:
        case POP_JUMP_BACKWARD_IF_FALSE:
        case POP_JUMP_BACKWARD_IF_TRUE:
        case POP_JUMP_BACKWARD_IF_NONE:
        case POP_JUMP_BACKWARD_IF_NOT_NONE:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::optional<int32_t> backwardJump(Frame* frame) {
    int32_t jump = runningIndex(frame);
    switch (_Py_OPCODE(*frame->prev_instr)) {
        case COMPARE_OP_FLOAT_JUMP:
        case COMPARE_OP_INT_JUMP:
        case COMPARE_OP_STR_JUMP:
            jump += 1 + INLINE_CACHE_ENTRIES_COMPARE_OP;
            break;
        default:
            break;
    }
    return isBackwardJump(_PyCode_CODE(frame->f_code)[jump]) ? std::optional(jump) : std::nullopt;
}

bool hasJustBegun(Frame* frame) {
    return isResume(_Py_OPCODE(*frame->prev_instr));
}

const void* positionOf(Frame* frame) {
    return frame->prev_instr;
}

ShownStack::ShownStack(Frame* frame, int32_t depth) : frame_(frame) {
    setDepth(frame, depth);
}

ShownStack::~ShownStack() {
    frame_->stacktop = -1;
}

namespace {

Diversion* runningOf(const Frame* frame) {
    Diversion* diversion = running;
    while (diversion != nullptr && diversion->frame != frame) {
        diversion = diversion->next;
    }
    return diversion;
}

}  // namespace

bool isTakenOver(const Frame* frame) {
    return runningOf(frame) != nullptr;
}

void noteExecuted(Frame* frame, int32_t index) {
    runningOf(frame)->from = index;
}

PyObject* giveBack(Frame* frame) {
    PYJION_CHECK(isTakenOver(frame), "a frame is given back that was not taken over");
    return kGivenBack;
}

void giveBackRaised(Frame* frame, PyObject* exception) {
    PYJION_CHECK(isTakenOver(frame), "a frame is given back that was not taken over");
    stackBase(frame)[1] = exception;  // above what raiseAgain() puts there
    setDepth(frame, 2);
}

}  // namespace pyjion::python
