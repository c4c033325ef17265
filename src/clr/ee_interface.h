// SPDX-License-Identifier: MIT
// ICorJitInfo: the object through which the JIT asks about the method that it compiles.
#pragma once

#include "clr/compilation.h"

namespace pyjion::clr {

using EeSlot = void (*)();
constexpr int kEeSlotCount = 176;

/// The JIT takes the address of this; its first word is the function table.
struct EeObject {
    explicit EeObject(Compilation& compilation);

    const EeSlot* table;
    Compilation* compilation;
};

const char* eeSlotName(int slot);

}  // namespace pyjion::clr
