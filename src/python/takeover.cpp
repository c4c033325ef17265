// SPDX-License-Identifier: MIT
#include "python/takeover.h"

#include <opcode.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "python/code_units.h"
#include "python/exception_table.h"
#include "python/internal.h"
#include "python/ref.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

/// The exception that leads into the units. It has a BaseException's layout, since the interpreter gives it a
/// traceback, but Python never sees it: it is gone before anything else runs. It lives until the body has ended.
struct Diversion {
    PyBaseExceptionObject exception;
    PyCodeObject* code;  // owned
    PyObject* table;     // the code object's own, owned; null once it is back in its place
    CodeUnits units;
    Frame* frame;
    LoopHeader header;
    TakeoverBody* body;
    void* context;
    bool hadFrameObject = false;
    bool collects = false;
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

/// Writes what ExceptionTableReader reads.
class ExceptionTableWriter {
  public:
    void add(const ExceptionEntry& entry) {
        const size_t begin = bytes_.size();
        number(entry.start);
        number(entry.end - entry.start);
        number(entry.target);
        number(entry.depth << 1 | (entry.pushesIndex ? 1 : 0));
        bytes_[begin] |= 0x80;
    }
    PyObject* table() const { return PyBytes_FromStringAndSize(bytes_.data(), static_cast<Py_ssize_t>(bytes_.size())); }

  private:
    void number(int32_t value) {
        for (int shift = 30; shift >= 0; shift -= 6) {
            if (value >> shift != 0 || shift == 0) {
                bytes_.push_back(static_cast<char>((value >> shift & 0x3f) | (shift != 0 ? 0x40 : 0)));
            }
        }
    }

    std::vector<char> bytes_;
};

/// The code object's table with one entry more, for the unit in front of a loop: there the interpreter looks when it
/// has jumped back. An entry that covers the unit is cut in two around it.
PyObject* tableWith(PyCodeObject* code, const ExceptionEntry& added) {
    ExceptionTableWriter writer;
    bool isAdded = false;
    auto add = [&] {
        if (!std::exchange(isAdded, true)) {
            writer.add(added);
        }
    };
    ExceptionTableReader reader(code);
    while (std::optional<ExceptionEntry> entry = reader.next()) {
        ExceptionEntry before = *entry;
        before.end = std::min(entry->end, added.start);
        ExceptionEntry behind = *entry;
        behind.start = std::max(entry->start, added.end);
        if (before.start < before.end) {
            writer.add(before);
        }
        if (behind.start < behind.end) {
            add();
            writer.add(behind);
        }
    }
    add();
    return writer.table();
}

// --- entering ---------------------------------------------------------------------------------------------------

/// Puts back what takeOver() changed.
void endDiversion(Diversion* diversion) {
    if (diversion->table == nullptr) {
        return;
    }
    Py_SETREF(diversion->code->co_exceptiontable, std::exchange(diversion->table, nullptr));
    if (diversion->collects) {
        PyGC_Enable();
    }
}

/// The traceback that the interpreter gave the exception, and the frame object that it made for that. A frame that
/// nobody has looked at costs less to leave.
void dropTraceback(Diversion* diversion) {
    Py_CLEAR(diversion->exception.traceback);
    Frame* frame = diversion->frame;
    if (!diversion->hadFrameObject && frame->frame_obj != nullptr && Py_REFCNT(frame->frame_obj) == 1) {
        Py_CLEAR(frame->frame_obj);
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

/// Not made ready, as PyType_Ready() does it: that would show it among the subclasses of its base.
PyTypeObject& diversionType() {
    static PyNumberMethods numberMethods = [] {
        PyNumberMethods methods{};
        methods.nb_positive = run;
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
    void jumpTo(const uint16_t* target) {
        constexpr ptrdiff_t kUnits = 4;
        const auto distance = static_cast<uint32_t>(target - (unit_ + kUnits));
        for (int shift = 24; shift > 0; shift -= 8) {
            put(EXTENDED_ARG, static_cast<uint8_t>(distance >> shift));
        }
        put(JUMP_FORWARD, static_cast<uint8_t>(distance));
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

/// The body's end becomes the interpreter's: what it returned, what it raised, or that the frame goes on.
PyObject* endIn(Frame* frame, int32_t held, PyObject* result, uint16_t* firstUnit) {
    Continuation units(firstUnit);
    if (result != kGivenBack && result != nullptr) {
        stackBase(frame)[0] = result;
        setDepth(frame, 1);
    }
    const int32_t ended = depth(frame);
    PYJION_CHECK(result != nullptr || ended == 1 || ended == 2,
                 "a frame that was taken over has ended without a result");
    PyObject* top = adjustStack(frame, held, units);
    if (result == kGivenBack) {
        units.jumpTo(firstInstruction(code(frame)) + resumeIndex(frame));
    } else if (result == nullptr) {
        units.add(RERAISE, static_cast<uint32_t>(ended - 1));
    } else {
        units.add(RETURN_VALUE);
    }
    frame->stacktop = -1;  // as the interpreter has it while it runs
    return top;
}

PyObject* run(PyObject* self) {
    auto* diversion = reinterpret_cast<Diversion*>(self);
    endDiversion(diversion);
    dropTraceback(diversion);
    Frame* frame = diversion->frame;
    const LoopHeader header = diversion->header;
    setResumeAt(frame, header.index);
    setDepth(frame, header.depth);
    noteRunning(diversion);
    PyObject* result = diversion->body(currentThread(), frame, diversion->context);
    noteEnded(diversion);
    return endIn(frame, header.depth, result, diversion->units.begin() + 1);
}

PyObject givenBackMarker{};  // only its address counts

}  // namespace

PyObject* const kGivenBack = &givenBackMarker;

bool takeOver(Frame* frame, LoopHeader header, TakeoverBody* body, void* context) {
    PyCodeObject* code = frame->f_code;
    if (!hasRoom(code, header.depth)) {
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
        table = tableWith(code, {header.index - 1, header.index, target, header.depth, false});
        if (table != nullptr) {
            diversion = new Diversion{{}, code, nullptr, std::move(units), frame, header, body, context};
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
    diversion->hadFrameObject = frame->frame_obj != nullptr;
    // Until the body runs nothing else does: making the traceback must not run the collector.
    diversion->collects = PyGC_Disable() != 0;
    PyErr_Restore(Py_NewRef(reinterpret_cast<PyObject*>(&type)), reinterpret_cast<PyObject*>(diversion), nullptr);
    return true;
}

bool isInterpreted(Frame* frame) {
    return frame->stacktop < 0;
}

bool isTakenOver(const Frame* frame) {
    const Diversion* diversion = running;
    while (diversion != nullptr && diversion->frame != frame) {
        diversion = diversion->next;
    }
    return diversion != nullptr;
}

PyObject* giveBack(Frame* frame) {
    PYJION_CHECK(isTakenOver(frame), "a frame is given back that was not taken over");
    return kGivenBack;
}

void giveBackRaised(Frame* frame) {
    PYJION_CHECK(isTakenOver(frame), "a frame is given back that was not taken over");
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyException_SetTraceback(value, traceback != nullptr ? traceback : Py_None);
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    // RERAISE takes the position from the index below the exception.
    int32_t depth = 0;
    if (PyObject* index = PyLong_FromLong(runningIndex(frame))) {
        stackBase(frame)[depth++] = index;
    } else {
        PyErr_Clear();
    }
    stackBase(frame)[depth++] = value;
    setDepth(frame, depth);
}

}  // namespace pyjion::python
