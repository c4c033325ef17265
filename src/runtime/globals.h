// SPDX-License-Identifier: MIT
// Global names: LOAD_GLOBAL with an inline cache keyed by the version tags of both dicts, STORE_GLOBAL, and the slow
// path of the guard that full code keeps on the meaning of a name. The name is the site's.
#pragma once

#include "runtime/site.h"

struct _PyInterpreterFrame;

namespace pyjion::runtime {

/// A new reference, or null with NameError (or what a non-dict namespace raised).
PyObject* loadGlobal(_PyInterpreterFrame* frame, Site* site);

/// 0; -1 with an exception set or, when releasing the old value switched tracing on, without one.
int32_t storeGlobal(_PyInterpreterFrame* frame, Site* site, PyObject* value);

/// The object that a name means, found without running Python code; null, without an exception, when it cannot be. New
/// reference.
PyObject* findGlobal(_PyInterpreterFrame* frame, Site* site);

/// Whether that is the frame's function: 0 or 1.
int32_t meansOwnFunction(_PyInterpreterFrame* frame, Site* site);

/// After a tag mismatch: 1 when the name still means `expected` (the site's tags are refreshed), else 0. Sets no
/// exception: whatever is odd is answered by 0, and the interpreter finds out why.
int32_t globalStillIs(_PyInterpreterFrame* frame, Site* site, PyObject* expected);

/// The object of the site's name in the dict of globals: borrowed; null when it is not there, or cannot be found
/// without running Python code.
PyObject* readName(_PyInterpreterFrame* frame, Site* site);

/// Binds the site's name, which the dict has, over plain data. The reference passes to the dict.
void writeName(_PyInterpreterFrame* frame, Site* site, PyObject* value);

/// Whether the frame's names are global ones: 1 when its locals are its globals, an exact dict, else 0.
int32_t namesAreGlobal(_PyInterpreterFrame* frame);

}  // namespace pyjion::runtime
