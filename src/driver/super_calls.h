// SPDX-License-Identifier: MIT
// Which instructions look for a method behind super().
#pragma once

#include <cstdint>
#include <optional>

#include "bytecode/decode.h"

namespace pyjion::driver {

/// The LOAD_METHOD of `super().name` or `super(type, local).name`.
struct SuperCall {
    uint32_t object = 0;  // the local that is the object
    size_t load = 0;      // the LOAD_GLOBAL of super, by ordinal
    size_t call = 0;      // the CALL, likewise
};

/// Nothing when the instruction, by its ordinal, is anything else. (`super` may mean something else.)
std::optional<SuperCall> superCallAt(const bytecode::Code& code, size_t ordinal);

}  // namespace pyjion::driver
