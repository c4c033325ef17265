// SPDX-License-Identifier: MIT
// Pieces of text that the text form (print.cpp) and the listing (listing.cpp) share.
#pragma once

#include <string>
#include <string_view>

#include "cil/body.h"

namespace pyjion::cil {

/// The text with quotes, backslashes and control characters escaped, fit for a string or a comment of one line.
std::string escaped(std::string_view text);

/// Each line of `text` as a comment.
std::string commentLines(std::string_view text, std::string_view indent);

/// What the operand names: a callee's signature, the name of a local or of a pool entry; empty for other opcodes.
std::string operandName(const Body& body, const Instruction& instruction);

}  // namespace pyjion::cil
