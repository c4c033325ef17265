// SPDX-License-Identifier: MIT
#include "runtime/imports.h"

#include "python/thread.h"
#include "runtime/finish.h"
#include "runtime/interned.h"

namespace pyjion::runtime {
namespace {

/// `level` as the C int that the import machinery takes; -1 with an exception set.
int levelOf(PyObject* level) {
    return _PyLong_AsInt(level);
}

/// Mirrors import_name(): without an `__import__` of somebody else, the import machinery is called directly.
PyObject* import(_PyInterpreterFrame* frame, PyObject* name, PyObject* fromList, PyObject* level) {
    static PyObject* const importName = interned("__import__");
    PyObject* function = PyDict_GetItemWithError(python::builtins(frame), importName);
    if (function == nullptr) {
        if (PyErr_Occurred() == nullptr) {
            PyErr_SetString(PyExc_ImportError, "__import__ not found");
        }
        return nullptr;
    }
    PyObject* globals = python::globals(frame);
    PyObject* locals = python::locals(frame) != nullptr ? python::locals(frame) : Py_None;
    if (function == python::originalImport(python::currentThread())) {
        const int number = levelOf(level);
        if (number == -1 && PyErr_Occurred() != nullptr) {
            return nullptr;
        }
        return PyImport_ImportModuleLevelObject(name, globals, locals, fromList, number);
    }
    Py_INCREF(function);
    PyObject* arguments[] = {name, globals, locals, fromList, level};
    PyObject* module = PyObject_Vectorcall(function, arguments, 5, nullptr);
    Py_DECREF(function);
    return module;
}

/// ImportError for a name that a module does not have. Consumes `moduleName`, which may be null.
void raiseCannotImport(PyObject* module, PyObject* name, PyObject* moduleName) {
    PyObject* path = PyModule_GetFilenameObject(module);
    PyObject* shownName = moduleName != nullptr ? moduleName : PyUnicode_FromString("<unknown module name>");
    if (shownName == nullptr) {
        Py_XDECREF(path);
        return;
    }
    PyObject* message;
    if (path == nullptr || !PyUnicode_Check(path)) {
        PyErr_Clear();
        message = PyUnicode_FromFormat("cannot import name %R from %R (unknown location)", name, shownName);
        PyErr_SetImportError(message, moduleName, nullptr);
    } else {
        static PyObject* const specName = interned("__spec__");
        PyObject* spec = PyObject_GetAttr(module, specName);
        const char* format = _PyModuleSpec_IsInitializing(spec) != 0
                                 ? "cannot import name %R from partially initialized module %R "
                                   "(most likely due to a circular import) (%S)"
                                 : "cannot import name %R from %R (%S)";
        Py_XDECREF(spec);
        message = PyUnicode_FromFormat(format, name, shownName, path);
        PyErr_SetImportError(message, moduleName, path);
    }
    Py_XDECREF(message);
    Py_DECREF(shownName);
    Py_XDECREF(path);
}

/// Mirrors import_from(): a submodule that is being imported is no attribute yet, but in sys.modules.
PyObject* attributeOrSubmodule(PyObject* module, PyObject* name) {
    PyObject* found = nullptr;
    if (_PyObject_LookupAttr(module, name, &found) != 0) {
        return found;
    }
    static PyObject* const nameName = interned("__name__");
    PyObject* moduleName = PyObject_GetAttr(module, nameName);
    if (moduleName == nullptr || !PyUnicode_Check(moduleName)) {
        Py_CLEAR(moduleName);
        raiseCannotImport(module, name, nullptr);
        return nullptr;
    }
    PyObject* fullName = PyUnicode_FromFormat("%U.%U", moduleName, name);
    if (fullName == nullptr) {
        Py_DECREF(moduleName);
        return nullptr;
    }
    found = PyImport_GetModule(fullName);
    Py_DECREF(fullName);
    if (found == nullptr && PyErr_Occurred() == nullptr) {
        raiseCannotImport(module, name, moduleName);
        return nullptr;
    }
    Py_DECREF(moduleName);
    return found;
}

/// The names that `import *` binds: a list, or what the module calls `__all__`. New reference.
PyObject* namesOf(PyObject* module, bool& fromDict) {
    static PyObject* const allName = interned("__all__");
    static PyObject* const dictName = interned("__dict__");
    PyObject* all = nullptr;
    fromDict = false;
    if (_PyObject_LookupAttr(module, allName, &all) != 0) {
        return all;
    }
    PyObject* dict = nullptr;
    if (_PyObject_LookupAttr(module, dictName, &dict) < 0) {
        return nullptr;
    }
    if (dict == nullptr) {
        PyErr_SetString(PyExc_ImportError, "from-import-* object has no __dict__ and no __all__");
        return nullptr;
    }
    fromDict = true;
    all = PyMapping_Keys(dict);
    Py_DECREF(dict);
    return all;
}

void raiseNoString(PyObject* module, PyObject* name, bool fromDict) {
    static PyObject* const nameName = interned("__name__");
    PyObject* moduleName = PyObject_GetAttr(module, nameName);
    if (moduleName == nullptr) {
        return;
    }
    if (!PyUnicode_Check(moduleName)) {
        PyErr_Format(PyExc_TypeError, "module __name__ must be a string, not %.100s", Py_TYPE(moduleName)->tp_name);
    } else {
        PyErr_Format(PyExc_TypeError, "%s in %U.%s must be str, not %.100s", fromDict ? "Key" : "Item", moduleName,
                     fromDict ? "__dict__" : "__all__", Py_TYPE(name)->tp_name);
    }
    Py_DECREF(moduleName);
}

/// Binds one name, which is borrowed. -1 with an exception set.
int bind(PyObject* locals, PyObject* module, PyObject* name, bool fromDict) {
    if (!PyUnicode_Check(name)) {
        raiseNoString(module, name, fromDict);
        return -1;
    }
    if (fromDict) {
        if (PyUnicode_READY(name) == -1) {
            return -1;
        }
        if (PyUnicode_GET_LENGTH(name) != 0 && PyUnicode_READ_CHAR(name, 0) == '_') {
            return 0;
        }
    }
    PyObject* value = PyObject_GetAttr(module, name);
    if (value == nullptr) {
        return -1;
    }
    const int status =
        PyDict_CheckExact(locals) ? PyDict_SetItem(locals, name, value) : PyObject_SetItem(locals, name, value);
    Py_DECREF(value);
    return status;
}

int bindAll(PyObject* locals, PyObject* module) {
    bool fromDict = false;
    PyObject* names = namesOf(module, fromDict);
    if (names == nullptr) {
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; status == 0; i++) {
        PyObject* name = PySequence_GetItem(names, i);
        if (name == nullptr) {
            status = PyErr_ExceptionMatches(PyExc_IndexError) != 0 ? 0 : -1;
            if (status == 0) {
                PyErr_Clear();
            }
            break;
        }
        status = bind(locals, module, name, fromDict);
        Py_DECREF(name);
    }
    Py_DECREF(names);
    return status;
}

}  // namespace

PyObject* importName(_PyInterpreterFrame* frame, PyObject* level, PyObject* fromList, PyObject* name) {
    PyObject* module = import(frame, name, fromList, level);
    Py_DECREF(level);
    Py_DECREF(fromList);
    return finish(module);
}

PyObject* importFrom(PyObject* module, PyObject* name) {
    return finish(attributeOrSubmodule(module, name));
}

/// Only modules and exec have this statement: their code has no fast locals that would have to be brought up to date.
int32_t importStar(_PyInterpreterFrame* frame, PyObject* module) {
    PyObject* locals = python::locals(frame);
    int status = -1;
    if (locals != nullptr) {
        status = bindAll(locals, module);
    } else {
        PyErr_SetString(PyExc_SystemError, "no locals found during 'import *'");
    }
    Py_DECREF(module);
    return finishStatus(status);
}

}  // namespace pyjion::runtime
