// SPDX-License-Identifier: MIT
// Bodies that several tests of this folder share.
#pragma once

#include "cil/body.h"

namespace pyjion::cil {

/// long steps(native int unused, long n): counts collatz steps; a loop, marks, a helper call, a pool load, an
/// intrinsic.
Body collatzBody();

/// Every opcode of the table once or more, with operands that need each encoding. Prints and encodes; is not well
/// typed.
Body everyOpcodeBody();

/// Well typed; uses every opcode but `throw` and `tail.`, which have bodies of their own in the tests.
Body wellTypedBody();

}  // namespace pyjion::cil
