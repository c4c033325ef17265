// SPDX-License-Identifier: MIT
// PRECALL + CALL. A compiled Python function is entered the way CALL_PY_EXACT_ARGS and CALL_PY_WITH_DEFAULTS enter an
// interpreted one: its frame takes the references over, so that they die with the callee's locals.
#include "runtime/calls.h"

#include <algorithm>

#include "base/passed_arguments.h"
#include "deopt/unwinding.h"
#include "python/generator.h"
#include "python/instance.h"
#include "python/int_objects.h"
#include "python/reference_count.h"
#include "runtime/activation.h"
#include "runtime/boxing.h"
#include "runtime/builtin_calls.h"
#include "runtime/callee.h"
#include "runtime/class_calls.h"
#include "runtime/collected_arguments.h"
#include "runtime/finish.h"
#include "runtime/keyword_binding.h"

namespace pyjion::runtime {
namespace {

/// The frame of a direct call with `callee.count` of its arguments moved into it, as well as the reference to the
/// function. Null without an exception and with nothing done when the data stack has no room.
inline _PyInterpreterFrame* moveIntoFrame(PyThreadState* ts, Callee callee, int32_t argumentCount) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callee.callable());
    // push() takes a reference of its own; given back before, the compiler sees that both cancel out.
    python::decrement(callee.callable());
    _PyInterpreterFrame* frame = python::push(ts, function, argumentCount);
    if (frame == nullptr) [[unlikely]] {
        python::increment(callee.callable());
        return nullptr;
    }
    PyObject** locals = python::slots(frame);
    for (int64_t i = 0; i < callee.count; i++) {
        locals[i] = callee.arguments[i];
    }
    return frame;
}

/// moveIntoFrame() of arguments whose places in the locals are known: the first `slots` of these are filled.
template <typename Bound>
inline _PyInterpreterFrame* moveBound(PyThreadState* ts, Callee callee, int64_t slots, Bound& bound) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callee.callable());
    _PyInterpreterFrame* frame = python::push(ts, function, static_cast<int32_t>(slots));
    if (frame == nullptr) {
        return nullptr;
    }
    python::decrement(callee.callable());  // the frame has taken a reference of its own, and the caller's is moved
    bound.move(callee, *function, python::slots(frame));
    return frame;
}

/// moveIntoFrame() for a call with keywords, or of a function with keyword-only parameters. Null as for
/// completeFrame().
[[gnu::noinline]] _PyInterpreterFrame* bindFrame(PyThreadState* ts, Callee callee, PyObject* names) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callee.callable());
    Binding binding;
    if (!binding.bind(reinterpret_cast<PyCodeObject*>(function->func_code), callee, names) ||
        !binding.isCompleted(*function)) {
        return nullptr;
    }
    return moveBound(ts, callee, binding.parameters, binding);
}

/// moveIntoFrame() with the last arguments from the function's defaults. Null also when this does not help: the
/// function's vectorcall raises the error.
[[gnu::noinline]] _PyInterpreterFrame* completeFrame(PyThreadState* ts, Callee callee, int32_t argumentCount) {
    PyObject* defaults = reinterpret_cast<PyFunctionObject*>(callee.callable())->func_defaults;
    const int64_t missing = argumentCount - callee.count;
    if (missing < 0 || defaults == nullptr || PyTuple_GET_SIZE(defaults) < missing) {
        return nullptr;
    }
    _PyInterpreterFrame* frame = moveIntoFrame(ts, callee, argumentCount);
    if (frame == nullptr) {
        return nullptr;
    }
    for (int64_t i = 0; i < missing; i++) {
        PyObject* value = PyTuple_GET_ITEM(defaults, PyTuple_GET_SIZE(defaults) - missing + i);
        Py_INCREF(value);
        python::local(frame, static_cast<uint32_t>(callee.count + i)) = value;
    }
    return frame;
}

/// moveIntoFrame() of code that collects arguments, for a call without keywords. Null as for completeFrame().
[[gnu::noinline]] _PyInterpreterFrame* collectFrame(PyThreadState* ts, Callee callee) {
    auto* function = reinterpret_cast<PyFunctionObject*>(callee.callable());
    PyObject* code = function->func_code;
    CollectedArguments collected;
    // (Making containers may collect garbage, and that may run anything.)
    if (!collected.make(reinterpret_cast<PyCodeObject*>(code), callee) || function->func_code != code ||
        !collected.isCompleted(*function)) {
        return nullptr;
    }
    return moveBound(ts, callee, collected.slots(), collected);
}

inline _PyInterpreterFrame* pushFrame(PyThreadState* ts, Callee callee, const CodeEntry* entry) {
    if (entry->collectsArguments) [[unlikely]] {
        return collectFrame(ts, callee);
    }
    if (entry->takesNamed) [[unlikely]] {
        return bindFrame(ts, callee, nullptr);
    }
    if (callee.count == entry->argumentCount) [[likely]] {
        return moveIntoFrame(ts, callee, entry->argumentCount);
    }
    return completeFrame(ts, callee, entry->argumentCount);
}

/// The record of a function's code when a frame can be made for a call without keywords, else null.
inline CodeEntry* entryFor(PyThreadState* ts, Callee callee) {
    if (python::isTraced(ts)) {
        return nullptr;
    }
    auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(callee.callable()));
    CodeEntry* entry = entryOf(code);
    if (entry == nullptr && tieringHooks.entryFor != nullptr) [[unlikely]] {
        entry = tieringHooks.entryFor(code);
    }
    const bool isBound = entry != nullptr && (entry->simpleParameters || entry->takesNamed || entry->collectsArguments);
    return isBound ? entry : nullptr;
}

/// The same when all arguments have parameters of their own.
inline CodeEntry* simpleEntry(PyThreadState* ts, Callee callee) {
    CodeEntry* entry = entryFor(ts, callee);
    return entry != nullptr && !entry->collectsArguments ? entry : nullptr;
}

/// A callee without compiled code (yet) gets its own frame here too: going through its vectorcall, its arguments would
/// be held until it has returned, which a finalizer can tell from the interpreter's own calls. Calls from compiled code
/// are seen at no further cost, so that they can earn compiled code and try it also where no hook is installed.
[[gnu::noinline]] PyObject* evaluateFrame(PyThreadState* ts, _PyInterpreterFrame* frame, const CodeEntry* entry) {
    _PyFrameEvalFunction evaluator = _PyInterpreterState_GetEvalFrameFunc(ts->interp);
    PyObject* result = nullptr;
    if (evaluator == _PyEval_EvalFrameDefault && entry->makesGenerator && ts->recursion_remaining > 1 &&
        python::startGenerator(ts, frame, result)) {
        python::clearAndPop(ts, frame);
        return result;
    }
    if (evaluator == _PyEval_EvalFrameDefault && tieringHooks.evaluate != nullptr) {
        evaluator = tieringHooks.evaluate;
    }
    result = evaluator(ts, frame, 0);
    python::clearAndPop(ts, frame);
    return result;
}

inline PyObject* runFrame(PyThreadState* ts, _PyInterpreterFrame* frame, CodeEntry* entry) {
    if (!entry->body) [[unlikely]] {
        return evaluateFrame(ts, frame, entry);
    }
    PyObject* result = activate(ts, frame, entry);
    python::clearAndPop(ts, frame);
    return result;
}

/// More arguments go through a tuple.
constexpr int64_t kMostOfClass = 16;

/// Enters the __init__ of a new instance. It and all arguments have a reference more meanwhile, as type.__call__ holds
/// them in a tuple. Null with an exception set.
PyObject* initialise(PyThreadState* ts, Callee callee, PyFunctionObject* initialiser, CodeEntry* entry) {
    PyObject* instance = newInstance(reinterpret_cast<PyTypeObject*>(callee.callable()));
    if (instance == nullptr) {
        return nullptr;
    }
    auto* function = reinterpret_cast<PyObject*>(initialiser);
    PyObject* slots[kMostOfClass + 2] = {Py_NewRef(function), Py_NewRef(instance)};
    Py_INCREF(function);
    for (int64_t i = 0; i < callee.count; i++) {
        Py_INCREF(callee.arguments[i]);
        slots[i + 2] = Py_NewRef(callee.arguments[i]);
    }
    const Callee call{slots + 1, callee.count + 1};
    _PyInterpreterFrame* frame = pushFrame(ts, call, entry);
    PyObject* returned = nullptr;
    if (frame != nullptr) {
        returned = runFrame(ts, frame, entry);
    } else {
        returned = PyObject_Vectorcall(function, call.arguments, static_cast<size_t>(call.count), nullptr);
        for (int64_t i = 0; i < call.count + 1; i++) {
            Py_DECREF(slots[i]);
        }
    }
    Py_DECREF(function);
    PyObject* result = python::finishInstance(instance, returned);
    for (int64_t i = 0; i < callee.count; i++) {
        Py_DECREF(callee.arguments[i]);
    }
    return result;
}

/// A call of a class in Python. False with nothing done when it is another one.
[[gnu::noinline]] bool callClass(PyThreadState* ts, Callee callee, PyObject*& result) {
    PyFunctionObject* initialiser = initialiserOf(reinterpret_cast<PyTypeObject*>(callee.callable()));
    if (initialiser == nullptr || callee.count > kMostOfClass) {
        return false;
    }
    PyObject* function = reinterpret_cast<PyObject*>(initialiser);
    CodeEntry* entry = simpleEntry(ts, Callee{&function + 1, 0});
    if (entry == nullptr || entry->makesGenerator) {
        return false;
    }
    result = nullptr;
    if (python::enterRecursion(ts, " while calling a Python object")) {
        result = initialise(ts, callee, initialiser, entry);
        python::leaveRecursion(ts);
    }
    result = releaseCallee(ts, callee, result);
    return true;
}

/// A call of anything but a builtin.
PyObject* callPrepared(PyThreadState* ts, Callee callee) {
    if (PyObject* result = nullptr; Py_IS_TYPE(callee.callable(), &PyType_Type) && callClass(ts, callee, result)) {
        return result;
    }
    CodeEntry* entry = Py_IS_TYPE(callee.callable(), &PyFunction_Type) ? entryFor(ts, callee) : nullptr;
    if (entry != nullptr) {
        if (_PyInterpreterFrame* frame = pushFrame(ts, callee, entry)) {
            return runFrame(ts, frame, entry);
        }
    }
    return callByVector(ts, callee, nullptr);
}

[[gnu::noinline]] PyObject* callAny(PyThreadState* ts, PyObject** slots, int64_t nargs) {
    const Callee callee = prepareCall(slots, nargs);
    PyObject* result = nullptr;
    return callBuiltin(ts, callee, result) ? result : callPrepared(ts, callee);
}

/// The usual case of callAny(), up to where its compiled code is entered: a call of a function or method with such
/// code, whose arguments `moveTo` puts into the locals of its frame; the function's defaults follow. Null with nothing
/// changed where it gives up.
template <typename MoveTo>
[[gnu::always_inline]] inline _PyInterpreterFrame* pushCompiled(PyThreadState* ts, PyObject* callable, int64_t nargs,
                                                                MoveTo moveTo, const CompiledBody*& body) {
    if (!Py_IS_TYPE(callable, &PyFunction_Type)) [[unlikely]] {
        return nullptr;
    }
    auto* function = reinterpret_cast<PyFunctionObject*>(callable);
    auto* code = reinterpret_cast<PyCodeObject*>(function->func_code);
    CodeEntry* entry = entryOf(code);
    if (entry == nullptr || !mayEnter(ts, *entry)) [[unlikely]] {
        return nullptr;
    }
    const int64_t missing = entry->directArguments - nargs;
    PyObject* const* defaults = nullptr;
    if (missing != 0) [[unlikely]] {
        PyObject* tuple = function->func_defaults;
        if (missing < 0 || tuple == nullptr || missing > PyTuple_GET_SIZE(tuple)) {
            return nullptr;
        }
        defaults = reinterpret_cast<PyTupleObject*>(tuple)->ob_item + PyTuple_GET_SIZE(tuple) - missing;
    }
    PyObject** base = ts->datastack_top;
    if (static_cast<ptrdiff_t>(entry->frameWords) >= ts->datastack_limit - base) [[unlikely]] {
        return nullptr;
    }
    if (entry->runCount + 1 == entry->promoteAt) [[unlikely]] {
        return nullptr;
    }
    entry->runCount++;
    ts->datastack_top = base + entry->frameWords;
    auto* frame = reinterpret_cast<_PyInterpreterFrame*>(base);
    python::initialiseMoved(frame, function, code);
    python::setRunning(frame, code->_co_firsttraceable);
    PyObject** local = python::slots(frame);
    moveTo(local);
    local += nargs;
    for (int64_t i = 0; i < missing; i++) {
        *local++ = Py_NewRef(defaults[i]);
    }
    for (int64_t i = nargs + missing; i < code->co_nlocalsplus; i++) {
        *local++ = nullptr;
        asm("" ::: "memory");  // they are few: no call of memset()
    }
    body = &entry->body;
    return frame;
}

/// Runs it and takes its frame apart. False where pushCompiled() gives up.
template <typename MoveTo>
[[gnu::always_inline]] inline bool callCompiled(PyThreadState* ts, PyObject* callable, int64_t nargs, MoveTo moveTo,
                                                PyObject*& result) {
    const CompiledBody* body = nullptr;
    _PyInterpreterFrame* frame = pushCompiled(ts, callable, nargs, moveTo, body);
    if (frame == nullptr) [[unlikely]] {
        return false;
    }
    result = enter(ts, frame, *body, 0);
    python::clearAndPop(ts, frame);
    return true;
}

[[gnu::always_inline]] inline bool callCompiled(PyThreadState* ts, PyObject** slots, int64_t nargs, PyObject*& result) {
    const Callee callee = prepareCall(slots, nargs);
    auto moveTo = [&](PyObject** local) { std::copy_n(callee.arguments, callee.count, local); };
    return callCompiled(ts, callee.callable(), callee.count, moveTo, result);
}

/// FunctionCalls::call() that stashes nothing.
template <typename... Arguments>
[[gnu::always_inline]] inline PyObject* callFunction(PyThreadState* ts, PyObject* function, Arguments... arguments) {
    constexpr auto kCount = static_cast<int64_t>(sizeof...(arguments));
    auto moveTo = [&]([[maybe_unused]] PyObject** local) { ((*local++ = arguments), ...); };
    PyObject* result = nullptr;
    if (!callCompiled(ts, function, kCount, moveTo, result)) [[unlikely]] {
        PyObject* slots[] = {nullptr, function, arguments...};
        result = callAny(ts, slots, kCount);
    }
    return result;
}

}  // namespace

bool callSpread(PyThreadState* ts, PyObject* callable, PyObject* arguments, PyObject*& result) {
    constexpr Py_ssize_t kMost = 16;
    const Py_ssize_t count = PyTuple_GET_SIZE(arguments);
    PyObject* self = nullptr;
    if (Py_IS_TYPE(callable, &PyMethod_Type)) {
        self = PyMethod_GET_SELF(callable);
        callable = PyMethod_GET_FUNCTION(callable);
    }
    if (count > kMost || !Py_IS_TYPE(callable, &PyFunction_Type)) {
        return false;
    }
    PyObject* slots[kMost + 2];
    PyObject** next = slots;
    *next++ = Py_NewRef(callable);
    if (self != nullptr) {
        *next++ = Py_NewRef(self);
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        *next++ = Py_NewRef(PyTuple_GET_ITEM(arguments, i));
    }
    result = callPrepared(ts, Callee{slots + 1, next - (slots + 1)});
    return true;
}

PyObject* callNamed(PyThreadState* ts, PyObject** slots, int64_t nargs, PyObject* names) {
    const Callee callee = prepareCall(slots, nargs);
    CodeEntry* entry = Py_IS_TYPE(callee.callable(), &PyFunction_Type) ? simpleEntry(ts, callee) : nullptr;
    if (entry != nullptr) {
        if (_PyInterpreterFrame* frame = bindFrame(ts, callee, names)) {
            return runFrame(ts, frame, entry);
        }
    }
    PyObject* result = nullptr;
    if (callBuiltinNamed(callee, names, result)) {
        return releaseCallee(ts, callee, result);
    }
    return callByVector(ts, callee, names);
}

namespace {

inline PyObject* observed(PyThreadState* ts, PyObject* result, Site* site) {
    if (result != nullptr) {
        recordType(site->seenLeft, result);
    }
    return finish(ts, result);
}

/// What is not a Python function as it stands. Apart, so that the two kinds of calls share no saved registers.
[[gnu::noinline]] PyObject* callOther(PyThreadState* ts, PyObject** slots, int64_t nargs, Site* site) {
    const Callee callee = prepareCall(slots, nargs);
    PyObject* result = nullptr;
    if (!callBuiltin(ts, callee, result)) {
        result = callPrepared(ts, callee);
    }
    return observed(ts, result, site);
}

}  // namespace

PyObject* call(PyThreadState* ts, _PyInterpreterFrame*, PyObject** slots, int64_t nargs, Site* site) {
    if (!Py_IS_TYPE(slots[0] != nullptr ? slots[0] : slots[1], &PyFunction_Type)) {
        return callOther(ts, slots, nargs, site);
    }
    if (slots[0] == nullptr) {
        site->callee = entryOf(reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(slots[1])));
    }
    PyObject* result = nullptr;
    if (!callCompiled(ts, slots, nargs, result)) {
        result = callAny(ts, slots, nargs);
    }
    return observed(ts, result, site);
}

namespace {

/// Whether somebody could tell an int from another one with its value: it is no small int, and others hold it as well.
bool isShared(PyObject* exactInt, int64_t value) {
    const auto index = static_cast<uint64_t>(value - python::kFirstSmallInt);
    return Py_REFCNT(exactInt) != 1 && index >= python::kSmallInts;
}

/// Unboxes a call's result; another than an int that fits, and that nobody else holds, is stashed.
int64_t intOrStash(PyObject* result) {
    if (result == nullptr) {
        return deopt::kNoInt;
    }
    int64_t value = PyLong_CheckExact(result) ? unboxIntSlow(result) : deopt::kNoInt;
    if (value != deopt::kNoInt && isShared(result, value)) {
        value = deopt::kNoInt;
    }
    if (value == deopt::kNoInt) {
        deopt::stashResult(result);
    } else {
        Py_DECREF(result);
    }
    return value;
}

/// Runs a body with unboxed results in a frame that is not linked yet, and takes that apart.
inline int64_t runForInt(PyThreadState* ts, _PyInterpreterFrame* frame, CompiledBody::IntFunction* body) {
    python::link(ts, frame);
    ts->recursion_remaining--;
    const int64_t result = body(ts, frame, 0);
    if (python::currentFrame(ts) != frame || result == deopt::kNoInt) [[unlikely]] {
        return finishCallForInt(ts, frame);
    }
    python::finishFrame(ts, frame);
    python::clearAndPop(ts, frame);
    return mustBeLeft(ts) ? finishObservedInt(ts, result) : result;
}

template <typename... Arguments>
[[gnu::always_inline]] inline int64_t callFunctionForInt(PyThreadState* ts, PyObject* function,
                                                         Arguments... arguments) {
    constexpr auto kCount = static_cast<int64_t>(sizeof...(arguments));
    auto moveTo = [&]([[maybe_unused]] PyObject** local) { ((*local++ = arguments), ...); };
    const CompiledBody* body = nullptr;
    _PyInterpreterFrame* frame = pushCompiled(ts, function, kCount, moveTo, body);
    if (frame == nullptr) [[unlikely]] {
        PyObject* slots[] = {nullptr, function, arguments...};
        return intOrStash(finish(ts, callAny(ts, slots, kCount)));
    }
    if (body->intFunction != nullptr) [[likely]] {
        return runForInt(ts, frame, body->intFunction);
    }
    PyObject* result = enter(ts, frame, *body, 0);
    python::clearAndPop(ts, frame);
    return intOrStash(finish(ts, result));
}

}  // namespace

int64_t callKnownForInt(PyThreadState* ts, _PyInterpreterFrame* frame, PyObject** slots, int64_t nargs) {
    return intOrStash(callKnown(ts, frame, slots, nargs));
}

int64_t finishCallForInt(PyThreadState* ts, _PyInterpreterFrame* frame) {
    PyObject* result = finishUnusually(ts, frame, CompiledBody::objectOf(deopt::kNoInt));
    python::clearAndPop(ts, frame);
    return intOrStash(finish(ts, result));
}

int64_t finishObservedInt(PyThreadState* ts, int64_t result) {
    return intOrStash(finish(ts, boxInt(result)));
}

int32_t roomForActivations(PyThreadState* ts, const CodeEntry* entry) {
    constexpr size_t kMost = 20000;
    constexpr int kInlined = 10;  // calls at most that the innermost one may have in place, which look at the limit
    size_t room = std::min(static_cast<size_t>(std::max(ts->recursion_remaining - kInlined, 0)), kMost);
    while (room != 0 && python::stackIsLow(entry->stackBytes + room * entry->framelessBytes)) {
        room /= 2;
    }
    return deopt::reserveUnwinding(room + 1, entry->framelessSlots) ? static_cast<int32_t>(room) : 0;
}

PyObject* finishUnwinding(PyThreadState* ts) {
    return finish(ts, deopt::finishUnwinding(ts));
}

int64_t finishUnwindingForInt(PyThreadState* ts) {
    return intOrStash(finishUnwinding(ts));
}

PyObject* callKnown(PyThreadState* ts, _PyInterpreterFrame*, PyObject** slots, int64_t nargs) {
    PyObject* result = nullptr;
    if (!callCompiled(ts, slots, nargs, result)) [[unlikely]] {
        result = callAny(ts, slots, nargs);
    }
    return finish(ts, result);
}

template <size_t... kIndices>
PyObject* FunctionCalls<std::index_sequence<kIndices...>>::call(PyThreadState* ts, PyObject* function,
                                                                Argument<kIndices>... arguments) {
    return finish(ts, callFunction(ts, function, arguments...));
}

template <size_t... kIndices>
int64_t FunctionCalls<std::index_sequence<kIndices...>>::callForInt(PyThreadState* ts, PyObject* function,
                                                                    Argument<kIndices>... arguments) {
    return callFunctionForInt(ts, function, arguments...);
}

template struct FunctionCalls<std::make_index_sequence<0>>;
template struct FunctionCalls<std::make_index_sequence<1>>;
template struct FunctionCalls<std::make_index_sequence<2>>;
template struct FunctionCalls<std::make_index_sequence<3>>;
template struct FunctionCalls<std::make_index_sequence<4>>;
template struct FunctionCalls<std::make_index_sequence<5>>;
template struct FunctionCalls<std::make_index_sequence<6>>;
static_assert(base::kMostPassed == 6);

PyObject* callUnaryAndStay(PyThreadState* ts, PyObject* function, PyObject* argument) {
    return callFunction(ts, function, argument);
}

PyObject* callBinaryAndStay(PyThreadState* ts, PyObject* function, PyObject* left, PyObject* right) {
    return callFunction(ts, function, left, right);
}

}  // namespace pyjion::runtime
