// SPDX-License-Identifier: MIT
// HIR -> CIL. One input form, one output form: a function in HIR becomes a CIL method
//
//     native int body(native int threadState, native int frame[, int32 resumePoint])
//
// (or, when the function returns with ReturnInt, with an int64 result)
// with the recipes of its constant pool and the metadata of its exits. The method obeys runtime::CompiledBody: the
// frame is linked and its recursion unit taken when it is entered; both are given back when it returns.
#pragma once

#include <string>

#include "base/result.h"
#include "lower/input.h"

namespace pyjion::lower {

/// The error names what exceeds a limit of the back end.
base::Result<Lowered, std::string> lower(const Input& input);

}  // namespace pyjion::lower
