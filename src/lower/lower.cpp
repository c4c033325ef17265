// SPDX-License-Identifier: MIT
#include "lower/lower.h"

#include <algorithm>

#include "hir/generated/opcode.h"
#include "hir/generated/visitor.h"
#include "lower/exits.h"
#include "lower/lowering.h"

namespace pyjion::lower {

Lowering::Lowering(const Input& input)
    : input_(input),
      cil_(result_.body),
      pool_(cil_),
      exitWriter_(std::make_unique<ExitWriter>(*this)),
      exits_(*exitWriter_) {
    result_.body.name = input.function->name;
    bool returnsInt = std::any_of(function().instrs.begin(), function().instrs.end(), [](const hir::Instr& instr) {
        return instr.block.valid() && instr.opcode == hir::Opcode::ReturnInt;
    });
    result_.body.signature = {returnsInt ? cil::Type::Int64 : cil::Type::NativeInt,
                              {cil::Type::NativeInt, cil::Type::NativeInt}};
    if (function().instrs[function().terminator(function().entry)].opcode == hir::Opcode::ResumeSwitch) {
        result_.body.signature.params.push_back(cil::Type::Int32);
    }
    if (input.isFrameless) {
        describeFrameless();
    }
    labels_.resize(function().blocks.size());
    locals_.resize(function().values.size());
}

Lowering::~Lowering() = default;

base::Result<Lowered, std::string> Lowering::run() {
    analyseUses();
    findLastUses();
    startReplay();
    startCountdown();
    std::vector<hir::BlockId> order = function().reversePostorder();
    for (hir::BlockId block : order) {
        enterBlock(block);
        const std::vector<hir::InstrId>& instrs = function().blocks[block].instrs;
        for (place_ = 0; place_ < instrs.size(); ++place_) {
            hir::InstrId id = instrs[place_];
            current_ = id;
            const hir::Instr& instr = function().instrs[id];
            if (instr.opcode != hir::Opcode::Snapshot && instr.bytecode != markedPosition_) {
                markedPosition_ = instr.bytecode;
                const uint32_t own = function().ownUnit(instr.bytecode);
                cil_.mark(own, input_.bounds[own].line);
            }
            replayNames(id, runtime::Helper::ReplayNames);
            hir::dispatch(function(), id, *this);
            replayInstruction(id);
            releaseLocals(id);
        }
    }
    exits_.write();
    result_.pool = pool_.recipes();
    return std::move(result_);
}

base::Result<Lowered, std::string> lower(const Input& input) {
    return Lowering(input).run();
}

}  // namespace pyjion::lower
