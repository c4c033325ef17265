// SPDX-License-Identifier: MIT
// Classes by their version tags. What an inline cache of the interpreter names beside a version is a borrowed
// reference: it may be looked at while there is a class of that version, and must not be afterwards.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

/// The class whose version tag this is; null when there is none any more, and then there never will be. Borrowed. Runs
/// no Python code; throws std::bad_alloc.
PyTypeObject* liveClass(uint32_t version);

}  // namespace pyjion::python
