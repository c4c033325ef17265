// SPDX-License-Identifier: MIT
// What compiled code leaves to helpers, as it is in its CIL: the operations that stayed as general as the
// interpreter's.
#pragma once

#include <cstdint>
#include <vector>

#include "driver/code_record.h"
#include "runtime/helper_table.h"

namespace pyjion::driver {

struct HelperCall {
    runtime::Helper helper{};
    cil::SourcePosition position;
    const runtime::Site* site = nullptr;  // of the instruction, with the types that it has seen; may be null
};

/// In the order of the code. Helpers that serve the compiled code itself (counting, references, boxes, frames) are left
/// out.
std::vector<HelperCall> helperCalls(const CompiledCode& code);

}  // namespace pyjion::driver
