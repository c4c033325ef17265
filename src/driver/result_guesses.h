// SPDX-License-Identifier: MIT
// What calls have probably returned. The interpreter notes no type of a result, but it specialises the arithmetic that
// consumes it: behind `f(n - 1) + f(n - 2)` stands BINARY_OP_ADD_INT. No more than a guess, as all that sites say.
#pragma once

#include <vector>

#include "bytecode/code.h"
#include "frontend/build.h"

namespace pyjion::driver {

/// Fills in `seen`, by site number, for sites of CALL that have nothing (a bottom type on the left) and whose result is
/// an operand of a BINARY_OP or COMPARE_OP that has seen ints there.
void guessResults(const bytecode::Code& code, std::vector<frontend::Seen>& seen);

}  // namespace pyjion::driver
