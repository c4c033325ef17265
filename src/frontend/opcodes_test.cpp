// SPDX-License-Identifier: MIT
// Every instruction that CPython's compiler emits has a translation, but for those listed here.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "frontend/translation.h"

namespace pyjion::frontend {
namespace {

using bytecode::Opcode;

/// EXTENDED_ARG is part of the instruction behind it. The others need more than a helper.
constexpr Opcode kWithoutHandler[] = {
    Opcode::EXTENDED_ARG,
    Opcode::PUSH_EXC_INFO,
    Opcode::CHECK_EXC_MATCH,
    Opcode::CHECK_EG_MATCH,
    Opcode::WITH_EXCEPT_START,
    Opcode::GET_AITER,
    Opcode::GET_ANEXT,
    Opcode::BEFORE_ASYNC_WITH,
    Opcode::BEFORE_WITH,
    Opcode::END_ASYNC_FOR,
    Opcode::GET_YIELD_FROM_ITER,
    Opcode::LOAD_ASSERTION_ERROR,
    Opcode::RETURN_GENERATOR,
    Opcode::YIELD_VALUE,
    Opcode::ASYNC_GEN_WRAP,
    Opcode::PREP_RERAISE_STAR,
    Opcode::POP_EXCEPT,
    Opcode::RERAISE,
    Opcode::SEND,
    Opcode::RAISE_VARARGS,
    Opcode::GET_AWAITABLE,
};

TEST(Opcodes, HaveTranslations) {
    std::vector<std::string> missing;
    size_t known = 0;
    for (int number = 0; number < 256; number++) {
        auto opcode = static_cast<Opcode>(number);
        const bytecode::OpcodeInfo& row = bytecode::info(opcode);
        if (!row.known || row.base != opcode) {
            continue;
        }
        known++;
        bool excepted =
            std::find(std::begin(kWithoutHandler), std::end(kWithoutHandler), opcode) != std::end(kWithoutHandler);
        if (handlerFor(opcode) == nullptr && !excepted) {
            missing.emplace_back(row.name);
        }
    }
    EXPECT_GT(known, 100u);
    EXPECT_EQ(missing, std::vector<std::string>());
}

TEST(Opcodes, AllOperatorsAreTranslated) {
    std::vector<hir::BinaryOperator> seen;
    for (uint32_t argument = 0; argument < 26; argument++) {
        hir::BinaryOperator found = binaryOperatorFor(argument);
        EXPECT_EQ(std::find(seen.begin(), seen.end(), found), seen.end()) << argument;
        seen.push_back(found);
    }
}

}  // namespace
}  // namespace pyjion::frontend
