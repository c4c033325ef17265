// SPDX-License-Identifier: MIT
// Mirrors gen_send_ex2, gen_iternext and PyGen_am_send of genobject.c as far as a generator is suspended again; its end
// is left to them.
#include "runtime/generator_slots.h"

#include <utility>

#include "python/evaluator.h"
#include "python/generator.h"
#include "python/thread.h"
#include "runtime/activation.h"
#include "runtime/tiering.h"

namespace pyjion::runtime {
namespace {

/// What CPython's types have, once it was looked up.
struct Originals {
    iternextfunc next = nullptr;
    sendfunc sendToGenerator = nullptr;
    sendfunc sendToCoroutine = nullptr;
    PyCFunction sendMethod = nullptr;  // of both
};
Originals originals;
/// Of the method send(): they outlive the types' dicts.
PyMethodDef* generatorSend = nullptr;
PyMethodDef* coroutineSend = nullptr;
ResumptionHook* hook = nullptr;

// --- the end of a generator ---------------------------------------------------------------------------------------

/// What a body has ended with, on the way to CPython, and the evaluator that was there before.
PyObject* endResult = nullptr;
_PyFrameEvalFunction replacedEvaluator = nullptr;

PyObject* evaluateEnd(PyThreadState* ts, python::Frame* frame, int) {
    python::evaluator(ts->interp) = replacedEvaluator;
    python::setDepth(frame, 0);
    Py_DECREF(python::stackBase(frame)[0]);  // what was sent, once more
    return std::exchange(endResult, nullptr);
}

/// The frame has ended with a result, or null and an exception: CPython resumes it once more, finds that, and takes the
/// generator apart.
PySendResult endGenerator(const Resuming& resuming, PyObject* ended, PyObject** result) {
    resuming.generator->gi_frame_state = static_cast<int8_t>(python::abi::kGeneratorSuspended);
    endResult = ended;
    replacedEvaluator = std::exchange(python::evaluator(resuming.ts->interp), evaluateEnd);
    return resuming.cpythons(resuming, result);
}

// --- the slots ------------------------------------------------------------------------------------------------------

/// Null: CPython's business.
inline Resumption* placeOf(PyGenObject* generator, PyObject* sent) {
    if (!python::isResumable(generator)) {
        return nullptr;
    }
    if (sent != nullptr && sent != Py_None && python::isUnstarted(generator)) {
        return nullptr;  // an error
    }
    return resumptionTable.at(python::positionOf(generator));
}

/// Another user of PEP 523 is to see all frames; our own evaluator is not.
inline bool mayGoOn(PyThreadState* ts, const CodeEntry& entry) {
    const _PyFrameEvalFunction evaluator = python::evaluator(ts->interp);
    return mayEnter(ts, entry) && (evaluator == nullptr || evaluator == tieringHooks.evaluate);
}

/// Each function on the C stack between a generator and the one that it waits for costs a return that is not predicted
/// where many wait for each other: hence one for all of this.
[[gnu::always_inline]] inline PySendResult runBody(const Resuming& resuming, CompiledBody::ObjectFunction* body,
                                                   PyObject** result) {
    PyThreadState* ts = resuming.ts;
    PyGenObject* generator = resuming.generator;
    python::Frame* frame = python::frameOf(generator);
    python::pushValue(frame, Py_NewRef(resuming.sent != nullptr ? resuming.sent : Py_None));
    python::setDepth(frame, 0);
    python::beginResuming(ts, generator);
    PyObject* given = enter(ts, frame, body, 0);
    python::endResuming(ts, generator);
    if (generator->gi_frame_state != python::abi::kGeneratorSuspended) [[unlikely]] {
        return endGenerator(resuming, given, result);
    }
    *result = given;
    return PYGEN_NEXT;
}

[[gnu::always_inline]] inline PySendResult resume(const Resuming& resuming, Resumption& place, PyObject** result) {
    if (place.body == nullptr) [[unlikely]] {
        return hook(resuming, place, result);
    }
    if (!mayGoOn(resuming.ts, *place.entry)) [[unlikely]] {
        return resuming.cpythons(resuming, result);
    }
    place.runs++;
    return runBody(resuming, place.body, result);
}

/// The value that a generator has returned is in the StopIteration that is set, or it was None, and none is.
PySendResult cpythonsNext(const Resuming& resuming, PyObject** result) {
    *result = originals.next(reinterpret_cast<PyObject*>(resuming.generator));
    return *result != nullptr ? PYGEN_NEXT : PYGEN_ERROR;
}

template <sendfunc Originals::*kOriginal>
PySendResult cpythonsSend(const Resuming& resuming, PyObject** result) {
    return (originals.*kOriginal)(reinterpret_cast<PyObject*>(resuming.generator), resuming.sent, result);
}

PyObject* next(PyObject* object) {
    auto* generator = reinterpret_cast<PyGenObject*>(object);
    Resumption* place = placeOf(generator, nullptr);
    if (place == nullptr) {
        return originals.next(object);
    }
    PyObject* result = nullptr;
    resume({python::currentThread(), generator, nullptr, cpythonsNext}, *place, &result);
    return result;
}

template <sendfunc Originals::*kOriginal>
[[gnu::always_inline]] inline PySendResult sendBy(PyObject* object, PyObject* value, PyObject** result) {
    auto* generator = reinterpret_cast<PyGenObject*>(object);
    Resumption* place = placeOf(generator, value);
    if (place == nullptr) {
        return (originals.*kOriginal)(object, value, result);
    }
    return resume({python::currentThread(), generator, value, cpythonsSend<kOriginal>}, *place, result);
}

template <sendfunc Originals::*kOriginal>
PySendResult sendSlot(PyObject* object, PyObject* value, PyObject** result) {
    return sendBy<kOriginal>(object, value, result);
}

/// What it raises at a generator's end has the value that this has returned.
PySendResult cpythonsMethod(const Resuming& resuming, PyObject** result) {
    *result = originals.sendMethod(reinterpret_cast<PyObject*>(resuming.generator), resuming.sent);
    return *result != nullptr ? PYGEN_NEXT : PYGEN_ERROR;
}

PyObject* sendMethod(PyObject* object, PyObject* value) {
    auto* generator = reinterpret_cast<PyGenObject*>(object);
    Resumption* place = placeOf(generator, value);
    if (place == nullptr) {
        return originals.sendMethod(object, value);
    }
    PyObject* result = nullptr;
    resume({python::currentThread(), generator, value, cpythonsMethod}, *place, &result);
    return result;
}

PyMethodDef* sendMethodOf(PyTypeObject& type) {
    PyObject* descriptor = PyDict_GetItemString(type.tp_dict, "send");
    return reinterpret_cast<PyMethodDescrObject*>(descriptor)->d_method;
}

bool areWatched() {
    return PyGen_Type.tp_iternext == next;
}

}  // namespace

constinit ResumptionTable resumptionTable;

bool mayResume(const Resuming& resuming, const CodeEntry& entry) {
    return mayGoOn(resuming.ts, entry);
}

PySendResult resumeIn(const Resuming& resuming, CompiledBody::ObjectFunction* body, PyObject** result) {
    return runBody(resuming, body, result);
}

namespace {

/// PyIter_Send(), with fewer functions on the way to compiled code.
[[gnu::always_inline]] inline PySendResult sendTo(PyObject* receiver, PyObject* value, PyObject** result) {
    if (areWatched()) {
        if (PyCoro_CheckExact(receiver)) {
            return sendBy<&Originals::sendToCoroutine>(receiver, value, result);
        }
        if (PyGen_CheckExact(receiver)) {
            return sendBy<&Originals::sendToGenerator>(receiver, value, result);
        }
    }
    return PyIter_Send(receiver, value, result);
}

}  // namespace

int32_t send(PyObject* receiver, PyObject* value, PyObject** slot) {
    const PySendResult status = sendTo(receiver, value, slot);
    Py_DECREF(value);
    return status == PYGEN_NEXT ? 1 : status == PYGEN_RETURN ? 0 : -1;
}

void watchGenerators(ResumptionHook* wanted) {
    if (originals.next == nullptr) {
        generatorSend = sendMethodOf(PyGen_Type);
        coroutineSend = sendMethodOf(PyCoro_Type);
        originals = {PyGen_Type.tp_iternext, PyGen_Type.tp_as_async->am_send, PyCoro_Type.tp_as_async->am_send,
                     generatorSend->ml_meth};
    }
    hook = wanted;
    PyGen_Type.tp_iternext = next;
    PyGen_Type.tp_as_async->am_send = sendSlot<&Originals::sendToGenerator>;
    PyCoro_Type.tp_as_async->am_send = sendSlot<&Originals::sendToCoroutine>;
    generatorSend->ml_meth = sendMethod;
    coroutineSend->ml_meth = sendMethod;
}

void unwatchGenerators() {
    if (originals.next == nullptr) {
        return;
    }
    PyGen_Type.tp_iternext = originals.next;
    PyGen_Type.tp_as_async->am_send = originals.sendToGenerator;
    PyCoro_Type.tp_as_async->am_send = originals.sendToCoroutine;
    generatorSend->ml_meth = originals.sendMethod;
    coroutineSend->ml_meth = originals.sendMethod;
}

}  // namespace pyjion::runtime
