// SPDX-License-Identifier: MIT
// The supported opcodes and operators: one table each.
#include <array>

#include "base/check.h"
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Opcode;
using hir::Operation;
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
    {Opcode::JUMP_BACKWARD_NO_INTERRUPT, Handlers::jumpWithoutCheck},
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
    {Opcode::KW_NAMES, Handlers::keywordNames},
    {Opcode::LOAD_ATTR, Handlers::operate<Operation::LoadAttr>},
    {Opcode::LOAD_METHOD, Handlers::loadMethod},
    {Opcode::STORE_ATTR, Handlers::perform<Operation::StoreAttr>},
    {Opcode::DELETE_ATTR, Handlers::perform<Operation::DeleteAttr>},
    {Opcode::BINARY_SUBSCR, Handlers::operate<Operation::BinarySubscript>},
    {Opcode::STORE_SUBSCR, Handlers::perform<Operation::StoreSubscript>},
    {Opcode::DELETE_SUBSCR, Handlers::perform<Operation::DeleteSubscript>},
    {Opcode::BUILD_SLICE, Handlers::buildSlice},
    {Opcode::BUILD_TUPLE, Handlers::buildFrom<Operation::BuildTuple, 1, 0>},
    {Opcode::BUILD_LIST, Handlers::buildFrom<Operation::BuildList, 1, 0>},
    {Opcode::BUILD_SET, Handlers::buildFrom<Operation::BuildSet, 1, 0>},
    {Opcode::BUILD_MAP, Handlers::buildFrom<Operation::BuildMap, 2, 0>},
    {Opcode::BUILD_CONST_KEY_MAP, Handlers::buildFrom<Operation::BuildConstKeyMap, 1, 1>},
    {Opcode::BUILD_STRING, Handlers::buildFrom<Operation::BuildString, 1, 0>},
    {Opcode::FORMAT_VALUE, Handlers::formatValue},
    {Opcode::LIST_TO_TUPLE, Handlers::operate<Operation::ListToTuple>},
    {Opcode::LIST_APPEND, Handlers::fill<Operation::ListAppend>},
    {Opcode::LIST_EXTEND, Handlers::fill<Operation::ListExtend>},
    {Opcode::SET_ADD, Handlers::fill<Operation::SetAdd>},
    {Opcode::SET_UPDATE, Handlers::fill<Operation::SetUpdate>},
    {Opcode::MAP_ADD, Handlers::fill<Operation::MapAdd>},
    {Opcode::DICT_UPDATE, Handlers::fill<Operation::DictUpdate>},
    {Opcode::DICT_MERGE, Handlers::dictMerge},
    {Opcode::UNPACK_SEQUENCE, Handlers::unpackSequence},
    {Opcode::UNPACK_EX, Handlers::unpackEx},
    {Opcode::LOAD_NAME, Handlers::loadName},
    {Opcode::STORE_NAME, Handlers::storeName},
    {Opcode::DELETE_NAME, Handlers::perform<Operation::DeleteName>},
    {Opcode::DELETE_GLOBAL, Handlers::perform<Operation::DeleteGlobal>},
    {Opcode::LOAD_BUILD_CLASS, Handlers::operate<Operation::LoadBuildClass>},
    {Opcode::SETUP_ANNOTATIONS, Handlers::perform<Operation::SetupAnnotations>},
    {Opcode::PRINT_EXPR, Handlers::perform<Operation::PrintExpr>},
    {Opcode::DELETE_FAST, Handlers::changeLocal<Operation::DeleteFast>},
    {Opcode::MAKE_CELL, Handlers::changeLocal<Operation::MakeCell>},
    {Opcode::COPY_FREE_VARS, Handlers::perform<Operation::CopyFreeVars>},
    {Opcode::LOAD_CLOSURE, Handlers::loadFast},
    {Opcode::LOAD_DEREF, Handlers::operate<Operation::LoadDeref>},
    {Opcode::LOAD_CLASSDEREF, Handlers::operate<Operation::LoadClassDeref>},
    {Opcode::STORE_DEREF, Handlers::perform<Operation::StoreDeref>},
    {Opcode::DELETE_DEREF, Handlers::perform<Operation::DeleteDeref>},
    {Opcode::IMPORT_NAME, Handlers::operate<Operation::ImportName>},
    {Opcode::IMPORT_FROM, Handlers::examine<Operation::ImportFrom>},
    {Opcode::IMPORT_STAR, Handlers::perform<Operation::ImportStar>},
    {Opcode::MAKE_FUNCTION, Handlers::makeFunction},
    {Opcode::CALL_FUNCTION_EX, Handlers::callFunctionEx},
    {Opcode::GET_LEN, Handlers::examine<Operation::GetLength>},
    {Opcode::MATCH_MAPPING, Handlers::examine<Operation::MatchMapping>},
    {Opcode::MATCH_SEQUENCE, Handlers::examine<Operation::MatchSequence>},
    {Opcode::MATCH_KEYS, Handlers::examine<Operation::MatchKeys>},
    {Opcode::MATCH_CLASS, Handlers::operate<Operation::MatchClass>},
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
    {bytecode::BinaryOperator::NB_AND, hir::BinaryOperator::And},
    {bytecode::BinaryOperator::NB_OR, hir::BinaryOperator::Or},
    {bytecode::BinaryOperator::NB_XOR, hir::BinaryOperator::Xor},
    {bytecode::BinaryOperator::NB_LSHIFT, hir::BinaryOperator::LeftShift},
    {bytecode::BinaryOperator::NB_RSHIFT, hir::BinaryOperator::RightShift},
    {bytecode::BinaryOperator::NB_POWER, hir::BinaryOperator::Power},
    {bytecode::BinaryOperator::NB_MATRIX_MULTIPLY, hir::BinaryOperator::MatrixMultiply},
    {bytecode::BinaryOperator::NB_INPLACE_AND, hir::BinaryOperator::InplaceAnd},
    {bytecode::BinaryOperator::NB_INPLACE_OR, hir::BinaryOperator::InplaceOr},
    {bytecode::BinaryOperator::NB_INPLACE_XOR, hir::BinaryOperator::InplaceXor},
    {bytecode::BinaryOperator::NB_INPLACE_LSHIFT, hir::BinaryOperator::InplaceLeftShift},
    {bytecode::BinaryOperator::NB_INPLACE_RSHIFT, hir::BinaryOperator::InplaceRightShift},
    {bytecode::BinaryOperator::NB_INPLACE_POWER, hir::BinaryOperator::InplacePower},
    {bytecode::BinaryOperator::NB_INPLACE_MATRIX_MULTIPLY, hir::BinaryOperator::InplaceMatrixMultiply},
});

}  // namespace

Handler handlerFor(bytecode::Opcode opcode) {
    return kHandlers[static_cast<uint8_t>(opcode)];
}

hir::BinaryOperator binaryOperatorFor(uint32_t argument) {
    for (const OperatorRow& row : kOperators) {
        if (static_cast<uint32_t>(row.argument) == argument) {
            return row.op;
        }
    }
    PYJION_CHECK(false, "BINARY_OP has no operator {}", argument);
}

}  // namespace pyjion::frontend
