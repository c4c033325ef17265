// SPDX-License-Identifier: MIT
// Where the interpreter has found attributes, methods and items, for the pass that has compiled code find them there
// too.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bytecode/decode.h"
#include "driver/code_record.h"
#include "passes/pass.h"
#include "python/operators.h"
#include "runtime/attribute_cache.h"
#include "runtime/site.h"

namespace pyjion::driver {

/// What an instruction looks an attribute up for; nothing when it does something else.
std::optional<runtime::AttributeUse> attributeUse(bytecode::Opcode opcode);

/// The operator of an instruction that a class may define; nothing for other instructions.
std::optional<python::OperatorNumber> operatorOf(const bytecode::Instruction& instruction);

/// The local that an operand of an instruction was loaded from, `below` operands under the topmost one; nothing when
/// it, or one above it, is something else than a local or a constant.
std::optional<uint32_t> operandLocal(const bytecode::Code& code, size_t ordinal, size_t below);

/// The classes that the code may expect at each instruction that looks for an attribute or for the method of an
/// operator by what the record tells: those that the interpreter and compiled code have met there, and where else
/// something is looked for in one local.
std::vector<runtime::ClassesSeen> expectedClasses(const CodeRecord& record, const bytecode::Code& code,
                                                  const std::vector<uint32_t>& numbers);

/// Fills in `facts.accesses`. What classes have becomes objects known to the code; they are not kept alive, as the
/// guards in front of their use see to that. Sites that are left to their helpers have no fact. What the interpreter
/// shows for a site of which nothing was noted is noted there. `globals`: where global names are looked up; null when
/// that is not known.
void findAccesses(CodeRecord& record, const bytecode::Code& code, PyObject* globals, passes::CodeFacts& facts,
                  CompiledCode& made);

}  // namespace pyjion::driver
