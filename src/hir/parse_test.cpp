// SPDX-License-Identifier: MIT
// Print and parse are inverse: for every opcode with random operands and immediates, and for odd names and numbers.
// Whole functions and error messages are tested in tests/filetests/parse.
#include "hir/parse.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>

#include "hir/generated/builder.h"
#include "hir/print.h"

namespace pyjion::hir {
namespace {

void expectRoundTrip(const Function& function) {
    std::string text = print(function);
    auto again = parse(text);
    ASSERT_TRUE(again) << again.error().line << ":" << again.error().column << ": " << again.error().message << "\n"
                       << text;
    EXPECT_EQ(print(*again), text);
}

class RandomInstruction {
  public:
    explicit RandomInstruction(uint32_t seed) : random_(seed), builder_(function_) {
        function_.entry = function_.addBlock();
        builder_.setBlock(function_.entry);
        for (int i = 0; i < 3; ++i) {
            values_.push_back(builder_.constInt(i));
        }
    }

    Function make(Opcode opcode) {
        const OpInfo& row = info(opcode);
        builder_.setBytecode(static_cast<uint32_t>(random_() % 1000));
        SnapshotId state =
            builder_.snapshot({.bytecode = 1, .locals = {value()}, .stack = {}, .parent = {}, .owner = {}});
        std::vector<ValueId> operands;
        size_t count = row.isVariadic() ? row.operands.size() - 1 + random_() % 3 : row.operands.size();
        for (size_t i = 0; i < count; ++i) {
            operands.push_back(value());
        }
        std::vector<Immediate> immediates;
        for (const ImmediateInfo& immediate : row.immediates) {
            immediates.push_back(make(immediate.kind));
        }
        std::vector<Target> targets;
        for (size_t i = 0; i < row.targets; ++i) {
            targets.push_back({otherBlock(), std::vector<ValueId>(i, value())});
        }
        if (opcode == Opcode::Snapshot) {
            builder_.snapshot({.bytecode = 7, .locals = {}, .stack = {value(), value()}, .parent = state, .owner = {}});
        } else {
            builder_.emit(opcode, std::move(operands), std::move(immediates), state, std::move(targets));
        }
        return std::move(function_);
    }

  private:
    ValueId value() { return values_[random_() % values_.size()]; }

    BlockId otherBlock() {
        BlockId block = function_.addBlock();
        function_.addParam(block, kObject, Ownership::Owned);
        return block;
    }

    Immediate make(ImmediateKind kind) {
        auto below = [&](size_t limit) { return makeImmediate(static_cast<uint32_t>(random_() % limit)); };
        switch (kind) {
            case ImmediateKind::Int:
                return makeImmediate(static_cast<int64_t>(random_() << 32 | random_()));
            case ImmediateKind::Index:
                return makeImmediate(static_cast<uint32_t>(random_()));
            case ImmediateKind::Double:
                return makeImmediate(std::bit_cast<double>(random_() << 32 | random_()));
            case ImmediateKind::Type:
                return makeImmediate(Type::fromBits(static_cast<uint32_t>(random_()) & 0xFFFFF));
            case ImmediateKind::Binary:
                return below(namesOfBinaryOperator().size());
            case ImmediateKind::Compare:
                return below(namesOfCompareOperator().size());
            case ImmediateKind::Unary:
                return below(namesOfUnaryOperator().size());
            case ImmediateKind::Operation:
                return below(namesOfOperation().size());
            case ImmediateKind::Flag:
                return below(2);
            case ImmediateKind::Reason:
                return below(namesOfExitReason().size());
        }
        return {};
    }

    std::mt19937_64 random_;
    Function function_;
    Builder builder_;
    std::vector<ValueId> values_;
};

TEST(Text, EveryOpcodeIsReadBack) {
    for (size_t i = 0; i < kOpcodeCount; ++i) {
        for (uint32_t seed = 0; seed < 20; ++seed) {
            expectRoundTrip(RandomInstruction(seed).make(static_cast<Opcode>(i)));
        }
    }
}

TEST(Text, NamesAreReadBack) {
    for (const char* name :
         {"f", "Class.method", "<lambda>", "a \"b\" \\ c", "tab\there", "line\nend", "", "gr\xc3\xbc\xc3\x9f"}) {
        Function function;
        function.name = name;
        function.entry = function.addBlock();
        Builder builder(function);
        builder.setBlock(function.entry);
        builder.constInt(1);
        std::string text = print(function);
        auto again = parse(text);
        ASSERT_TRUE(again) << text << again.error().message;
        EXPECT_EQ(again->name, name);
    }
}

TEST(Text, DoublesAreReadBackToTheBit) {
    std::vector<double> doubles = {0.0, -0.0, 0.1, 1e300, 5e-324, std::numeric_limits<double>::infinity(), -1.0 / 3};
    doubles.push_back(std::bit_cast<double>(0xfff8000000000123));
    for (double number : doubles) {
        Function function;
        function.entry = function.addBlock();
        Builder builder(function);
        builder.setBlock(function.entry);
        builder.constDouble(number);
        auto again = parse(print(function));
        ASSERT_TRUE(again);
        double read = again->instrs[InstrId(0)].immediates[0].real;
        EXPECT_EQ(std::bit_cast<uint64_t>(read), std::bit_cast<uint64_t>(number)) << number;
    }
}

TEST(Text, SnapshotsCanBeHidden) {
    Function function = RandomInstruction(1).make(Opcode::UnboxInt);
    PrintOptions options;
    options.snapshots = false;
    options.bytecodes = false;
    std::string text = print(function, options);
    EXPECT_EQ(text.find("Snapshot"), std::string::npos);
    EXPECT_EQ(text.find("exit"), std::string::npos);
    EXPECT_EQ(text.find(';'), std::string::npos);
    EXPECT_NE(text.find("UnboxInt"), std::string::npos);
}

/// Whatever the text is, the parser answers.
TEST(Parse, SurvivesDamagedText) {
    Function function = RandomInstruction(3).make(Opcode::Call);
    std::string text = print(function);
    std::mt19937 random(5);
    for (size_t i = 0; i < text.size(); ++i) {
        (void)parse(std::string_view(text).substr(0, i));
        std::string damaged = text;
        damaged[i] = static_cast<char>(32 + random() % 95);
        (void)parse(damaged);
        damaged.erase(i, 1 + random() % 5);
        (void)parse(damaged);
    }
    SUCCEED();
}

}  // namespace
}  // namespace pyjion::hir
