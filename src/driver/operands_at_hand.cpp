// SPDX-License-Identifier: MIT
#include "driver/operands_at_hand.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "driver/access_facts.h"
#include "frontend/build.h"
#include "python/elements.h"
#include "runtime/operators.h"
#include "runtime/subscripts.h"

namespace pyjion::driver {
namespace {

using bytecode::Opcode;

/// How many values an instruction takes from the stack, for those that lie between a container and its subscript.
std::optional<size_t> takenBy(Opcode opcode) {
    switch (opcode) {
        case Opcode::NOP:
        case Opcode::LOAD_CONST:
        case Opcode::LOAD_GLOBAL:
        case Opcode::LOAD_NAME:
        case Opcode::LOAD_DEREF:
            return 0;
        case Opcode::LOAD_ATTR:
        case Opcode::POP_TOP:
        case Opcode::STORE_FAST:
        case Opcode::UNARY_NEGATIVE:
        case Opcode::UNARY_INVERT:
            return 1;
        case Opcode::BINARY_OP:
        case Opcode::BINARY_SUBSCR:
        case Opcode::COMPARE_OP:
            return 2;
        case Opcode::STORE_SUBSCR:
            return 3;
        default:
            return std::nullopt;
    }
}

/// The value stack in one basic block: for each value the local that it was loaded from.
class Stack {
  public:
    explicit Stack(const bytecode::Instruction& first) { resize(first.depth); }

    std::optional<uint32_t> local(size_t below) const {
        return below < values_.size() ? values_[values_.size() - 1 - below] : std::nullopt;
    }

    void step(const bytecode::Instruction& instruction, int32_t depthBehind) {
        const size_t argument = instruction.argument;
        switch (instruction.opcode) {
            case Opcode::LOAD_FAST:
                values_.emplace_back(instruction.argument);
                break;
            case Opcode::COPY:
                values_.push_back(local(argument - 1));
                break;
            case Opcode::SWAP:
                if (argument <= values_.size()) {
                    std::swap(values_.back(), values_[values_.size() - argument]);
                }
                break;
            default:
                values_.resize(values_.size() -
                               std::min(takenBy(instruction.opcode).value_or(values_.size()), values_.size()));
        }
        resize(depthBehind);
    }

  private:
    void resize(int32_t depth) { values_.resize(static_cast<size_t>(std::max(depth, 0))); }

    std::vector<std::optional<uint32_t>> values_;
};

/// The second of an instruction's operands.
void note(runtime::Site& site, const bytecode::Instruction& instruction, PyObject* object) {
    if (site.seenLeft != 0) {
        return;
    }
    if (instruction.opcode != Opcode::BINARY_OP && python::elementsOf(object)) {
        runtime::noteContainer(&site, object);
    } else if (const auto op = operatorOf(instruction)) {
        runtime::noteOperand(&site, object, *op);
    }
}

}  // namespace

void noteOperands(CodeRecord& record, const bytecode::Code& code, python::Frame* frame) {
    const std::vector<uint32_t> sites = frontend::numberSites(code);
    for (const bytecode::Block& block : code.blocks) {
        Stack stack(code.instructions[block.first]);
        for (uint32_t ordinal = block.first; ordinal <= block.last && block.reachable; ++ordinal) {
            const bytecode::Instruction& instruction = code.instructions[ordinal];
            const auto op = operatorOf(instruction);
            const bool looksAtSecond = op || instruction.opcode == Opcode::STORE_SUBSCR;
            const std::optional<uint32_t> local = looksAtSecond ? stack.local(1) : std::nullopt;
            PyObject* object = local ? python::local(frame, *local) : nullptr;
            if (object != nullptr && sites[ordinal] != frontend::kNoSite) {
                note(record.sites[sites[ordinal]], instruction, object);
            }
            if (ordinal < block.last) {
                stack.step(instruction, code.instructions[ordinal + 1].depth);
            }
        }
    }
}

}  // namespace pyjion::driver
