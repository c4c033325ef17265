// SPDX-License-Identifier: MIT
// Machine code -> text, one line per instruction: eight hexadecimal digits of offset, a colon, the instruction in Intel
// syntax with mnemonics and registers in capitals. Words of the constant pool are named behind the instruction.
//
//   ; line 3
//   0000000a: MOV RBX, [RDI+0x40]
//   0000000e: CALL [RIP+0x1a4] ; PyNumber_Add
//   00000014: JL 0x0000000a
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "clr/native_code.h"

namespace pyjion::clr {

/// Lines (without "; ") to print before the first instruction that comes from an IL offset.
using CommentsForIl = std::function<std::vector<std::string>(uint32_t ilOffset)>;

std::string disassemble(const NativeCode& code, const CommentsForIl& comments = {});

}  // namespace pyjion::clr
