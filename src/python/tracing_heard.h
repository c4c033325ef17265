// SPDX-License-Identifier: MIT
// Being told of trace and profile functions before they are set.
#pragma once

namespace pyjion::python {

/// From now on `listener` is called before a trace or profile function is set, whoever does it, with the GIL. There is
/// one listener in a process. False if another audit hook refuses ours: nothing will be heard.
bool hearOfTracing(void (*listener)());

}  // namespace pyjion::python
