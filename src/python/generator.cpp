// SPDX-License-Identifier: MIT
// CPython makes generators in functions that it does not export (_Py_MakeCoro and what that calls); what they do is
// done here through functions that it does.
#include "python/generator.h"

#include <opcode.h>

#include <cstring>

#include "python/internal.h"
#include "python/original_units.h"

namespace pyjion::python {
namespace {

PyGenObject* allocate(PyTypeObject* type, PyFunctionObject* function) {
    auto* code = reinterpret_cast<PyCodeObject*>(function->func_code);
    auto* generator = reinterpret_cast<PyGenObject*>(
        _PyObject_GC_NewVar(type, static_cast<Py_ssize_t>(code->co_nlocalsplus) + code->co_stacksize));
    if (generator == nullptr) {
        return nullptr;
    }
    generator->gi_frame_state = FRAME_CLEARED;
    generator->gi_code = code;
    Py_INCREF(function->func_code);
    generator->gi_weakreflist = nullptr;
    generator->gi_exc_state.exc_value = nullptr;
    generator->gi_exc_state.previous_item = nullptr;
    generator->gi_name = Py_NewRef(function->func_name);
    generator->gi_qualname = Py_NewRef(function->func_qualname);
    generator->gi_origin_or_finalizer = nullptr;
    generator->gi_hooks_inited = 0;
    generator->gi_closed = 0;
    generator->gi_running_async = 0;
    return generator;
}

// Where the coroutine was made: up to `depth` tuples (file, line, function). Mirrors compute_cr_origin.
PyObject* originOf(Frame* frame, int depth) {
    int count = 0;
    for (Frame* caller = frame; caller != nullptr && count < depth; caller = caller->previous) {
        count++;
    }
    PyObject* origin = PyTuple_New(count);
    for (int i = 0; origin != nullptr && i < count; i++, frame = frame->previous) {
        const int byte = runningIndex(frame) * static_cast<int>(sizeof(_Py_CODEUNIT));
        PyObject* entry = Py_BuildValue("OiO", frame->f_code->co_filename, PyCode_Addr2Line(frame->f_code, byte),
                                        frame->f_code->co_name);
        if (entry == nullptr) {
            Py_CLEAR(origin);
            break;
        }
        PyTuple_SET_ITEM(origin, i, entry);
    }
    return origin;
}

PyTypeObject* typeFor(int flags) {
    if ((flags & CO_COROUTINE) != 0) {
        return &PyCoro_Type;
    }
    return (flags & CO_ASYNC_GENERATOR) != 0 ? &PyAsyncGen_Type : &PyGen_Type;
}

PyGenObject* make(PyThreadState* ts, Frame* frame) {
    PyTypeObject* type = typeFor(frame->f_code->co_flags);
    PyGenObject* generator = allocate(type, frame->f_func);
    if (generator == nullptr) {
        return nullptr;
    }
    auto* object = reinterpret_cast<PyObject*>(generator);
    PyObject_GC_Track(object);
    if (type == &PyCoro_Type && ts->coroutine_origin_tracking_depth > 0) {
        generator->gi_origin_or_finalizer = originOf(frame->previous, ts->coroutine_origin_tracking_depth);
        if (generator->gi_origin_or_finalizer == nullptr) {
            Py_DECREF(object);
            return nullptr;
        }
    }
    return generator;
}

bool isCoroutine(PyObject* object) {
    return PyCoro_CheckExact(object) ||
           (PyGen_CheckExact(object) &&
            (reinterpret_cast<PyGenObject*>(object)->gi_code->co_flags & CO_ITERABLE_COROUTINE) != 0);
}

// What genobject.c keeps to itself.
struct AsyncValue {
    PyObject header;
    PyObject* value;
};

}  // namespace

PyObject* makeGenerator(PyThreadState* ts, Frame* frame) {
    PyGenObject* generator = make(ts, frame);
    if (generator == nullptr) {
        return nullptr;
    }
    auto* inside = reinterpret_cast<Frame*>(generator->gi_iframe);
    const size_t words = abi::kFrameSpecialWords + static_cast<size_t>(frame->stacktop);
    std::memcpy(static_cast<void*>(inside), static_cast<const void*>(frame), words * sizeof(PyObject*));
    inside->previous = nullptr;
    inside->owner = FRAME_OWNED_BY_GENERATOR;
    generator->gi_frame_state = FRAME_CREATED;
    // Whoever made the frame clears it: what it does not own any more must not be given back.
    frame->stacktop = 0;
    frame->f_locals = nullptr;
    Py_INCREF(reinterpret_cast<PyObject*>(frame->f_func));
    Py_INCREF(reinterpret_cast<PyObject*>(frame->f_code));
    return reinterpret_cast<PyObject*>(generator);
}

bool startGenerator(PyThreadState* ts, Frame* frame, PyObject*& generator) {
    PyCodeObject* code = frame->f_code;
    const bool copiesFreeVariables = _Py_OPCODE(originalUnit(code, 0)) == COPY_FREE_VARS;
    const int32_t returning = copiesFreeVariables ? 1 : 0;
    if (_Py_OPCODE(originalUnit(code, returning)) != RETURN_GENERATOR) {
        return false;
    }
    if (copiesFreeVariables) {
        PyObject* closure = frame->f_func->func_closure;
        PyObject** slot = slots(frame) + code->co_nlocalsplus - code->co_nfreevars;
        for (int i = 0; i < code->co_nfreevars; ++i) {
            slot[i] = Py_NewRef(PyTuple_GET_ITEM(closure, i));
        }
    }
    setRunning(frame, returning);
    link(ts, frame);
    generator = makeGenerator(ts, frame);
    unlink(ts, frame);
    return true;
}

bool goesOnAt(PyCodeObject* code, int32_t index) {
    if (index <= 0 || index >= static_cast<int32_t>(Py_SIZE(code))) {
        return false;
    }
    const int opcode = _Py_OPCODE(originalUnit(code, index - 1));
    return opcode == YIELD_VALUE || opcode == RETURN_GENERATOR;
}

bool isAwaiting(PyObject* coroutine) {
    auto* generator = reinterpret_cast<PyGenObject*>(coroutine);
    if (generator->gi_frame_state >= FRAME_CLEARED || generator->gi_frame_state == FRAME_CREATED) {
        return false;
    }
    const _Py_CODEUNIT next = reinterpret_cast<Frame*>(generator->gi_iframe)->prev_instr[1];
    return isResume(_Py_OPCODE(next)) && _Py_OPARG(next) >= 2;
}

PyObject* awaitableIterator(PyObject* object) {
    if (isCoroutine(object)) {
        return Py_NewRef(object);
    }
    PyTypeObject* type = Py_TYPE(object);
    unaryfunc getter = type->tp_as_async != nullptr ? type->tp_as_async->am_await : nullptr;
    if (getter == nullptr) {
        PyErr_Format(PyExc_TypeError, "object %.100s can't be used in 'await' expression", type->tp_name);
        return nullptr;
    }
    PyObject* iterator = getter(object);
    if (iterator == nullptr) {
        return nullptr;
    }
    if (isCoroutine(iterator)) {
        PyErr_SetString(PyExc_TypeError, "__await__() returned a coroutine");
    } else if (!PyIter_Check(iterator)) {
        PyErr_Format(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'", Py_TYPE(iterator)->tp_name);
    } else {
        return iterator;
    }
    Py_DECREF(iterator);
    return nullptr;
}

PyObject* wrapAsyncValue(PyObject* value) {
    auto* wrapper = reinterpret_cast<AsyncValue*>(_PyObject_GC_New(&_PyAsyncGenWrappedValue_Type));
    if (wrapper == nullptr) {
        return nullptr;
    }
    wrapper->value = Py_NewRef(value);
    auto* object = reinterpret_cast<PyObject*>(wrapper);
    PyObject_GC_Track(object);
    return object;
}

}  // namespace pyjion::python
