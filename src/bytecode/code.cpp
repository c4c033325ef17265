// SPDX-License-Identifier: MIT
#include "bytecode/code.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace pyjion::bytecode {

const Instruction* Code::at(int32_t unit) const {
    if (unit < 0 || static_cast<size_t>(unit) >= ordinals.size()) {
        return nullptr;
    }
    const int32_t ordinal = ordinals[static_cast<size_t>(unit)];
    return ordinal == kNone ? nullptr : &instructions[static_cast<size_t>(ordinal)];
}

bool Code::isResumePoint(int32_t unit) const {
    const Instruction* instruction = at(unit);
    return instruction != nullptr && instruction->start == unit && instruction->isResumePoint;
}

const python::ExceptionEntry* Code::handlerFor(int32_t index) const {
    auto behind =
        std::upper_bound(handlers.begin(), handlers.end(), index,
                         [](int32_t unit, const python::ExceptionEntry& entry) { return unit < entry.start; });
    if (behind == handlers.begin() || std::prev(behind)->end <= index) {
        return nullptr;
    }
    return &*std::prev(behind);
}

}  // namespace pyjion::bytecode
