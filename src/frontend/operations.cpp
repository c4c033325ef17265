// SPDX-License-Identifier: MIT
// The bytecodes that are one operation of hir/operations.def each: how many operands they take, and where their results
// go. How many are in an operation's row, or follow from the argument.
#include <bit>

#include "frontend/translation.h"
#include "hir/operation.h"

namespace pyjion::frontend {

using bytecode::Instruction;
using hir::Operation;

namespace {

/// Operands that an operation with a fixed number of them consumes.
uint32_t consumedBy(Operation operation) {
    uint32_t count = 0;
    for (char parameter : hir::parametersOf(operation)) {
        count += parameter == 'o';
    }
    return count;
}

}  // namespace

std::vector<hir::ValueId> Translation::popOperands(uint32_t count) {
    std::vector<hir::ValueId> operands(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return operands;
}

void Translation::pushOperation(Operation operation, std::vector<hir::ValueId> operands, uint32_t argument) {
    push(build_.operate(std::move(operands), operation, argument, siteOrZero(), snapshotHere()));
}

void Translation::perform(Operation operation, std::vector<hir::ValueId> operands, uint32_t argument) {
    build_.perform(std::move(operands), operation, argument, siteOrZero(), snapshotHere());
}

/// The results lie in the value-stack slots above what is left of the stack.
void Translation::spread(Operation operation, uint32_t argument, std::vector<hir::Type> results) {
    std::vector<hir::ValueId> operands = popOperands(consumedBy(operation));
    build_.spread(std::move(operands), operation, argument, siteOrZero(), static_cast<uint32_t>(results.size()),
                  snapshotHere());
    auto depth = static_cast<uint32_t>(stack_.size());
    for (hir::Type type : results) {
        push(build_.takeStack(depth++, type));
    }
}

template <Operation kOperation>
void Handlers::operate(Translation& t, const Instruction& i) {
    t.pushOperation(kOperation, t.popOperands(consumedBy(kOperation)), i.argument);
}

template <Operation kOperation>
void Handlers::perform(Translation& t, const Instruction& i) {
    t.perform(kOperation, t.popOperands(consumedBy(kOperation)), i.argument);
}

/// The operands stay on the stack, the result goes on top.
template <Operation kOperation>
void Handlers::examine(Translation& t, const Instruction& i) {
    size_t count = hir::borrowedOperands(kOperation);
    std::vector<hir::ValueId> operands(t.stack_.end() - static_cast<ptrdiff_t>(count), t.stack_.end());
    t.pushOperation(kOperation, std::move(operands), i.argument);
}

/// Something is put into a container that lies deeper on the stack and stays there.
template <Operation kOperation>
void Handlers::fill(Translation& t, const Instruction& i) {
    std::vector<hir::ValueId> operands = t.popOperands(consumedBy(kOperation));
    operands.insert(operands.begin(), t.peek(i.argument - 1));
    t.perform(kOperation, std::move(operands), i.argument);
}

/// The argument counts the operands: kTimes to each, and kMore.
template <Operation kOperation, uint32_t kTimes, uint32_t kMore>
void Handlers::buildFrom(Translation& t, const Instruction& i) {
    t.pushOperation(kOperation, t.popOperands(i.argument * kTimes + kMore), i.argument);
}

template <Operation kOperation>
void Handlers::changeLocal(Translation& t, const Instruction& i) {
    t.build_.changeLocal(kOperation, i.argument, t.snapshotHere());
}

/// The callable, which messages name, lies below the null or self and the positional arguments' tuple.
void Handlers::dictMerge(Translation& t, const Instruction& i) {
    hir::ValueId update = t.pop();
    hir::ValueId dict = t.peek(i.argument - 1);
    hir::ValueId callable = t.peek(i.argument + 1);
    t.perform(Operation::DictMerge, {callable, dict, update}, i.argument);
}

void Handlers::buildSlice(Translation& t, const Instruction& i) {
    bool stepped = i.argument == 3;
    t.pushOperation(stepped ? Operation::BuildSteppedSlice : Operation::BuildSlice, t.popOperands(stepped ? 3 : 2), 0);
}

/// Bit 2 of the argument: a format specification lies on the stack.
void Handlers::formatValue(Translation& t, const Instruction& i) {
    bool specified = (i.argument & 4) != 0;
    t.pushOperation(specified ? Operation::FormatBySpec : Operation::FormatValue, t.popOperands(specified ? 2 : 1),
                    i.argument & 3);
}

void Handlers::loadMethod(Translation& t, const Instruction& i) {
    t.spread(Operation::LoadMethod, i.argument, {hir::kObject | hir::kNull, hir::kObject});
}

void Handlers::unpackSequence(Translation& t, const Instruction& i) {
    t.spread(Operation::UnpackSequence, i.argument, std::vector<hir::Type>(i.argument, hir::kObject));
}

/// The low byte counts the items before the starred one, what is above it those behind.
void Handlers::unpackEx(Translation& t, const Instruction& i) {
    t.spread(Operation::UnpackEx, i.argument,
             std::vector<hir::Type>((i.argument & 0xff) + 1 + (i.argument >> 8), hir::kObject));
}

/// Defaults, keyword defaults, annotations and closure are there or not, the code always.
void Handlers::makeFunction(Translation& t, const Instruction& i) {
    t.pushOperation(Operation::MakeFunction, t.popOperands(static_cast<uint32_t>(std::popcount(i.argument & 15)) + 1),
                    i.argument);
}

/// Null, the callable, the positional arguments, and perhaps the keywords.
void Handlers::callFunctionEx(Translation& t, const Instruction& i) {
    t.pushOperation(Operation::CallFunctionEx, t.popOperands(3 + (i.argument & 1)), i.argument);
}

#define INSTANTIATE(handler, operation) \
    template void Handlers::handler<Operation::operation>(Translation&, const Instruction&);
INSTANTIATE(operate, LoadAttr)
INSTANTIATE(operate, BinarySubscript)
INSTANTIATE(operate, ListToTuple)
INSTANTIATE(operate, LoadName)
INSTANTIATE(operate, LoadBuildClass)
INSTANTIATE(operate, LoadDeref)
INSTANTIATE(operate, LoadClassDeref)
INSTANTIATE(operate, ImportName)
INSTANTIATE(operate, MatchClass)
INSTANTIATE(perform, StoreAttr)
INSTANTIATE(perform, DeleteAttr)
INSTANTIATE(perform, StoreSubscript)
INSTANTIATE(perform, DeleteSubscript)
INSTANTIATE(perform, StoreName)
INSTANTIATE(perform, DeleteName)
INSTANTIATE(perform, DeleteGlobal)
INSTANTIATE(perform, SetupAnnotations)
INSTANTIATE(perform, PrintExpr)
INSTANTIATE(perform, CopyFreeVars)
INSTANTIATE(perform, StoreDeref)
INSTANTIATE(perform, DeleteDeref)
INSTANTIATE(perform, ImportStar)
INSTANTIATE(examine, ImportFrom)
INSTANTIATE(examine, GetLength)
INSTANTIATE(examine, MatchMapping)
INSTANTIATE(examine, MatchSequence)
INSTANTIATE(examine, MatchKeys)
INSTANTIATE(fill, ListAppend)
INSTANTIATE(fill, ListExtend)
INSTANTIATE(fill, SetAdd)
INSTANTIATE(fill, SetUpdate)
INSTANTIATE(fill, MapAdd)
INSTANTIATE(fill, DictUpdate)
INSTANTIATE(changeLocal, DeleteFast)
INSTANTIATE(changeLocal, MakeCell)
#undef INSTANTIATE
template void Handlers::buildFrom<Operation::BuildTuple, 1, 0>(Translation&, const Instruction&);
template void Handlers::buildFrom<Operation::BuildList, 1, 0>(Translation&, const Instruction&);
template void Handlers::buildFrom<Operation::BuildSet, 1, 0>(Translation&, const Instruction&);
template void Handlers::buildFrom<Operation::BuildMap, 2, 0>(Translation&, const Instruction&);
template void Handlers::buildFrom<Operation::BuildConstKeyMap, 1, 1>(Translation&, const Instruction&);
template void Handlers::buildFrom<Operation::BuildString, 1, 0>(Translation&, const Instruction&);

}  // namespace pyjion::frontend
