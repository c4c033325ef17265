// SPDX-License-Identifier: MIT
// Reads the text form of HIR (see print.h). Ids in the text become the same ids in the function. The parser checks what
// it needs to build the tables (names, counts, every id defined once); whether the function makes sense is the
// verifier's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hir/function.h"

namespace pyjion::hir {

struct ParseError {
    uint32_t line = 0;
    uint32_t column = 0;
    std::string message;
};

/// Reads one function. Lines that hold only a comment are skipped.
base::Result<Function, ParseError> parse(std::string_view text);

}  // namespace pyjion::hir
