// SPDX-License-Identifier: MIT
// Decodes a code object's bytecode (code.h). Works on the bytes that the interpreter runs (`co_code_adaptive`), so that
// the specialised opcodes are seen too; runs no Python and allocates no Python object.
#pragma once

#include <Python.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "bytecode/code.h"
#include "bytecode/opcode.h"

namespace pyjion::bytecode {

/// Error: a sentence that says what is wrong with the bytecode. The compiler of CPython does not make such code.
/// Basic blocks begin at the code units `leaders` too, where instructions start.
base::Result<Code, std::string> decode(PyCodeObject* code, std::span<const int32_t> leaders = {});

/// A change of the stack depth, on falling through or on jumping; nothing for an instruction that is not known.
/// As dis.stack_effect, except that values are counted as the interpreter holds them: PRECALL leaves a call's arguments
/// on the stack, CALL takes them, and RETURN_GENERATOR pushes what the first send() brings.
std::optional<int32_t> stackEffect(Opcode base, uint32_t argument, bool jumps);

}  // namespace pyjion::bytecode
