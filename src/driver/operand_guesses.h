// SPDX-License-Identifier: MIT
// What arithmetic has not shown yet. CPython 3.11 specialises `+`, `-` and `*` of two integers or two floats and
// nothing else, so that a remainder or a quotient in a loop of the interpreter has seen nothing, however often it has
// run. A running loop says more: the types of its locals, and with those of constants what the operands will probably
// be. Nothing more than a guess, as all that sites say: it is guarded, and forgotten if it is wrong.
#pragma once

#include <span>
#include <vector>

#include "bytecode/decode.h"
#include "frontend/build.h"

namespace pyjion::driver {

/// Fills in `seen`, by site number, for sites of BINARY_OP that have nothing (a bottom type on the left). `locals` are
/// types where the loop is entered, bottom for what is unbound there.
void guessOperands(const bytecode::Code& code, std::vector<hir::Type> locals, std::span<const hir::Type> constants,
                   std::vector<frontend::Seen>& seen);

}  // namespace pyjion::driver
