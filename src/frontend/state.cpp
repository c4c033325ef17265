// SPDX-License-Identifier: MIT
// The interpreter's state during translation, and the numbering of sites.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Opcode;

namespace {

bool keepsSite(const bytecode::Instruction& instruction) {
    switch (instruction.opcode) {
        case Opcode::BINARY_OP:
        case Opcode::COMPARE_OP:
        case Opcode::UNARY_NEGATIVE:
        case Opcode::UNARY_POSITIVE:
        case Opcode::UNARY_INVERT:
        case Opcode::UNARY_NOT:
        case Opcode::POP_JUMP_FORWARD_IF_FALSE:
        case Opcode::POP_JUMP_FORWARD_IF_TRUE:
        case Opcode::POP_JUMP_BACKWARD_IF_FALSE:
        case Opcode::POP_JUMP_BACKWARD_IF_TRUE:
        case Opcode::JUMP_IF_FALSE_OR_POP:
        case Opcode::JUMP_IF_TRUE_OR_POP:
        case Opcode::LOAD_GLOBAL:
        case Opcode::STORE_GLOBAL:
        case Opcode::LOAD_NAME:
        case Opcode::STORE_NAME:
        case Opcode::LOAD_ATTR:
        case Opcode::STORE_ATTR:
        case Opcode::LOAD_METHOD:
        case Opcode::BINARY_SUBSCR:
        case Opcode::STORE_SUBSCR:
        case Opcode::UNPACK_SEQUENCE:
        case Opcode::CALL:
        case Opcode::GET_ITER:
        case Opcode::FOR_ITER:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::vector<uint32_t> numberSites(const bytecode::Code& code) {
    std::vector<uint32_t> sites(code.instructions.size(), kNoSite);
    uint32_t next = 0;
    for (size_t ordinal = 0; ordinal < sites.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        if (keepsSite(instruction)) {
            sites[ordinal] = code.blocks[instruction.block].neverRun ? kNoSite : next;
            next++;
        }
    }
    return sites;
}

hir::SnapshotId Translation::snapshotAt(int32_t unit) {
    hir::Snapshot state;
    state.bytecode = static_cast<uint32_t>(unit);
    if (input_.namesLocals) {
        state.locals.resize(function_.localCount);
    }
    state.stack = stack_;
    return build_.snapshot(std::move(state));
}

/// The state before the current instruction, with what has been popped of it so far left out.
hir::SnapshotId Translation::snapshotHere() {
    return snapshotAt(code_.instructions[ordinal_].start);
}

hir::ValueId Translation::pop() {
    hir::ValueId value = stack_.back();
    stack_.pop_back();
    return value;
}

Seen Translation::seen() const {
    return site() < input_.seen.size() ? input_.seen[site()] : Seen{};
}

}  // namespace pyjion::frontend
