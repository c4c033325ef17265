// SPDX-License-Identifier: MIT
// Each check reads something through abi.h that CPython's public interface can tell as well, and compares the two.
#include "python/version.h"

#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include <array>
#include <cstring>

#include "python/evaluator.h"
#include "python/frame.h"
#include "python/iterators.h"
#include "python/range_iterator.h"
#include "python/ref.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

// What the test function's frame looked like while the function ran.
bool frameChecked = false;
bool frameMatches = false;

bool sameFrame(PyThreadState* ts, Frame* frame, PyFrameObject* object) {
    auto* asObject = reinterpret_cast<PyObject*>(object);
    auto codeObject = Ref<PyCodeObject>::steal(PyFrame_GetCode(object));
    if (code(frame) != codeObject.get() || existingFrameObject(frame) != object || !ownedByThread(frame)) {
        return false;
    }
    auto globalsObject = Ref<>::steal(PyFrame_GetGlobals(object));
    auto builtinsObject = Ref<>::steal(PyFrame_GetBuiltins(object));
    if (globals(frame) != globalsObject.get() || builtins(frame) != builtinsObject.get()) {
        return false;
    }
    if (function(frame)->func_code != codeObject.object() || function(frame)->func_globals != globals(frame)) {
        return false;
    }
    if (runningIndex(frame) * 2 != PyFrame_GetLasti(object)) {
        return false;
    }
    auto localsObject = Ref<>::steal(PyObject_GetAttrString(asObject, "f_locals"));
    if (!localsObject) {
        return false;
    }
    PyObject* argument = PyDict_GetItemString(localsObject.get(), "argument");
    auto back = Ref<PyFrameObject>::steal(PyFrame_GetBack(object));
    const bool sameCaller = previous(frame) == nullptr ? !back : existingFrameObject(previous(frame)) == back.get();
    return argument != nullptr && local(frame, 0) == argument && local(frame, 1) == nullptr && sameCaller &&
           ts->datastack_top >= slots(frame) && ts->datastack_top <= ts->datastack_limit;
}

PyObject* lookAtCaller(PyObject*, PyObject*) {
    PyThreadState* ts = currentThread();
    auto object = Ref<PyFrameObject>::steal(PyThreadState_GetFrame(ts));
    frameChecked = true;
    frameMatches = object && currentFrame(ts) != nullptr && sameFrame(ts, currentFrame(ts), object.get());
    PyErr_Clear();
    Py_RETURN_NONE;
}

PyMethodDef lookMethod = {"look", lookAtCaller, METH_NOARGS, nullptr};

std::optional<std::string> checkFrames(const Ref<>& names) {
    auto look = Ref<>::steal(PyCFunction_New(&lookMethod, nullptr));
    if (!look || PyDict_SetItemString(names.get(), "look", look.get()) != 0) {
        return "memory is short";
    }
    auto result =
        Ref<>::steal(PyRun_String("def running(argument, unbound=None):\n"
                                  "    del unbound\n"
                                  "    look()\n"
                                  "running(object())\n",
                                  Py_file_input, names.get(), names.get()));
    if (!result || !frameChecked || !frameMatches) {
        return "its frames have another layout";
    }
    return {};
}

std::optional<std::string> checkCode(const Ref<>& names) {
    auto* function = reinterpret_cast<PyFunctionObject*>(PyDict_GetItemString(names.get(), "running"));
    if (function == nullptr || !PyFunction_Check(function)) {
        return "it has no function objects of the expected kind";
    }
    auto* functionObject = reinterpret_cast<PyObject*>(function);
    PyObject* codeObject = PyFunction_GetCode(functionObject);
    if (field<PyObject*>(function, abi::kFunctionCode) != codeObject ||
        field<PyObject*>(function, abi::kFunctionGlobals) != names.get() ||
        field<PyObject*>(function, abi::kFunctionDefaults) != PyFunction_GetDefaults(functionObject) ||
        field<vectorcallfunc>(function, abi::kFunctionVectorcall) != PyVectorcall_Function(functionObject)) {
        return "its functions have another layout";
    }
    auto* code = reinterpret_cast<PyCodeObject*>(codeObject);
    auto bytes = Ref<>::steal(PyCode_GetCode(code));
    // The function ran once: nothing is specialised yet.
    if (!bytes || Py_SIZE(code) * 2 != PyBytes_GET_SIZE(bytes.get()) ||
        std::memcmp(&field<char>(code, abi::kCodeFirstInstruction), PyBytes_AS_STRING(bytes.get()),
                    static_cast<size_t>(PyBytes_GET_SIZE(bytes.get()))) != 0) {
        return "its code objects have another layout";
    }
    return {};
}

PyObject* unusedEvaluator(PyThreadState*, Frame*, int) {
    return nullptr;
}

/// Nothing is evaluated while the other evaluator is in place.
std::optional<std::string> checkStates() {
    if (currentThread() != _PyThreadState_UncheckedGet()) {
        return "its state of the process has another layout";
    }
    PyInterpreterState* interpreter = currentThread()->interp;
    const _PyFrameEvalFunction before = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    _PyInterpreterState_SetEvalFrameFunc(interpreter, unusedEvaluator);
    const bool isThere = evaluator(interpreter) == unusedEvaluator;
    _PyInterpreterState_SetEvalFrameFunc(interpreter, before);
    const bool isGone = before != _PyEval_EvalFrameDefault || evaluator(interpreter) == nullptr;
    return isThere && isGone ? std::nullopt : std::optional<std::string>("its interpreter states have another layout");
}

std::optional<std::string> checkNumbers() {
    auto number = Ref<>::steal(PyLong_FromLongLong(-((int64_t{5} << abi::kIntDigitBits) + 3)));
    if (!number || field<int64_t>(number.get(), abi::kIntSize) != -2 ||
        (&field<uint32_t>(number.get(), abi::kIntDigits))[0] != 3 ||
        (&field<uint32_t>(number.get(), abi::kIntDigits))[1] != 5) {
        return "its integers have another layout";
    }
    auto real = Ref<>::steal(PyFloat_FromDouble(2.5));
    if (!real || field<double>(real.get(), abi::kFloatValue) != 2.5 ||
        field<PyTypeObject*>(real.get(), abi::kObjectType) != &PyFloat_Type ||
        field<int64_t>(real.get(), abi::kObjectRefcount) != 1) {
        return "its floats have another layout";
    }
    return {};
}

std::optional<std::string> checkRanges() {
    auto range = Ref<>::steal(PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyRange_Type), "iii", 10, 20, 3));
    auto iterator = range ? Ref<>::steal(PyObject_GetIter(range.get())) : Ref<>();
    if (!iterator || !isRangeIterator(iterator.get()) || PyRangeIter_Type.tp_basicsize != abi::kRangeIteratorBytes) {
        return "it has no range iterators of the expected kind";
    }
    auto first = Ref<>::steal(PyIter_Next(iterator.get()));
    if (!first || readRangeIterator(iterator.get()) != RangeState{13, 3, 3} ||
        field<int64_t>(iterator.get(), abi::kRangeIteratorLength) != 4 ||
        PyLong_AsLong(field<PyObject*>(range.get(), abi::kRangeStop)) != 20) {
        return "its range iterators have another layout";
    }
    return {};
}

std::optional<std::string> checkSequences() {
    auto list = Ref<>::steal(Py_BuildValue("[iii]", 1001, 1002, 1003));
    auto tuple = list ? Ref<>::steal(PyList_AsTuple(list.get())) : Ref<>();
    if (!tuple || field<int64_t>(list.get(), abi::kSequenceSize) != 3 ||
        field<int64_t>(tuple.get(), abi::kSequenceSize) != 3 || field<uintptr_t>(list.get(), abi::kGcNext) == 0 ||
        field<PyObject**>(list.get(), abi::kListItems)[2] != PyList_GetItem(list.get(), 2) ||
        (&field<PyObject*>(tuple.get(), abi::kTupleItems))[2] != PyTuple_GetItem(tuple.get(), 2)) {
        return "its lists and tuples have another layout";
    }
    for (PyObject* sequence : {list.get(), tuple.get()}) {
        auto iterator = Ref<>::steal(PyObject_GetIter(sequence));
        auto first = iterator ? Ref<>::steal(PyIter_Next(iterator.get())) : Ref<>();
        if (!first || field<int64_t>(iterator.get(), abi::kSequenceIteratorIndex) != 1 ||
            field<PyObject*>(iterator.get(), abi::kSequenceIteratorSequence) != sequence) {
            return "its iterators over lists and tuples have another layout";
        }
    }
    auto enumerate =
        Ref<>::steal(PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyEnum_Type), "Oi", list.get(), 7));
    auto zip = Ref<>::steal(
        PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PyZip_Type), list.get(), tuple.get(), nullptr));
    auto pair = zip ? Ref<>::steal(PyIter_Next(zip.get())) : Ref<>();
    if (!enumerate || !zip || !pair || field<PyObject*>(zip.get(), abi::kReusedPair) != pair.get() ||
        field<int64_t>(enumerate.get(), abi::kEnumerateIndex) != 7 ||
        iteratorKindOf(enumerate.get()) != base::IteratorKind::Enumerated ||
        iteratorKindOf(zip.get()) != base::IteratorKind::Zipped) {
        return "its enumerate() and zip() have another layout";
    }
    return {};
}

std::optional<std::string> checkDicts() {
    auto dict = Ref<>::steal(PyDict_New());
    if (!dict || PyDict_SetItemString(dict.get(), "key", Py_None) != 0) {
        return "memory is short";
    }
    const auto before = field<uint64_t>(dict.get(), abi::kDictVersionTag);
    PyDict_GetItemString(dict.get(), "key");
    const auto afterRead = field<uint64_t>(dict.get(), abi::kDictVersionTag);
    PyDict_SetItemString(dict.get(), "key", Py_True);
    const auto afterWrite = field<uint64_t>(dict.get(), abi::kDictVersionTag);
    if (before != afterRead || before == afterWrite || field<int64_t>(dict.get(), abi::kDictUsed) != 1) {
        return "its dicts do not have the expected version tags";
    }
    return {};
}

std::optional<std::string> checkInstances() {
    auto type = Ref<>::steal(PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyType_Type), "s(){}", "Instance"));
    auto instance = type ? Ref<>::steal(PyObject_CallNoArgs(type.get())) : Ref<>();
    if (!instance || PyObject_SetAttrString(instance.get(), "first", Py_None) != 0 ||
        PyObject_SetAttrString(instance.get(), "second", Py_True) != 0) {
        return "memory is short";
    }
    auto** values = field<PyObject**>(instance.get(), abi::kInstanceValues);
    if (values == nullptr || values[0] != Py_None || values[1] != Py_True) {
        return "its instances have another layout";
    }
    const auto* inserted = reinterpret_cast<const uint8_t*>(values) + abi::kValuesInserted;
    if (inserted[0] != 2 || inserted[-1] != 0 || inserted[-2] != 1) {
        return "its instances note otherwise in which order they got their attributes";
    }
    return {};
}

std::optional<std::string> difference() {
    auto names = Ref<>::steal(PyDict_New());
    if (!names || PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins()) != 0) {
        return "memory is short";
    }
    if (auto problem = checkFrames(names)) {
        return problem;
    }
    if (auto problem = checkCode(names)) {
        return problem;
    }
    constexpr std::array kChecks{checkStates, checkNumbers, checkRanges, checkSequences, checkDicts, checkInstances};
    for (auto check : kChecks) {
        if (auto problem = check()) {
            return problem;
        }
    }
    return {};
}

}  // namespace

std::optional<std::string> unsupportedReason() {
    constexpr unsigned long kMinorMask = 0xffff0000;
    if ((Py_Version & kMinorMask) != (PY_VERSION_HEX & kMinorMask)) {
        return fmt::format("pyjion was built for CPython {}.{}, this is {}.{}", PY_MAJOR_VERSION, PY_MINOR_VERSION,
                           Py_Version >> 24, Py_Version >> 16 & 0xff);
    }
    auto problem = difference();
    PyErr_Clear();
    if (problem) {
        return fmt::format("this CPython {} is built differently: {}", PY_VERSION, *problem);
    }
    return {};
}

}  // namespace pyjion::python
