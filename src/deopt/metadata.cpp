// SPDX-License-Identifier: MIT
#include "deopt/metadata.h"

#define FMT_HEADER_ONLY
#include <fmt/format.h>

namespace pyjion::deopt {
namespace {

constexpr std::array kReasons = {
#define REASON(name, text, effect) ReasonInfo{#name, text, Effect::effect},
#include "deopt/reasons.def"
#undef REASON
};

std::string printValue(const SlotRecipe& recipe) {
    const auto& words = recipe.words;
    switch (recipe.kind) {
        case SlotKind::InFrame:
            return "in-frame";
        case SlotKind::Null:
            return "null";
        case SlotKind::Owned:
            return fmt::format("owned[{}]", words[0]);
        case SlotKind::Borrowed:
            return fmt::format("borrowed[{}]", words[0]);
        case SlotKind::InSlot:
            return fmt::format("slot {}", recipe.local);
        case SlotKind::Int:
            return fmt::format("int[{}]", words[0]);
        case SlotKind::Double:
            return fmt::format("double[{}]", words[0]);
        case SlotKind::Bool:
            return fmt::format("bool[{}]", words[0]);
        case SlotKind::Number:
            return fmt::format("number[{}, int if {}]", words[0], words[1]);
        case SlotKind::RangeIter:
            return fmt::format("range-iter[{}, {}, {}]", words[0], words[1], words[2]);
    }
    return "?";
}

std::string print(const SlotRecipe& recipe) {
    std::string text = printValue(recipe);
    if (recipe.same != SlotRecipe::kNone) {
        text += fmt::format(" or that of [{}] if [{}]", recipe.words[1], recipe.same);
    }
    if (recipe.condition != SlotRecipe::kNone) {
        text += fmt::format(" if [{}] else slot {}", recipe.condition, recipe.local);
    }
    return text;
}

std::string print(const Exit& exit) {
    std::string text(info(exit.reason).name);
    if (exit.mode == ResumeMode::Before) {
        text += fmt::format(" before {}", exit.resumeIndex);
    } else if (exit.mode == ResumeMode::Reraised) {
        text += fmt::format(" raised again at {}", exit.runningIndex);
    } else {
        text += exit.jump ? fmt::format(" raised at {}, else on at {} or {}", exit.runningIndex, exit.jump->whenTrue,
                                        exit.jump->whenFalse)
                          : fmt::format(" raised at {}, else on at {}{}", exit.runningIndex, exit.nextIndex,
                                        exit.pushesResult ? " with the result" : "");
        if (exit.spreadResults != 0) {
            text += fmt::format(" with {} results in the frame", exit.spreadResults);
        }
    }
    for (const InlinedFrame& frame : exit.inlined) {
        text +=
            fmt::format(", inlined frame of {} locals above {} at {}", frame.localCount, frame.depth, frame.nextIndex);
    }
    text += ", locals";
    for (const LocalRecipe& local : exit.locals) {
        text += fmt::format(" {}={}", local.local, print(local.recipe));
    }
    text += ", stack";
    for (const SlotRecipe& slot : exit.stack) {
        text += " " + print(slot);
    }
    return text;
}

}  // namespace

const ReasonInfo& info(Reason reason) {
    return kReasons[static_cast<size_t>(reason)];
}

size_t reasonCount() {
    return kReasons.size();
}

std::string print(const ExitTable& table) {
    std::string text = fmt::format("{} exits, {} words\n", table.exits.size(), table.bufferWords);
    for (size_t number = 0; number < table.exits.size(); number++) {
        text += fmt::format("exit {}: {}\n", number, print(table.exits[number]));
    }
    return text;
}

}  // namespace pyjion::deopt
