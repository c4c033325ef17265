// SPDX-License-Identifier: MIT
// tracemalloc notes for each allocation which frames are running: then a call without a frame can be seen.
#pragma once

namespace pyjion::python {

/// Not 0 while it does.
const int* allocationTracing();

}  // namespace pyjion::python
