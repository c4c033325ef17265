// SPDX-License-Identifier: MIT
// Switching the JIT on and off, its options and its counters.
#include <fmt/format.h>

#include <cmath>
#include <string>

#include "clr/jit_interface.h"
#include "clr/library.h"
#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/figures.h"
#include "driver/options.h"
#include "driver/registry.h"
#include "driver/start.h"
#include "driver/statistics.h"
#include "module/api.h"
#include "module/eval_hook.h"
#include "module/objects.h"
#include "module/start_body.h"
#include "python/frame.h"
#include "python/names.h"
#include "python/thread.h"
#include "runtime/tiering.h"

namespace pyjion::module {

using driver::engine;

PyObject* initialise(PyObject*, PyObject* folder) {
    PyObject* path = nullptr;
    if (PyUnicode_FSConverter(folder, &path) == 0) {
        return nullptr;
    }
    std::string name = PyBytes_AS_STRING(path);
    Py_DECREF(path);
    startLog();
    engine().setEvaluator(evaluate);
    runtime::tieringHooks.evaluate = evaluate;
    driver::startBody = runAtStart;
    driver::start(name);
    Py_RETURN_NONE;
}

namespace {

/// The globals of what called the package's function that calls one of these.
PyObject* globalsOfCaller() {
    python::Frame* frame = python::currentFrame(python::currentThread());
    python::Frame* caller = frame != nullptr ? python::previous(frame) : nullptr;
    return caller != nullptr ? python::globals(caller) : nullptr;
}

}  // namespace

PyObject* enable(PyObject*, PyObject* args, PyObject* kwargs) {
    static const char* names[] = {"strict", nullptr};
    int strict = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:enable", const_cast<char**>(names), &strict)) {
        return nullptr;
    }
    if (const std::string& problems = engine().environmentProblems(); !problems.empty()) {
        PyErr_SetString(PyExc_ValueError, problems.c_str());
        return nullptr;
    }
    if (engine().keptOff() != nullptr) {
        Py_RETURN_FALSE;
    }
    const auto& unavailable = engine().unavailable();
    if (unavailable && strict != 0) {
        PyErr_SetString(PyExc_RuntimeError, unavailable->c_str());
        return nullptr;
    }
    return PyBool_FromLong(engine().enable(globalsOfCaller()));
}

PyObject* disable(PyObject*, PyObject*) {
    return PyBool_FromLong(engine().disable());
}

PyObject* pause(PyObject*, PyObject*) {
    engine().pause();
    Py_RETURN_NONE;
}

PyObject* resume(PyObject*, PyObject*) {
    engine().resume();
    Py_RETURN_NONE;
}

namespace {

std::string lines(const std::string& first, const std::string& second) {
    return first + (first.empty() || second.empty() ? "" : "\n") + second;
}

/// What stands in the way of compiling; empty: nothing.
std::string obstacle() {
    const auto& unavailable = engine().unavailable();
    const char* refused = engine().executionRefused();
    return unavailable ? *unavailable : refused != nullptr ? refused : "";
}

}  // namespace

PyObject* status(PyObject*, PyObject*) {
    const std::string missing = obstacle();
    const char* keptOff = engine().keptOff();
    const std::string reason = missing.empty() && keptOff != nullptr ? keptOff : missing;
    bool loaded = clr::Library::loaded() != nullptr;
    return Py_BuildValue("{s:N,s:N,s:N,s:N,s:N,s:N,s:s,s:K,s:N}", "available", PyBool_FromLong(missing.empty()),
                         "enabled", PyBool_FromLong(engine().enabled() && engine().servesCaller()), "watches_calls",
                         PyBool_FromLong(engine().watchesCalls()), "reason", textOrNone(reason), "library",
                         textOrNone(engine().libraryPath()), "library_version",
                         textOrNone(loaded ? clr::formatGuid(clr::kJitEeGuid) : std::string()), "python",
                         Py_GetVersion(), "code_bytes", static_cast<unsigned long long>(driver::statistics().codeBytes),
                         "problems", textOrNone(lines(engine().environmentProblems(), engine().unknownVariables())));
}

PyObject* warning(PyObject*, PyObject*) {
    // What is kept off has no need of what may be missing, nor of looking for it.
    const std::string missing = engine().keptOff() != nullptr ? std::string() : obstacle();
    return textOrNone(lines(missing, engine().unknownVariables()));
}

namespace {

/// An option's value as the Python object that users expect: numbers and booleans are not text.
PyObject* optionObject(const char* name) {
    std::string text = driver::optionText(driver::options(), name);
    driver::OptionInfo::Kind kind = driver::OptionInfo::Kind::Text;
    for (const driver::OptionInfo& info : driver::optionInfos()) {
        if (info.name == std::string_view(name)) {
            kind = info.kind;
        }
    }
    if (kind == driver::OptionInfo::Kind::Flag) {
        return PyBool_FromLong(text == "1");
    }
    if (kind == driver::OptionInfo::Kind::Number && !text.empty()) {
        if (text.find_first_not_of("0123456789") == std::string::npos) {
            return PyLong_FromString(text.c_str(), nullptr, 10);
        }
        if (text != "unlimited") {
            PyObject* object = PyUnicode_FromString(text.c_str());
            PyObject* number = object != nullptr ? PyFloat_FromString(object) : nullptr;
            Py_XDECREF(object);
            return number;
        }
    }
    return PyUnicode_DecodeFSDefaultAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

/// The options, or null with an exception set.
PyObject* optionDict() {
    PyObject* dict = PyDict_New();
    for (const driver::OptionInfo& info : driver::optionInfos()) {
        PyObject* value = dict != nullptr ? optionObject(info.name) : nullptr;
        if (value == nullptr || PyDict_SetItemString(dict, info.name, value) < 0) {
            Py_XDECREF(value);
            Py_XDECREF(dict);
            return nullptr;
        }
        Py_DECREF(value);
    }
    return dict;
}

/// An option's value as text; null with an exception set. None is no text: a file of that name is not what is meant.
PyObject* optionValue(PyObject* name, PyObject* value) {
    if (value == Py_None) {
        return PyErr_Format(PyExc_ValueError, "pyjion: option %S must not be None", name);
    }
    return PyBytes_Check(value) ? Py_NewRef(value) : PyObject_Str(value);
}

/// Sets all of the options or none.
bool setOptions(PyObject* kwargs) {
    driver::Options changed = driver::options();
    Py_ssize_t position = 0;
    PyObject* key = nullptr;
    PyObject* value = nullptr;
    while (PyDict_Next(kwargs, &position, &key, &value)) {
        // As bytes, like the environment has them: names of files need not be UTF-8.
        PyObject* text = optionValue(key, value);
        PyObject* bytes = nullptr;
        const bool encoded = text != nullptr && PyUnicode_FSConverter(text, &bytes) != 0;
        Py_XDECREF(text);
        if (!encoded) {
            return false;
        }
        const std::string utf8(PyBytes_AS_STRING(bytes));
        Py_DECREF(bytes);
        auto set = driver::setOption(changed, python::textOf(key), utf8);
        if (!set.ok()) {
            PyErr_SetString(PyExc_ValueError, set.error().c_str());
            return false;
        }
    }
    driver::options() = std::move(changed);
    engine().optionsChanged();
    return true;
}

}  // namespace

PyObject* config(PyObject*, PyObject* args, PyObject* kwargs) {
    if (PyTuple_GET_SIZE(args) != 0) {
        PyErr_SetString(PyExc_TypeError, "config() takes keyword arguments only, for example config(threshold=10)");
        return nullptr;
    }
    if (kwargs != nullptr && !setOptions(kwargs)) {
        return nullptr;
    }
    return optionDict();
}

const char* configDoc() {
    static const std::string doc = [] {
        std::string text =
            "config(**options)\n--\n\nSet options and return all of them, as a dictionary. An unknown name or a value "
            "that is "
            "not allowed\nis a ValueError, and then nothing is changed. Each option is also an environment variable,\n"
            "PYJION_ and its name in capitals, read when pyjion is imported.\n\n";
        for (const driver::OptionInfo& info : driver::optionInfos()) {
            text += fmt::format("{}: {}\n    {} (default: {})\n", info.name, info.allowed, info.help,
                                driver::optionText(driver::Options(), info.name));
        }
        return text;
    }();
    return doc.c_str();
}

namespace {

/// A figure as an object: a number, to the precision of the statistics file, or a dictionary of numbers.
struct FigureObject {
    PyObject* operator()(uint64_t value) const { return PyLong_FromUnsignedLongLong(value); }
    PyObject* operator()(double value) const { return PyFloat_FromDouble(std::round(value * 1000) / 1000); }
    PyObject* operator()(const driver::Figure::Named& values) const {
        DictBuilder dict;
        for (const auto& [name, value] : values) {
            dict.set(name, value);
        }
        return dict.take();
    }
};

}  // namespace

PyObject* statistics(PyObject*, PyObject*) {
    const std::vector<driver::Figure> figures = driver::figures();
    DictBuilder dict;
    for (const driver::Figure& figure : figures) {
        dict.set(figure.name, std::visit(FigureObject(), figure.value));
    }
    return dict.take();
}

}  // namespace pyjion::module
