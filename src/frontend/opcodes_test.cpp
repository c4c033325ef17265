// SPDX-License-Identifier: MIT
// Every instruction that CPython's compiler emits has a translation.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "frontend/translation.h"

namespace pyjion::frontend {
namespace {

using bytecode::Opcode;

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
        // EXTENDED_ARG is part of the instruction behind it.
        if (opcode != Opcode::EXTENDED_ARG && handlerFor(opcode) == nullptr) {
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
