// SPDX-License-Identifier: MIT
// The supported opcodes and operators: one table each.
#include <array>

#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Opcode;
using hir::UnaryOperator;

namespace {

struct Row {
    Opcode opcode;
    Handler handler;
};

constexpr auto kRows = std::to_array<Row>({
    {Opcode::NOP, Handlers::nothing},
    {Opcode::CACHE, Handlers::nothing},
    {Opcode::PRECALL, Handlers::nothing},
    {Opcode::RESUME, Handlers::resume},
    {Opcode::POP_TOP, Handlers::popTop},
    {Opcode::COPY, Handlers::copy},
    {Opcode::SWAP, Handlers::swap},
    {Opcode::PUSH_NULL, Handlers::pushNull},
    {Opcode::LOAD_CONST, Handlers::loadConst},
    {Opcode::LOAD_FAST, Handlers::loadFast},
    {Opcode::STORE_FAST, Handlers::storeFast},
    {Opcode::LOAD_GLOBAL, Handlers::loadGlobal},
    {Opcode::STORE_GLOBAL, Handlers::storeGlobal},
    {Opcode::BINARY_OP, Handlers::binaryOp},
    {Opcode::COMPARE_OP, Handlers::compareOp},
    {Opcode::IS_OP, Handlers::isOp},
    {Opcode::CONTAINS_OP, Handlers::containsOp},
    {Opcode::UNARY_NEGATIVE, Handlers::unaryOp<UnaryOperator::Negative>},
    {Opcode::UNARY_POSITIVE, Handlers::unaryOp<UnaryOperator::Positive>},
    {Opcode::UNARY_INVERT, Handlers::unaryOp<UnaryOperator::Invert>},
    {Opcode::UNARY_NOT, Handlers::unaryOp<UnaryOperator::Not>},
    {Opcode::JUMP_FORWARD, Handlers::jump},
    {Opcode::JUMP_BACKWARD, Handlers::jump},
    {Opcode::POP_JUMP_FORWARD_IF_TRUE, Handlers::popJumpIf<true>},
    {Opcode::POP_JUMP_FORWARD_IF_FALSE, Handlers::popJumpIf<false>},
    {Opcode::POP_JUMP_BACKWARD_IF_TRUE, Handlers::popJumpIf<true>},
    {Opcode::POP_JUMP_BACKWARD_IF_FALSE, Handlers::popJumpIf<false>},
    {Opcode::POP_JUMP_FORWARD_IF_NONE, Handlers::popJumpIfNone<true>},
    {Opcode::POP_JUMP_FORWARD_IF_NOT_NONE, Handlers::popJumpIfNone<false>},
    {Opcode::POP_JUMP_BACKWARD_IF_NONE, Handlers::popJumpIfNone<true>},
    {Opcode::POP_JUMP_BACKWARD_IF_NOT_NONE, Handlers::popJumpIfNone<false>},
    {Opcode::JUMP_IF_TRUE_OR_POP, Handlers::jumpIfOrPop<true>},
    {Opcode::JUMP_IF_FALSE_OR_POP, Handlers::jumpIfOrPop<false>},
    {Opcode::RETURN_VALUE, Handlers::returnValue},
    {Opcode::CALL, Handlers::call},
    {Opcode::GET_ITER, Handlers::getIter},
    {Opcode::FOR_ITER, Handlers::forIter},
    {Opcode::PUSH_EXC_INFO, Handlers::pushExcInfo},
    {Opcode::POP_EXCEPT, Handlers::popExcept},
    {Opcode::CHECK_EXC_MATCH, Handlers::checkExcMatch},
    {Opcode::CHECK_EG_MATCH, Handlers::checkGroupMatch},
    {Opcode::PREP_RERAISE_STAR, Handlers::prepareReraise},
    {Opcode::RAISE_VARARGS, Handlers::raise},
    {Opcode::RERAISE, Handlers::reraise},
    {Opcode::LOAD_ASSERTION_ERROR, Handlers::loadAssertionError},
    {Opcode::BEFORE_WITH, Handlers::beforeWith<false>},
    {Opcode::BEFORE_ASYNC_WITH, Handlers::beforeWith<true>},
    {Opcode::WITH_EXCEPT_START, Handlers::withExceptStart},
    {Opcode::RETURN_GENERATOR, Handlers::returnGenerator},
    {Opcode::YIELD_VALUE, Handlers::yieldValue},
    {Opcode::SEND, Handlers::send},
    {Opcode::JUMP_BACKWARD_NO_INTERRUPT, Handlers::jumpBackNoCheck},
    {Opcode::GET_YIELD_FROM_ITER, Handlers::getYieldFromIter},
    {Opcode::GET_AWAITABLE, Handlers::getAwaitable},
    {Opcode::GET_AITER, Handlers::getAsyncIter},
    {Opcode::GET_ANEXT, Handlers::getAsyncNext},
    {Opcode::END_ASYNC_FOR, Handlers::endAsyncFor},
    {Opcode::ASYNC_GEN_WRAP, Handlers::wrapAsyncValue},
});

constexpr std::array<Handler, 256> kHandlers = [] {
    std::array<Handler, 256> handlers{};
    for (const Row& row : kRows) {
        handlers[static_cast<uint8_t>(row.opcode)] = row.handler;
    }
    return handlers;
}();

struct OperatorRow {
    bytecode::BinaryOperator argument;
    hir::BinaryOperator op;
};

constexpr auto kOperators = std::to_array<OperatorRow>({
    {bytecode::BinaryOperator::NB_ADD, hir::BinaryOperator::Add},
    {bytecode::BinaryOperator::NB_SUBTRACT, hir::BinaryOperator::Subtract},
    {bytecode::BinaryOperator::NB_MULTIPLY, hir::BinaryOperator::Multiply},
    {bytecode::BinaryOperator::NB_TRUE_DIVIDE, hir::BinaryOperator::TrueDivide},
    {bytecode::BinaryOperator::NB_FLOOR_DIVIDE, hir::BinaryOperator::FloorDivide},
    {bytecode::BinaryOperator::NB_REMAINDER, hir::BinaryOperator::Modulo},
    {bytecode::BinaryOperator::NB_INPLACE_ADD, hir::BinaryOperator::InplaceAdd},
    {bytecode::BinaryOperator::NB_INPLACE_SUBTRACT, hir::BinaryOperator::InplaceSubtract},
    {bytecode::BinaryOperator::NB_INPLACE_MULTIPLY, hir::BinaryOperator::InplaceMultiply},
    {bytecode::BinaryOperator::NB_INPLACE_TRUE_DIVIDE, hir::BinaryOperator::InplaceTrueDivide},
    {bytecode::BinaryOperator::NB_INPLACE_FLOOR_DIVIDE, hir::BinaryOperator::InplaceFloorDivide},
    {bytecode::BinaryOperator::NB_INPLACE_REMAINDER, hir::BinaryOperator::InplaceModulo},
});

}  // namespace

Handler handlerFor(bytecode::Opcode opcode) {
    return kHandlers[static_cast<uint8_t>(opcode)];
}

std::optional<hir::BinaryOperator> binaryOperatorFor(uint32_t argument) {
    for (const OperatorRow& row : kOperators) {
        if (static_cast<uint32_t>(row.argument) == argument) {
            return row.op;
        }
    }
    return std::nullopt;
}

}  // namespace pyjion::frontend
