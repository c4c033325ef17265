// SPDX-License-Identifier: MIT
#include "passes/sink_local_stores_showing.h"

#include <optional>

#include "hir/instruction.h"

namespace pyjion::passes {

using hir::Function;
using hir::InstrId;
using hir::Opcode;

namespace {

/// The place behind `position` of what shows something, if nothing lies between that the slots matter to.
template <typename Shows>
std::optional<size_t> showingBehind(const Function& function, const LocalSlots& slots,
                                    const std::vector<InstrId>& instrs, size_t position, Shows shows) {
    for (size_t i = position + 1; i < instrs.size(); ++i) {
        InstrId id = instrs[i];
        if (shows(id)) {
            return i;
        }
        if (function.instrs[id].opcode == Opcode::StoreLocal || slots.slotReadBy(id) || slots.showsSlots(id)) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace

bool isForShowing(const Function& function, const LocalSlots& slots, const std::vector<InstrId>& instrs,
                  size_t position) {
    const auto place =
        showingBehind(function, slots, instrs, position, [&](InstrId id) { return slots.showsSlots(id); });
    return place && function.instrs[instrs[*place]].snapshot == function.instrs[instrs[position]].snapshot;
}

bool isForShowingNames(const Function& function, const LocalSlots& slots, const std::vector<InstrId>& instrs,
                       size_t position) {
    const auto place =
        showingBehind(function, slots, instrs, position, [&](InstrId id) { return slots.showsNames(id); });
    if (!place) {
        return false;
    }
    const bool takesVersion = function.instrs[instrs[*place]].opcode == Opcode::NamesVersion;
    const InstrId exit = instrs[takesVersion ? *place + 1 : *place];
    return function.instrs[exit].snapshot == function.instrs[instrs[position]].snapshot;
}

}  // namespace pyjion::passes
