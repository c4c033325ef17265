// SPDX-License-Identifier: MIT
#include "cil/builder.h"

#include <gtest/gtest.h>

namespace pyjion::cil {
namespace {

std::vector<Opcode> opcodesOf(const Body& body) {
    std::vector<Opcode> opcodes;
    for (const Instruction& instruction : body.code) {
        opcodes.push_back(instruction.opcode);
    }
    return opcodes;
}

TEST(BuilderTest, AJumpToWhatFollowsIsTakenAway) {
    Body body;
    Builder builder(body);
    LabelId other = builder.newLabel();
    LabelId next = builder.newLabel();
    builder.branch(Opcode::Br, next);
    builder.bind(other);
    builder.mark(0, 1);
    builder.bind(next);
    EXPECT_EQ(opcodesOf(body), (std::vector{Opcode::Label, Opcode::Mark, Opcode::Label}));
}

TEST(BuilderTest, OtherJumpsStay) {
    Body body;
    Builder builder(body);
    LabelId first = builder.newLabel();
    LabelId second = builder.newLabel();
    builder.bind(first);
    builder.branch(Opcode::Br, first);
    builder.bind(second);
    builder.ldcI4(1);
    builder.branch(Opcode::Brtrue, second);
    LabelId third = builder.newLabel();
    builder.bind(third);
    EXPECT_EQ(opcodesOf(body),
              (std::vector{Opcode::Label, Opcode::Br, Opcode::Label, Opcode::LdcI4, Opcode::Brtrue, Opcode::Label}));
}

}  // namespace
}  // namespace pyjion::cil
