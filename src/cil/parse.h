// SPDX-License-Identifier: MIT
// Text form (see print.cpp) -> Body. Checks the grammar only, so that bodies which cil::verify rejects can be written
// down; labels that are used but not bound, and indices out of range, are the verifier's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cil/body.h"

namespace pyjion::cil {

struct ParseError {
    uint32_t line = 0;    // from 1
    uint32_t column = 0;  // from 1, in bytes
    std::string message;
};

base::Result<Body, ParseError> parseBody(std::string_view text);

}  // namespace pyjion::cil
