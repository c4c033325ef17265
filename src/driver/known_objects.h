// SPDX-License-Identifier: MIT
// Objects that code names besides its constants, and their names for who reads it.
#pragma once

#include <Python.h>

#include <cstdint>
#include <string>
#include <utility>

#include "driver/code_record.h"
#include "passes/pass.h"

namespace pyjion::driver {

/// The number of an object, as in LoadFound, GuardFound and others. It is borrowed: what guards its use sees to it that
/// it lives, or CompiledCode::keptAlive does.
inline uint32_t nameObject(PyObject* object, std::string name, CompiledCode& made, passes::CodeFacts& facts) {
    made.knownObjects.push_back(object);
    facts.objects.push_back(std::move(name));
    return static_cast<uint32_t>(made.knownObjects.size() - 1);
}

}  // namespace pyjion::driver
