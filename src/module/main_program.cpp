// SPDX-License-Identifier: MIT
// What `python -m pyjion` hands its program to.
#include "python/main_program.h"

#include "module/api.h"

namespace pyjion::module {
namespace {

PyObject* run(PyObject*, PyObject*) {
    python::runMainProgram();
}

}  // namespace

/// The function that is returned belongs to no module: the frame that calls it stays, and must not keep this module
/// alive beyond the end of the interpreter.
PyObject* mainProgram(PyObject*, PyObject* args) {
    PyObject* option = nullptr;
    PyObject* value = nullptr;
    PyObject* arguments = nullptr;
    if (PyArg_ParseTuple(args, "UUO:main_program", &option, &value, &arguments) == 0 ||
        !python::setMainProgram(option, value, arguments)) {
        return nullptr;
    }
    static PyMethodDef definition = {"run_main_program", run, METH_NOARGS, nullptr};
    return PyCFunction_New(&definition, nullptr);
}

}  // namespace pyjion::module
