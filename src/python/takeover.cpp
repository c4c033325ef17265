// SPDX-License-Identifier: MIT
#include "python/takeover.h"

#include <opcode.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <utility>

#include "base/check.h"
#include "python/bare_type.h"
#include "python/code_units.h"
#include "python/exception_table.h"
#include "python/internal.h"
#include "python/original_units.h"
#include "python/taken_over.h"
#include "python/thread.h"
#include "python/way_back.h"

namespace pyjion::python {
namespace {

/// The exception that leads into the units. It has a BaseException's layout, since the interpreter writes to it, but
/// Python never sees it: it is gone before anything else runs. It lives until the body has ended.
struct Diversion {
    PyBaseExceptionObject exception{};
    PyCodeObject* code;         // owned
    PyObject* table = nullptr;  // the code object's own, owned; null once it is back in its place
    CodeUnits units;
    Frame* frame;
    BackEdge edge;
    _Py_CODEUNIT* position;  // what has jumped
    char owner;              // of the frame
    TakeoverBody* body;
    void* context;
    Py_tracefunc traceFunction = nullptr;  // of the thread
    TakenOver running;
    WayBack way;
};

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

void freeDiversion(PyObject* self) {
    auto* diversion = reinterpret_cast<Diversion*>(self);
    endDiversion(diversion);
    Py_XDECREF(diversion->exception.traceback);
    Py_XDECREF(diversion->exception.context);
    Py_DECREF(reinterpret_cast<PyObject*>(diversion->code));
    delete diversion;
}

PyObject* run(PyObject* self);

PyTypeObject& diversionType() {
    static PyNumberMethods numberMethods = [] {
        PyNumberMethods methods{};
        methods.nb_positive = run;
        return methods;
    }();
    static PyTypeObject type = [] {
        PyTypeObject made = bareType<Diversion>("pyjion.diversion");
        made.tp_dealloc = freeDiversion;
        made.tp_as_number = &numberMethods;
        made.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASE_EXC_SUBCLASS;
        return made;
    }();
    return type;
}

/// For going back, and for the exception on top of what is there.
bool hasRoom(PyCodeObject* code, int32_t depth) {
    return code->co_stacksize >= std::max(kSlotsToGoBack, depth + 1) &&
           1 + mostUnits(code) <= static_cast<int>(CodeUnits::kCapacity);
}

PyObject* run(PyObject* self) {
    auto* diversion = reinterpret_cast<Diversion*>(self);
    endDiversion(diversion);
    Py_CLEAR(diversion->exception.traceback);  // None, whose references can be counted
    Frame* frame = diversion->frame;
    const BackEdge& edge = diversion->edge;
    setDepth(frame, edge.depth);
    noteRunning(diversion->running);
    PyObject* result = diversion->body(currentThread(), frame, edge, diversion->context);
    noteEnded(diversion->running);
    diversion->way.from = diversion->running.from;
    return goBack(diversion->way, result);
}

}  // namespace

TakenOver* takenOver = nullptr;

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
        UnitWriter writer(units.begin());
        writer.add(UNARY_POSITIVE);
        table = tableOf({edge.header - 1, edge.header, target, edge.depth, false});
        if (table != nullptr) {
            diversion = new Diversion{.code = code,
                                      .units = std::move(units),
                                      .frame = frame,
                                      .edge = edge,
                                      .position = frame->prev_instr,
                                      .owner = frame->owner,
                                      .body = body,
                                      .context = context};
            diversion->running.frame = frame;
            diversion->way.owner = reinterpret_cast<PyObject*>(diversion);
            diversion->way.frame = frame;
            diversion->way.units = writer.next();
            diversion->way.held = edge.depth;
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

// A trampoline may have been put while a frame stood there: its jump can end with the running instruction.
std::optional<int32_t> backwardJump(Frame* frame) {
    int32_t jump = runningIndex(frame);
    switch (_Py_OPCODE(originalUnit(frame->f_code, jump))) {
        case COMPARE_OP_FLOAT_JUMP:
        case COMPARE_OP_INT_JUMP:
        case COMPARE_OP_STR_JUMP:
            jump += 1 + INLINE_CACHE_ENTRIES_COMPARE_OP;
            break;
        default:
            break;
    }
    return isBackwardJump(originalUnit(frame->f_code, jump)) ? std::optional(jump) : std::nullopt;
}

bool hasJustBegun(Frame* frame) {
    return isResume(_Py_OPCODE(originalUnit(frame->f_code, runningIndex(frame))));
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

TakenOver* runningOf(const Frame* frame) {
    TakenOver* entry = takenOver;
    while (entry != nullptr && entry->frame != frame) {
        entry = entry->next;
    }
    return entry;
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
    putRaised(frame, exception);
}

}  // namespace pyjion::python
