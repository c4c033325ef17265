// SPDX-License-Identifier: MIT
// func_dealloc() and PyFunction_NewWithQualName() of Objects/funcobject.c.
#include "python/dead_functions.h"

#include <array>
#include <cstdint>

#include "python/internal.h"
#include "python/names.h"
#include "python/young_objects.h"

namespace pyjion::python {
namespace {

/// Comprehensions in comprehensions. Guarded by the GIL.
struct Kept {
    static constexpr uint32_t kMost = 4;
    uint32_t count = 0;
    std::array<PyFunctionObject*, kMost> functions{};
};
Kept kept;

/// What functions take from a module; borrowed.
struct Module {
    uint64_t version = 0;          // of the dict of its globals, which no other state of any dict has
    PyObject* builtins = nullptr;  // where names are looked up that it has not (_PyEval_BuiltinsFromGlobals()), or null
    PyObject* name = nullptr;      // or null
};

const Module& moduleOf(PyObject* globals) {
    static Module last;
    const uint64_t version = reinterpret_cast<PyDictObject*>(globals)->ma_version_tag;
    if (version != last.version) {
        PyObject* builtins = quietLookup(globals, &_Py_ID(__builtins__));
        builtins = builtins != nullptr && PyModule_Check(builtins) ? PyModule_GetDict(builtins) : builtins;
        last = {version, builtins, quietLookup(globals, &_Py_ID(__name__))};
    }
    return last;
}

/// Borrowed.
PyObject* docOf(PyCodeObject* code) {
    const bool hasFirst = PyTuple_GET_SIZE(code->co_consts) > 0;
    PyObject* first = hasFirst ? PyTuple_GET_ITEM(code->co_consts, 0) : Py_None;
    return PyUnicode_Check(first) ? first : Py_None;
}

}  // namespace

bool buryFunction(PyObject* object) {
#ifdef Py_REF_DEBUG
    return false;
#endif
    auto* function = reinterpret_cast<PyFunctionObject*>(object);
    if (function->func_weakreflist != nullptr || function->vectorcall != _PyFunction_Vectorcall) {
        return false;
    }
    _PyObject_GC_UNTRACK(object);
    function->func_version = 0;
    Py_CLEAR(function->func_globals);
    Py_CLEAR(function->func_builtins);
    Py_CLEAR(function->func_module);
    Py_CLEAR(function->func_defaults);
    Py_CLEAR(function->func_kwdefaults);
    Py_CLEAR(function->func_doc);
    Py_CLEAR(function->func_dict);
    Py_CLEAR(function->func_closure);
    Py_CLEAR(function->func_annotations);
    Py_DECREF(function->func_code);
    Py_DECREF(function->func_name);
    Py_DECREF(function->func_qualname);
    if (kept.count == Kept::kMost) {
        PyObject_GC_Del(object);
        return true;
    }
    countEnded();
    kept.functions[kept.count++] = function;
    return true;
}

PyObject* reviveFunction(PyCodeObject* code, PyObject* globals) {
    if (kept.count == 0) {
        return nullptr;
    }
    const Module& module = moduleOf(globals);
    if (module.builtins == nullptr) {
        return nullptr;
    }
    PyFunctionObject* function = kept.functions[--kept.count];
    function->func_globals = Py_NewRef(globals);
    function->func_builtins = Py_NewRef(module.builtins);
    function->func_name = Py_NewRef(code->co_name);
    function->func_qualname = Py_NewRef(code->co_qualname);
    function->func_code = Py_NewRef(reinterpret_cast<PyObject*>(code));
    function->func_doc = Py_NewRef(docOf(code));
    function->func_module = Py_XNewRef(module.name);
    auto* object = reinterpret_cast<PyObject*>(function);
    _Py_NewReference(object);  // also tells tracemalloc
    countMade();
    _PyObject_GC_TRACK(object);
    return object;
}

}  // namespace pyjion::python
