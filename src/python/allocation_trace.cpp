// SPDX-License-Identifier: MIT
#include "python/allocation_trace.h"

#include "python/internal.h"

namespace pyjion::python {

const int* allocationTracing() {
    return &_Py_tracemalloc_config.tracing;
}

}  // namespace pyjion::python
