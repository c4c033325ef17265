// SPDX-License-Identifier: MIT
// Returns ints without a box, to callers that unbox them. Input: a function in which the int of every returned object
// is known. Output: ReturnInt in place of Return; exits there make the object. A function that returns anything else
// on some path stays as it is: its callers could not tell from the code what they get.
#include <vector>

#include "hir/generated/builder.h"
#include "hir/generated/views.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

using hir::BlockId;
using hir::Function;
using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

struct ReturnedInt {
    InstrId instr;
    NumberSource source;
};

/// Every return with its number; empty when there is one without.
std::vector<ReturnedInt> returnedInts(const Function& function, const CodeFacts& facts) {
    std::vector<ReturnedInt> returns;
    for (const hir::Block& block : function.blocks) {
        if (block.instrs.empty() || function.instrs[block.instrs.back()].opcode != Opcode::Return) {
            continue;
        }
        InstrId id = block.instrs.back();
        NumberSource source = numberSource(function, facts, hir::Return(function, id).value());
        bool isInt = source.constant != nullptr
                         ? source.constant->kind == ConstantFact::Kind::Int
                         : source.unboxed.valid() && function.values[source.unboxed].type == hir::kInt64;
        if (!isInt) {
            return {};
        }
        returns.push_back({id, source});
    }
    return returns;
}

/// Turn this: s1 = Snapshot stack(v1)
///            Return v1, exit s1                (v1 is the box of v0)
/// Into this: s2 = Snapshot stack(v0)
///            DecRef v1
///            ReturnInt v0, exit s2
void returnUnboxed(Function& function, const ReturnedInt& returned) {
    hir::Instr instr = function.instrs[returned.instr];
    BlockId block = instr.block;
    function.blocks[block].instrs.pop_back();
    function.instrs[returned.instr].block = {};
    hir::Builder builder(function);
    builder.setBlock(block);
    builder.setBytecode(instr.bytecode);
    ValueId number = returned.source.constant != nullptr ? builder.constInt(returned.source.constant->integer)
                                                         : returned.source.unboxed;
    hir::Snapshot state = function.snapshots[instr.snapshot];
    state.stack.back() = number;
    ValueId object = instr.operands[0];
    bool known = function.values[object].type.isSubtypeOf(hir::kPlainData);
    builder.decRef(known ? object : builder.assumeType(object, hir::kLongExact));
    builder.returnInt(number, builder.snapshot(std::move(state)));
}

}  // namespace

Changed unbox_results(Function& function, PassContext& context) {
    std::vector<ReturnedInt> returns = returnedInts(function, context.facts);
    if (returns.empty() || !context.fuel.take()) {
        return Changed::kNo;
    }
    for (const ReturnedInt& returned : returns) {
        returnUnboxed(function, returned);
    }
    return Changed::kYes;
}

}  // namespace pyjion::passes
