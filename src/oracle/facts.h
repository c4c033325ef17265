// SPDX-License-Identifier: MIT
// What a test file's facts about a code object mean to the interpreter of HIR.
#pragma once

#include "oracle/interpret.h"
#include "passes/pass.h"

namespace pyjion::oracle {

/// Constants that are no numbers become objects that equal nothing else.
Code codeOf(const passes::CodeFacts& facts);

}  // namespace pyjion::oracle
