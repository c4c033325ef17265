// SPDX-License-Identifier: MIT
// Where the interpreter has found attributes, methods and items, for the pass that has compiled code find them there
// too.
#pragma once

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "passes/pass.h"

namespace pyjion::driver {

/// Fills in `facts.accesses`. Methods become objects known to the code; they are not kept alive, as the guards in front
/// of their use see to that. Sites whose guess has failed before have no fact.
void findAccesses(const CodeRecord& record, const bytecode::Code& code, passes::CodeFacts& facts, CompiledCode& made);

}  // namespace pyjion::driver
