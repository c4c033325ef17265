// SPDX-License-Identifier: MIT
// Optimised code of generators and coroutines: found by the time that the interpreter spends in them, compiled for each
// place at which they go on, tried there, and entered by runtime/generator_slots.h.
#pragma once

#include <Python.h>

#include "driver/code_record.h"

namespace pyjion::driver {

/// The interpreter has spent time in this code. If generators run it and that has earned it, their next runs are
/// watched.
void considerGenerator(CodeRecord& record);

/// Generators are watched, or not: the JIT was switched on or off.
void updateGenerators(bool enabled);

/// goesOnInterpreted() (verdicts.h) of code in which generators go on; whether it is such code.
bool resumptionGoesOnInterpreted(CodeRecord& record, CompiledCode& code);

}  // namespace pyjion::driver
