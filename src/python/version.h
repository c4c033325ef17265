// SPDX-License-Identifier: MIT
// Whether the running interpreter is the one that pyjion was built for. The version number alone does not say that:
// distributors patch CPython, and debug builds lay objects out differently.
#pragma once

#include <optional>
#include <string>

namespace pyjion::python {

/// Nothing when every layout that pyjion relies on was found in live objects; else a sentence for the user that says
/// what is different. Called once, when the module is imported; the GIL is held. Runs a few lines of Python.
std::optional<std::string> unsupportedReason();

}  // namespace pyjion::python
