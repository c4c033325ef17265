// SPDX-License-Identifier: MIT
// Value-stack depths, by following every way through the code from its entry.
#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include <algorithm>

#include "bytecode/decode.h"
#include "bytecode/flow.h"

namespace pyjion::bytecode {
namespace {

class DepthFinder {
  public:
    explicit DepthFinder(Code& code) : code_(code) {}

    std::optional<std::string> run() {
        reach(0, 0);
        while (!work_.empty() && !problem_) {
            const size_t ordinal = work_.back();
            work_.pop_back();
            follow(code_.instructions[ordinal]);
        }
        return problem_;
    }

  private:
    void reach(int32_t unit, int32_t depth) {
        const auto ordinal = static_cast<size_t>(code_.ordinals[static_cast<size_t>(unit)]);
        Instruction& instruction = code_.instructions[ordinal];
        if (depth < 0) {
            problem_ = fmt::format("the value stack at {} would hold {} values", unit, depth);
            return;
        }
        if (instruction.depth == depth) {
            return;
        }
        if (instruction.depth != kNone) {
            problem_ = fmt::format("the value stack at {} holds {} and also {} values", unit, instruction.depth, depth);
            return;
        }
        instruction.depth = depth;
        code_.maxDepth = std::max(code_.maxDepth, depth);
        work_.push_back(ordinal);
    }

    void follow(const Instruction& instruction) {
        const int32_t depth = instruction.depth;
        if (instruction.target != kNone) {
            reach(instruction.target, depth + stackEffect(instruction.opcode, instruction.argument, true).value_or(0));
        }
        if (!endsFlow(instruction.opcode)) {
            const auto effect = stackEffect(instruction.opcode, instruction.argument, false);
            if (!effect) {
                problem_ = fmt::format("nothing is known about {}", nameOf(instruction.opcode));
                return;
            }
            reach(instruction.next, depth + *effect);
        }
        if (const python::ExceptionEntry* handler = code_.handlerFor(instruction.index)) {
            reach(handler->target, handler->depth + (handler->pushesIndex ? 2 : 1));
        }
    }

    Code& code_;
    std::vector<size_t> work_;
    std::optional<std::string> problem_;
};

}  // namespace

std::optional<int32_t> stackEffect(Opcode base, uint32_t argument, bool jumps) {
    const auto count = static_cast<int32_t>(argument);
    switch (base) {
        case Opcode::PRECALL:
            return 0;
        case Opcode::CALL:
            return -1 - count;
        case Opcode::RETURN_GENERATOR:
            return 1;
        default: {
            const int effect = PyCompile_OpcodeStackEffectWithJump(static_cast<int>(base), count, jumps ? 1 : 0);
            if (effect == PY_INVALID_STACK_EFFECT) {
                return std::nullopt;
            }
            return effect;
        }
    }
}

std::optional<std::string> findDepths(Code& code) {
    return DepthFinder(code).run();
}

}  // namespace pyjion::bytecode
