// SPDX-License-Identifier: MIT
// Methods through the real JIT: what comes out computes the right thing, what cannot be compiled says why.
#include "clr/compiler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include "clr/disassemble.h"
#include "clr/sketch.h"

namespace pyjion::clr {
namespace {

using cil::Opcode;
using cil::Type;
using test::Sketch;

extern "C" int64_t clrTestTwice(int64_t value) {
    return 2 * value;
}
extern "C" int64_t clrTestNegate(int64_t value) {
    return -value;
}
extern "C" double clrTestMix(double a, int64_t b, double c, int32_t d) {
    return a + 10 * b + 100 * c + 1000 * d;
}

class BothModes : public testing::TestWithParam<bool> {
  protected:
    CompileOptions options() const { return {.optimise = GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(Compiler, BothModes, testing::Bool(),
                         [](const auto& info) { return info.param ? "Optimised" : "MinOpts"; });

TEST_P(BothModes, Adds) {
    auto code = test::AddMethod().compile(options());
    EXPECT_EQ(code->as<int64_t(int64_t, int64_t)>()(40, 2), 42);
    EXPECT_EQ(code->as<int64_t(int64_t, int64_t)>()(INT64_MAX, 1), INT64_MIN);
    EXPECT_EQ(code->description().optimised, GetParam());
    EXPECT_FALSE(code->description().switchedToMinOpts);
    EXPECT_FALSE(code->description().internalRetry);
}

TEST_P(BothModes, Loops) {
    auto code = test::SumLoop().compile(options());
    EXPECT_EQ(code->as<int64_t(int64_t)>()(1000), 499500);
    EXPECT_EQ(code->as<int64_t(int64_t)>()(0), 0);
    EXPECT_FALSE(code->description().internalRetry);
}

TEST_P(BothModes, CallsHelperThroughThePool) {
    Sketch sketch({Type::Int64, {Type::Int64}});
    const auto helper = sketch.helper("twice", {Type::Int64, {Type::Int64}}, clrTestTwice);
    sketch.build.ldarg(0);
    sketch.build.call(helper);
    sketch.build.ldcI8(1);
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile(options());
    EXPECT_EQ(code->as<int64_t(int64_t)>()(21), 43);
    // call [rip+disp32]
    const auto bytes = code->code();
    bool found = false;
    for (size_t i = 0; i + 1 < bytes.size(); ++i) {
        found |= bytes[i] == std::byte{0xff} && bytes[i + 1] == std::byte{0x15};
    }
    EXPECT_TRUE(found);
}

TEST_P(BothModes, PassesDoublesAndMixedArguments) {
    Sketch sketch({Type::Double, {Type::Double, Type::Int64, Type::Double, Type::Int32}});
    const auto helper = sketch.helper("mix", sketch.body.signature, clrTestMix);
    for (uint32_t i = 0; i < 4; ++i) {
        sketch.build.ldarg(i);
    }
    sketch.build.call(helper);
    sketch.build.ldcR8(0.25);
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile(options());
    EXPECT_EQ(code->as<double(double, int64_t, double, int32_t)>()(0.5, -2, 1.5, 3), 0.5 - 20 + 150 + 3000 + 0.25);
}

TEST_P(BothModes, CallsThroughPointer) {
    Sketch sketch({Type::Int64, {Type::Int64, Type::NativeInt}});
    const auto signature = sketch.build.signature({Type::Int64, {Type::Int64}});
    sketch.build.ldarg(0);
    sketch.build.ldarg(1);
    sketch.build.calli(signature);
    sketch.build.ldcI8(-1);
    sketch.build.emit(Opcode::Mul);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile(options());
    auto call = code->as<int64_t(int64_t, const void*)>();
    EXPECT_EQ(call(4, reinterpret_cast<const void*>(clrTestTwice)), -8);
    EXPECT_EQ(call(5, reinterpret_cast<const void*>(clrTestNegate)), 5);
}

TEST_P(BothModes, SwitchUsesJumpTable) {
    Sketch sketch({Type::Int64, {Type::Int32}});
    std::vector<cil::LabelId> targets;
    for (int i = 0; i < 12; ++i) {
        targets.push_back(sketch.build.newLabel());
    }
    sketch.build.ldarg(0);
    sketch.build.switchOn(targets);
    sketch.build.ldcI8(-1);
    sketch.build.emit(Opcode::Ret);
    for (int i = 0; i < 12; ++i) {
        sketch.build.bind(targets[i]);
        sketch.build.ldcI8(i * i * 1000 + 7);
        sketch.build.emit(Opcode::Ret);
    }
    auto code = sketch.compile(options());
    EXPECT_GE(code->description().roDataSize, 12 * 4u);
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(code->as<int64_t(int32_t)>()(i), i * i * 1000 + 7);
    }
    EXPECT_EQ(code->as<int64_t(int32_t)>()(12), -1);
    EXPECT_EQ(code->as<int64_t(int32_t)>()(-1), -1);
}

TEST(CompilerTest, PoolWordsAreMemoryOperands) {
    Sketch sketch({Type::Int32, {Type::NativeInt}});
    const auto word = sketch.poolWord("type", 0x123456789abc);
    sketch.build.ldarg(0);
    sketch.build.loadPool(word);
    sketch.build.emit(Opcode::Ceq);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile();
    EXPECT_EQ(code->as<int32_t(int64_t)>()(0x123456789abc), 1);
    EXPECT_EQ(code->as<int32_t(int64_t)>()(0x123456789abd), 0);
    // cmp rdi, [rip+disp32], in whichever place: REX.W 3B modrm with mod 0, rm 5
    const auto bytes = code->code();
    bool found = false;
    for (size_t i = 0; i + 2 < bytes.size(); ++i) {
        found |= bytes[i] == std::byte{0x48} && bytes[i + 1] == std::byte{0x3b} &&
                 (bytes[i + 2] & std::byte{0xc7}) == std::byte{0x05};
    }
    EXPECT_TRUE(found);
    EXPECT_EQ(code->poolValue(0), 0x123456789abcu);
    ASSERT_TRUE(code->setPoolValue(0, 5));
    EXPECT_EQ(code->as<int32_t(int64_t)>()(5), 1);
}

// Many uses of neighbouring words in a loop: the case in which the JIT likes to keep an address in a register.
void sketchPoolLoop(Sketch& sketch) {
    cil::Builder& build = sketch.build;
    const auto sum = build.newLocal(Type::Int64, "sum");
    const auto index = build.newLocal(Type::Int64, "index");
    const auto top = build.newLabel();
    const auto end = build.newLabel();
    build.bind(top);
    build.ldloc(index);
    build.ldarg(1);
    build.branch(Opcode::Bge, end);
    for (int i = 0; i < 6; ++i) {
        const auto word = sketch.poolWord("word" + std::to_string(i), 100 + i);
        build.ldloc(sum);
        build.loadPool(word);
        build.emit(Opcode::ConvI8);
        build.emit(Opcode::Add);
        build.stloc(sum);
        build.ldarg(0);
        build.ldloc(sum);
        build.emit(Opcode::StindI8);
    }
    build.ldloc(index);
    build.ldcI8(1);
    build.emit(Opcode::Add);
    build.stloc(index);
    build.branch(Opcode::Br, top);
    build.bind(end);
    build.ldloc(sum);
    build.emit(Opcode::Ret);
}

TEST_P(BothModes, PoolWordsInALoop) {
    Sketch sketch({Type::Int64, {Type::NativeInt, Type::Int64}});
    // The JIT's zeroing of locals is off: they start as the loop's first values here.
    for (auto zero : {0, 1}) {
        sketch.build.ldcI8(0);
        sketch.build.stloc(cil::LocalId(static_cast<uint32_t>(zero)));
    }
    sketchPoolLoop(sketch);
    auto code = sketch.compile(options());
    int64_t cell = 0;
    EXPECT_EQ(code->as<int64_t(int64_t*, int64_t)>()(&cell, 3), 3 * 615);
    EXPECT_EQ(cell, 3 * 615);
}

TEST(CompilerTest, CodeThatHoldsPoolKeysIsRefused) {
    test::library().reconfigure({{"JitConstCSE", "3"}});
    Sketch sketch({Type::Int64, {Type::NativeInt, Type::Int64}});
    for (auto zero : {0, 1}) {
        sketch.build.ldcI8(0);
        sketch.build.stloc(cil::LocalId(static_cast<uint32_t>(zero)));
    }
    sketchPoolLoop(sketch);
    auto code = sketch.tryCompile();
    test::library().reconfigure({});
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().kind, CompileErrorKind::AbsoluteAddress);
}

TEST(CompilerTest, IntrinsicsBecomeInstructions) {
    if (detectCpuLevel() < CpuLevel::Sse42) {
        GTEST_SKIP() << "rounding needs SSE4.1";
    }
    Sketch sketch({Type::Double, {Type::Double}});
    const cil::Signature unary = {Type::Double, {Type::Double}};
    sketch.build.ldarg(0);
    for (const char* method : {"Abs", "Sqrt", "Floor"}) {
        sketch.build.call(sketch.build.intrinsic("System", "Math", method, unary));
    }
    sketch.build.call(
        sketch.build.intrinsic("System", "BitConverter", "DoubleToInt64Bits", {Type::Int64, {Type::Double}}));
    sketch.build.call(
        sketch.build.intrinsic("System", "BitConverter", "Int64BitsToDouble", {Type::Double, {Type::Int64}}));
    sketch.build.call(
        sketch.build.intrinsic("System", "Double", "ConvertToIntegerNative", {Type::Int64, {Type::Double}}));
    sketch.build.emit(Opcode::ConvR8);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile();
    EXPECT_EQ(code->as<double(double)>()(-17.0), 4.0);
    EXPECT_TRUE(code->description().poolNames.empty());

    // MinOpts leaves most of them as calls, so a method that may be compiled that way needs a function for each.
    auto quick = sketch.tryCompile({.optimise = false});
    ASSERT_FALSE(quick);
    EXPECT_EQ(quick.error().kind, CompileErrorKind::MissingHelper);
    EXPECT_NE(quick.error().message.find("System.Math.Abs"), std::string::npos) << quick.error().message;
}

TEST_P(BothModes, IntrinsicWithoutInstructionCallsItsCell) {
    Sketch sketch({Type::Double, {Type::Double}});
    const auto floorMethod = sketch.build.intrinsic("System", "Math", "Floor", {Type::Double, {Type::Double}});
    sketch.body.methods[floorMethod.index()].cell =
        sketch.poolWord("floor", reinterpret_cast<uint64_t>(static_cast<double (*)(double)>(std::floor)));
    sketch.build.ldarg(0);
    sketch.build.call(floorMethod);
    sketch.build.ldcR8(1);
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    CompileOptions base = options();
    base.cpu = CpuLevel::Base;
    auto code = sketch.compile(base);
    EXPECT_EQ(code->as<double(double)>()(-1.5), -1.0);
}

TEST_P(BothModes, RemainderOfDoublesUsesOurHelper) {
    Sketch sketch({Type::Double, {Type::Double, Type::Double}});
    sketch.build.ldarg(0);
    sketch.build.ldarg(1);
    sketch.build.emit(Opcode::Rem);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile(options());
    EXPECT_EQ(code->as<double(double, double)>()(7.5, -2.0), std::fmod(7.5, -2.0));
    EXPECT_EQ(code->description().poolNames, std::vector<std::string>{"DBLREM"});
    EXPECT_EQ(code->description().ownPoolEntries, 0u);
}

TEST_P(BothModes, TailCallLeavesNoFrame) {
    Sketch sketch({Type::Int64, {Type::Int64}});
    const auto helper = sketch.helper("twice", {Type::Int64, {Type::Int64}}, clrTestTwice);
    sketch.build.ldarg(0);
    sketch.build.emit(Opcode::Tail);
    sketch.build.call(helper);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile(options());
    EXPECT_EQ(code->as<int64_t(int64_t)>()(8), 16);
    const std::string listing = disassemble(*code);
    EXPECT_EQ(listing.find("CALL"), std::string::npos) << listing;
    EXPECT_NE(listing.find("JMP"), std::string::npos) << listing;
}

TEST(CompilerTest, MapsMachineCodeToIl) {
    auto code = test::SumLoop().compile();
    const auto& map = code->description().map;
    ASSERT_FALSE(map.empty());
    uint32_t last = 0;
    size_t fromIl = 0;
    for (const NativeMapEntry& entry : map) {
        EXPECT_GE(entry.nativeOffset, last);
        EXPECT_LE(entry.nativeOffset, code->description().codeSize);
        last = entry.nativeOffset;
        fromIl += entry.isIl();
    }
    EXPECT_GE(fromIl, 3u);
    EXPECT_TRUE(test::SumLoop().compile({.debugInfo = false})->description().map.empty());
}

TEST(CompilerTest, DebugInformationDoesNotChangeTheCode) {
    for (bool optimise : {true, false}) {
        auto with = test::SumLoop().compile({.optimise = optimise, .debugInfo = true});
        auto without = test::SumLoop().compile({.optimise = optimise, .debugInfo = false});
        ASSERT_EQ(with->code().size(), without->code().size());
        EXPECT_EQ(std::memcmp(with->entry(), without->entry(), with->code().size()), 0);
    }
}

TEST(CompilerTest, EveryCpuLevelGivesWorkingCode) {
    const CpuLevel best = detectCpuLevel();
    for (CpuLevel level : {CpuLevel::Base, CpuLevel::Sse42, CpuLevel::Avx, CpuLevel::Avx2}) {
        if (level > best) {
            break;
        }
        Sketch sketch({Type::Int64, {Type::Double, Type::Int64}});
        sketch.build.ldarg(1);
        sketch.build.ldcI4(3);
        sketch.build.emit(Opcode::Shl);
        sketch.build.ldarg(0);
        sketch.build.ldcR8(0.5);
        sketch.build.emit(Opcode::Mul);
        sketch.build.emit(Opcode::ConvI8);
        sketch.build.emit(Opcode::Add);
        sketch.build.emit(Opcode::Ret);
        auto code = sketch.compile({.cpu = level});
        EXPECT_EQ(code->as<int64_t(double, int64_t)>()(9.0, 5), 44) << cpuLevelName(level);
    }
}

// -- failures. After each, the JIT still works.

class CompilerFailure : public testing::Test {
  protected:
    CompileError failureOf(std::vector<uint8_t> il, cil::Signature signature, uint32_t maxStack = 8) {
        MethodSource source;
        source.name = "broken";
        source.signature = &signature;
        source.il = il;
        source.maxStack = maxStack;
        const CompileCounters before = compileCounters();
        auto code = Compiler(test::library()).compile(source, {});
        EXPECT_FALSE(code);
        EXPECT_EQ(compileCounters().failures, before.failures + 1);
        return code ? CompileError{} : code.error();
    }
    void TearDown() override {
        auto code = test::AddMethod().compile();
        EXPECT_EQ(code->as<int64_t(int64_t, int64_t)>()(1, 2), 3);
        EXPECT_EQ(test::library().host().slabsInUse(), 0u);
    }
};

TEST_F(CompilerFailure, StackUnderflow) {
    EXPECT_EQ(failureOf({0x58, 0x2A}, {Type::Int64, {}}).kind, CompileErrorKind::BadIl);
}

TEST_F(CompilerFailure, UnknownOpcode) {
    EXPECT_EQ(failureOf({0x24, 0x2A}, {Type::Void, {}}).kind, CompileErrorKind::BadIl);
}

TEST_F(CompilerFailure, NoReturn) {
    EXPECT_EQ(failureOf({0x00}, {Type::Void, {}}).kind, CompileErrorKind::BadIl);
}

TEST_F(CompilerFailure, UnknownMethodToken) {
    const CompileError error = failureOf({0x28, 0x05, 0x00, 0x00, 0x0A, 0x2A}, {Type::Void, {}});
    EXPECT_EQ(error.kind, CompileErrorKind::BadIl);
    EXPECT_NE(error.message.find("0xa000005"), std::string::npos) << error.message;
}

TEST_F(CompilerFailure, MissingHelperIsNamed) {
    // ldarg.0; ldarg.1; add.ovf; ret
    const CompileError error = failureOf({0x02, 0x03, 0xD6, 0x2A}, {Type::Int64, {Type::Int64, Type::Int64}});
    EXPECT_EQ(error.kind, CompileErrorKind::MissingHelper);
    EXPECT_NE(error.message.find("OVERFLOW"), std::string::npos) << error.message;
}

// ldarg.0; conv.u; localloc; conv.i8; ret. An array on the stack needs a security cookie, which we do not have.
const std::vector<uint8_t> kStackArray = {0x02, 0xE0, 0xFE, 0x0F, 0x6A, 0x2A};

TEST_F(CompilerFailure, UnexpectedQuestionIsNamed) {
    const CompileError error = failureOf(kStackArray, {Type::Int64, {Type::Int64}});
    EXPECT_EQ(error.kind, CompileErrorKind::UnexpectedQuestion);
    EXPECT_NE(error.message.find("getGSCookie"), std::string::npos) << error.message;
}

TEST_F(CompilerFailure, AbandonedCompilesGiveTheirMemoryBack) {
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(failureOf(kStackArray, {Type::Int64, {Type::Int64}}).kind, CompileErrorKind::UnexpectedQuestion);
    }
    EXPECT_EQ(test::library().host().slabsInUse(), 0u);
}

TEST_F(CompilerFailure, MoreLocalsThanCilAllows) {
    Sketch sketch({Type::Void, {}});
    sketch.build.emit(Opcode::Ret);
    for (int i = 0; i < 70000; ++i) {
        sketch.body.locals.push_back(Type::Int64);
        sketch.body.localNames.push_back("x");
    }
    auto code = sketch.tryCompile();
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().kind, CompileErrorKind::BadIl);
}

TEST_F(CompilerFailure, HugeFrameIsRefused) {
    // Each local is read after the call that it lives across, without optimising: all of them are in the frame.
    auto methodWithLocals = [](uint32_t count) {
        auto sketch = std::make_unique<Sketch>(cil::Signature{Type::Int64, {Type::Int64}});
        for (uint32_t i = 0; i < count; ++i) {
            const auto local = sketch->build.newLocal(Type::Int64, "x");
            sketch->build.ldarg(0);
            sketch->build.stloc(local);
        }
        sketch->build.ldloc(cil::LocalId(count - 1));
        sketch->build.emit(Opcode::Ret);
        return sketch;
    };
    auto small = methodWithLocals(8000)->compile({.optimise = false});
    EXPECT_GT(small->description().frameBytes, 60000u);
    auto large = methodWithLocals(8300)->tryCompile({.optimise = false});
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().kind, CompileErrorKind::FrameTooLarge);
}

TEST_F(CompilerFailure, LimitOnCodeMemory) {
    CodeMemory memory;
    memory.setLimit(64);
    auto refused = test::SumLoop().tryCompile({.optimise = false}, memory);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, CompileErrorKind::CodeMemoryFull);
    EXPECT_NE(refused.error().message.find("limit"), std::string::npos);
    EXPECT_EQ(memory.statistics().refusedByLimit, 1u);
}

TEST(CompilerTest, UnrequestedMinOptsIsReported) {
    // 4100 pairs of ldarg, stloc are more local references than the JIT optimises.
    Sketch sketch({Type::Int64, {Type::Int64}});
    const auto local = sketch.build.newLocal(Type::Int64, "x");
    for (int i = 0; i < 4100; ++i) {
        sketch.build.ldarg(0);
        sketch.build.stloc(local);
    }
    sketch.build.ldloc(local);
    sketch.build.emit(Opcode::Ret);
    const uint64_t before = compileCounters().unrequestedMinOpts;
    auto code = sketch.compile();
    EXPECT_TRUE(code->description().switchedToMinOpts);
    EXPECT_FALSE(code->description().optimised);
    EXPECT_EQ(compileCounters().unrequestedMinOpts, before + 1);
    EXPECT_EQ(code->as<int64_t(int64_t)>()(77), 77);
}

/// What threads generate meanwhile is placed by one.
TEST(Compiler, GeneratesInSeveralThreads) {
    constexpr int kThreads = 3;
    constexpr int kEach = 20;
    Compiler compiler(test::library());
    std::vector<std::vector<GeneratedCode>> made(kThreads);
    std::vector<std::thread> threads;
    for (std::vector<GeneratedCode>& mine : made) {
        threads.emplace_back([&compiler, &mine] {
            for (int i = 0; i < kEach; ++i) {
                test::SumLoop sketch;
                auto encoded = cil::encode(sketch.body);
                auto code = compiler.generate(sketch.body, *encoded, {.optimise = i % 2 == 0});
                if (code.ok()) {
                    mine.push_back(std::move(*code));
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (std::vector<GeneratedCode>& mine : made) {
        ASSERT_EQ(mine.size(), size_t{kEach});
        for (GeneratedCode& code : mine) {
            auto placed = compiler.place(code, {});
            ASSERT_TRUE(placed.ok());
            EXPECT_EQ((*placed)->as<int64_t(int64_t)>()(1000), 499500);
        }
    }
}

}  // namespace
}  // namespace pyjion::clr
