// SPDX-License-Identifier: MIT
#include "python/main_program.h"

#include <cstdlib>
#include <cwchar>
#include <string>
#include <vector>

#include "python/internal.h"

// A program that has the interpreter linked in statically leaves out what it does not call itself, and may be without
// the command line's main function. It imports us all the same.
extern "C" [[gnu::weak]] int Py_RunMain();

namespace pyjion::python {
namespace {

/// The text as the interpreter's configuration has it; false with an exception set.
bool readText(PyObject* object, std::wstring& text) {
    Py_ssize_t size = 0;
    wchar_t* buffer = PyUnicode_AsWideCharString(object, &size);
    if (buffer == nullptr) {
        return false;
    }
    const bool endsEarly = std::wcslen(buffer) != static_cast<size_t>(size);
    text.assign(buffer, static_cast<size_t>(size));
    PyMem_Free(buffer);
    if (endsEarly) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
    }
    return !endsEarly;
}

bool readTexts(PyObject* list, std::vector<std::wstring>& texts) {
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "the arguments must be a list");
        return false;
    }
    texts.resize(static_cast<size_t>(PyList_GET_SIZE(list)));
    for (size_t i = 0; i < texts.size(); ++i) {
        if (!readText(PyList_GET_ITEM(list, i), texts[i])) {
            return false;
        }
    }
    return true;
}

/// The configuration that the interpreter has started with. Its main function reads it again for the program's name.
PyConfig* configuration() {
    return const_cast<PyConfig*>(_PyInterpreterState_GetConfig(PyInterpreterState_Get()));
}

bool succeeded(PyStatus status) {
    if (PyStatus_Exception(status) != 0) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

}  // namespace

bool setMainProgram(PyObject* option, PyObject* value, PyObject* arguments) {
    if (&Py_RunMain == nullptr) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the program that this interpreter is embedded in has no command line: Py_RunMain is missing");
        return false;
    }
    std::wstring kind;
    std::wstring name;
    std::vector<std::wstring> texts;
    if (!readText(option, kind) || !readText(value, name) || !readTexts(arguments, texts)) {
        return false;
    }
    std::vector<wchar_t*> words;
    for (std::wstring& text : texts) {
        words.push_back(text.data());
    }
    if (kind == L"-c") {
        name += L'\n';  // as the interpreter's own command line does it
    }
    PyConfig* config = configuration();
    auto nameIf = [&](bool present) { return present ? name.c_str() : nullptr; };
    return succeeded(PyConfig_SetString(config, &config->run_command, nameIf(kind == L"-c"))) &&
           succeeded(PyConfig_SetString(config, &config->run_module, nameIf(kind == L"-m"))) &&
           succeeded(PyConfig_SetString(config, &config->run_filename, nameIf(kind.empty() && !name.empty()))) &&
           succeeded(
               PyConfig_SetWideStringList(config, &config->argv, static_cast<Py_ssize_t>(words.size()), words.data()));
}

void runMainProgram() {
    PyThreadState* ts = PyThreadState_Get();
    // Where the thread's stack begins; compiled code may have left its frames there.
    ts->root_cframe.current_frame = nullptr;
    ts->root_cframe.use_tracing = ts->cframe->use_tracing;
    ts->cframe = &ts->root_cframe;
    ts->recursion_remaining = ts->recursion_limit;
    std::exit(Py_RunMain());
}

}  // namespace pyjion::python
