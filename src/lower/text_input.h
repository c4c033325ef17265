// SPDX-License-Identifier: MIT
// Lowering what comes from a text file, for tests and tools.
#pragma once

#include "lower/lower.h"

namespace pyjion::lower {

/// A file has no code object: each bytecode is one code unit long, names are numbers, and callees have no locals beside
/// their arguments.
Input inputForText(const hir::Function& function);

}  // namespace pyjion::lower
