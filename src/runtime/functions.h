// SPDX-License-Identifier: MIT
// MAKE_FUNCTION: a function object from its code and what its definition has computed.
#pragma once

#include "python/frame.h"

namespace pyjion::runtime {

/// `parts`: defaults, keyword defaults, annotations, closure, those that `flags` has bits for (1, 2, 4, 8), then the
/// code. All are consumed.
PyObject* makeFunction(_PyInterpreterFrame* frame, PyObject** parts, int64_t count, int32_t flags);

}  // namespace pyjion::runtime
