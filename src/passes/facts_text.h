// SPDX-License-Identifier: MIT
// Reads what a file with HIR says, in comments, about the code object: facts that passes use but that are not part of
// the function. One fact a line:
//
//   ; fact: arguments 2
//   ; fact: constant 0 Int 5          (or Double 1.5, Bool true, None)
//   ; fact: object 0 builtins.range
//   ; fact: global 3 object 0 TypeObject
//   ; fact: callee 4 number 0 arguments 2   (of the call at site 4)
//   ; fact: function 4 number 0 arguments 2   (what the name at site 4 is bound to)
//   ; fact: method 1 number 0 arguments 2     (known object 1)
//   ; fact: builtin 1 CallBuiltinOne operands 1 LongExact len   (known object 1)
//   ; fact: iterator 2 Enumerated     (what GetIter of the site has given)
//   ; fact: loud 3                    (LoadGlobal of the site was not found quietly)
//   ; fact: entry 1 LongExact         (what a local held when compiling was asked for)
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hir/function.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// Adds the facts of a text to the context and the function; an error message when one cannot be read.
std::optional<std::string> readFacts(std::string_view text, hir::Function& function, CodeFacts& facts);

}  // namespace pyjion::passes
