// SPDX-License-Identifier: MIT
// Rule 15: what the row of an operation says (operations.def), and what instructions leave in the frame's value-stack
// slots.
#include <algorithm>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/generated/views.h"
#include "hir/instruction.h"
#include "hir/operation.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

namespace {

/// Slots that hold results which nothing has taken yet.
struct LeftSlots {
    size_t first = 0;
    size_t count = 0;
};

class OperationVerifier {
  public:
    explicit OperationVerifier(VerifyContext& context) : context_(context) {}

    void run() {
        const std::vector<std::vector<BlockId>> predecessors = context_.function.predecessors();
        std::vector<LeftSlots> atEnd(context_.function.blocks.size());
        for (BlockId block : context_.order) {
            const std::vector<BlockId>& before = predecessors[block.index()];
            LeftSlots& left = atEnd[block.index()];
            left = before.size() == 1 ? atEnd[before[0].index()] : LeftSlots{};
            for (InstrId id : context_.function.blocks[block].instrs) {
                checkOperation(id);
                follow(id, left);
            }
        }
    }

  private:
    void checkOperation(InstrId id) {
        const Instr& instr = context_.function.instrs[id];
        const OpInfo& row = info(instr.opcode);
        if (row.immediates.empty() || row.immediates[0].kind != ImmediateKind::Operation) {
            return;
        }
        const auto operation = static_cast<Operation>(instr.immediates[0].integer);
        if (row.hasResult() == resultOf(operation).isBottom()) {
            context_.error(15, id,
                           fmt::format("{} has {}", toString(operation), row.hasResult() ? "no result" : "a result"));
        }
        const std::string_view parameters = parametersOf(operation);
        const auto fixed = static_cast<size_t>(
            std::count_if(parameters.begin(), parameters.end(), [](char c) { return c == 'b' || c == 'o'; }));
        const bool takesMore = parameters.find('*') != std::string_view::npos;
        if (takesMore ? instr.operands.size() < fixed : instr.operands.size() != fixed) {
            context_.error(15, id, fmt::format("{} takes {} operands", toString(operation), fixed));
        }
    }

    void follow(InstrId id, LeftSlots& left) {
        const Instr& instr = context_.function.instrs[id];
        if (instr.opcode == Opcode::TakeStack) {
            const size_t depth = TakeStack(context_.function, id).depth();
            if (depth < left.first || depth - left.first >= left.count) {
                context_.error(15, id, "nothing is left in this slot");
            }
        } else if (const uint32_t count = resultsInSlots(instr); count != 0) {
            left = {context_.function.snapshots[instr.snapshot].stack.size(), count};
        } else if (effectsOf(context_.function, id).writes.overlaps(kWorldHeap)) {
            left = {};
        }
    }

    VerifyContext& context_;
};

}  // namespace

void verifyOperations(VerifyContext& context) {
    OperationVerifier(context).run();
}

}  // namespace pyjion::hir
