// SPDX-License-Identifier: MIT
// Names of the program: as text for people, and what they are bound to. Nothing here runs Python code, fails, or
// leaves a trace in the objects: PyUnicode_AsUTF8 would do each of the three (no text for a lone surrogate; the text
// is kept in the object, where sys.getsizeof sees it), and a dict's lookup compares keys that are no plain strings.
#pragma once

#include <Python.h>

#include <string>

namespace pyjion::python {

/// The string as UTF-8 on one line: line ends, other control characters and lone surrogates are escaped as Python does
/// it. At most `longest` characters, with "..." behind them when there are more.
std::string textOf(PyObject* string, Py_ssize_t longest = PY_SSIZE_T_MAX);

/// Whether a name can be looked up in a namespace without running Python code: it is an exact dict, and all keys that
/// it has ever had are exact strings. Null is no namespace.
bool looksUpQuietly(PyObject* dict);

/// The value of a name, borrowed; null when it has none there, or could not be looked up quietly.
PyObject* quietLookup(PyObject* dict, PyObject* name);

/// What the interpreter started with under a name of `builtins`, or null. Borrowed: the interpreter holds it to its
/// end.
PyObject* originalBuiltin(PyObject* name);

/// Whether these are the globals of `__main__`: the program that the user started, or what is typed at the prompt. In
/// processes that multiprocessing starts by spawn, the program is `__mp_main__`.
bool areMains(PyObject* globals);

}  // namespace pyjion::python
