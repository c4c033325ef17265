// SPDX-License-Identifier: MIT
// What orders about functions say too.
#pragma once

#include <Python.h>

#include <string>

#include "driver/code_record.h"
#include "module/objects.h"

namespace pyjion::module {

/// Why calls of a function are not compiled, a sentence; empty where they are. The record may be null: never seen.
std::string reasonFor(const driver::CodeRecord* record, PyCodeObject* code);

/// What every description of a piece of code begins with: tier and place, and whether calls of the interpreter pass it
/// by.
void describePiece(DictBuilder& builder, const driver::CodeRecord& record, const driver::CompiledCode& code);

}  // namespace pyjion::module
