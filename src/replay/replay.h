// SPDX-License-Identifier: MIT
// The checking mode for exits. While optimised code runs, its bytecode is executed once more beside it, from the state
// in which it was entered; where it is left, and where somebody could look at its frame, the frame must hold what the
// interpreter would have there.
#pragma once

#include <Python.h>

#include <cstdint>
#include <string>

namespace pyjion::replay {

/// Of the process.
struct Counts {
    uint64_t exact = 0;  // exits and returns whose frame was compared, and was right
    uint64_t lost = 0;   // those that nothing can be said about
    uint64_t wrong = 0;
};
extern Counts counts;

/// Told of each difference.
using Reporter = void (*)(PyCodeObject* code, const std::string& problem);

/// Makes compiled code with calls of the replay's helpers, and its exits, come here.
void install(Reporter reporter);

}  // namespace pyjion::replay
