// SPDX-License-Identifier: MIT
// Proves that a body is a well-typed CIL method, with the tables of ECMA-335 III.1.5 and stricter assignments: a value
// must have exactly the type that a local, parameter, result or store wants. A Release RyuJIT checks none of this; it
// converts or miscompiles in silence. The numbered invariants are at the top of verify.cpp.
#pragma once

#include <string>
#include <vector>

#include "cil/body.h"
#include "cil/verify_error.h"

namespace pyjion::cil {

/// All violations found, ordered by instruction, those of the body as a whole first; empty for a good body.
std::vector<VerifyError> verify(const Body& body);

/// The text form of the body with `// error: V9: …` under the lines that are wrong.
std::string annotate(const Body& body, const std::vector<VerifyError>& errors);

}  // namespace pyjion::cil
