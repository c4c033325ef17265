// SPDX-License-Identifier: MIT
#include "python/int_objects.h"

namespace pyjion::python {

char* const smallInts = reinterpret_cast<char*>(PyLong_FromLong(kFirstSmallInt));
DeadInts deadInts;

}  // namespace pyjion::python
