// SPDX-License-Identifier: MIT
#include "hir/looks.h"

#include <optional>

#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"

namespace pyjion::hir {

namespace {

/// The index of the values that a look or an exchange is about.
std::optional<uint32_t> fieldOf(const Function& function, InstrId id) {
    switch (function.instrs[id].opcode) {
        case Opcode::PeekField:
            return PeekField(function, id).index();
        case Opcode::PeekOwn:
            return PeekOwn(function, id).index();
        case Opcode::ExchangeField:
            return ExchangeField(function, id).index();
        case Opcode::ExchangeFieldDouble:
            return ExchangeFieldDouble(function, id).index();
        case Opcode::ExchangeOwn:
            return ExchangeOwn(function, id).index();
        case Opcode::InitialiseField:
            return InitialiseField(function, id).index();
        default:
            return std::nullopt;
    }
}

}  // namespace

bool looksIntoObject(const Function& function, InstrId id) {
    const Opcode opcode = function.instrs[id].opcode;
    return opcode == Opcode::PeekField || opcode == Opcode::PeekMember || opcode == Opcode::PeekItem ||
           opcode == Opcode::PeekOwn;
}

bool endsLook(const Function& function, InstrId id, InstrId look) {
    const Instr& found = function.instrs[look];
    switch (function.instrs[id].opcode) {
        case Opcode::ExchangeField:
        case Opcode::ExchangeFieldDouble:
        case Opcode::InitialiseField:
            return fieldOf(function, id) == fieldOf(function, look);
        case Opcode::ExchangeOwn:  // (one name may have several indices, in different classes)
            return found.opcode == Opcode::PeekOwn || fieldOf(function, id) == fieldOf(function, look);
        case Opcode::ExchangeMember:
            return found.opcode == Opcode::PeekMember &&
                   ExchangeMember(function, id).offset() == PeekMember(function, look).offset();
        case Opcode::ExchangeItem:
        case Opcode::ExchangeItemDouble:
            return found.opcode == Opcode::PeekItem;
        case Opcode::AdvanceRange:
        case Opcode::AdvanceIterator:
        case Opcode::StoreElementInt:
        case Opcode::StoreElementDouble:
            return false;  // numbers alone
        default:
            return effectsOf(function, id).writes.overlaps(kWorldHeap | kObjectHeap);
    }
}

}  // namespace pyjion::hir
