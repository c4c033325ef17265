// SPDX-License-Identifier: MIT
// Binds the recipes of a constant pool to this process: the one place where compiled code meets addresses.
#pragma once

#include <cstdint>
#include <vector>

#include "driver/code_record.h"
#include "hir/type.h"
#include "lower/pool.h"

namespace pyjion::driver {

/// Words that exits store at most, in the one buffer of the process: between storing and reading them no Python code
/// runs and the GIL is held.
inline constexpr uint32_t kExitBufferWords = 16384;

/// The type object of a leaf of hir::Type.
const void* builtinType(hir::Type leaf);

/// `exits`: of the code itself, or of its body without a frame.
std::vector<uint64_t> bindPool(const std::vector<lower::PoolRecipe>& recipes, CodeRecord& record, CompiledCode& code,
                               const deopt::ExitTable& exits);

}  // namespace pyjion::driver
