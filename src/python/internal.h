// SPDX-License-Identifier: MIT
// CPython's private headers, made acceptable to C++. Only the .cpp files of this folder include it (and thread_list.h,
// for them), so that the rest of the project cannot come to depend on a private layout by accident.
#pragma once

#include <Python.h>

#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1
#endif
// C's <stdatomic.h> and C++ do not mix; the compiler's builtins, which CPython uses without it, have the same layout.
#undef HAVE_STD_ATOMIC
// The private headers define it again, over the same field.
#undef _PyGC_FINALIZED
// A macro under the name of a function there.
#undef _PyObject_LookupSpecial

#include <internal/pycore_ceval.h>
#include <internal/pycore_code.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_moduleobject.h>
#include <internal/pycore_object.h>
#include <internal/pycore_pymem.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_runtime.h>
