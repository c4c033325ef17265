// SPDX-License-Identifier: MIT
// The cheapest frame evaluators that PEP 523 allows: what an interpreted entry costs without anything of ours.
#include <Python.h>

static unsigned long long entries;

static PyObject* pass_on(PyThreadState* ts, struct _PyInterpreterFrame* frame, int throwflag) {
    return _PyEval_EvalFrameDefault(ts, frame, throwflag);
}

static PyObject* count(PyThreadState* ts, struct _PyInterpreterFrame* frame, int throwflag) {
    ++entries;
    return _PyEval_EvalFrameDefault(ts, frame, throwflag);
}

static PyObject* install(PyObject* self, PyObject* counting) {
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), PyObject_IsTrue(counting) ? count : pass_on);
    Py_RETURN_NONE;
}

static PyObject* counted(PyObject* self, PyObject* nothing) {
    return PyLong_FromUnsignedLongLong(entries);
}

static PyMethodDef methods[] = {
    {"install", install, METH_O, "Become the frame evaluator; with a true argument, count the entries."},
    {"counted", counted, METH_NOARGS, "Entries of frames so far."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "pass_through", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_pass_through(void) {
    return PyModule_Create(&module);
}
