// SPDX-License-Identifier: MIT
// Compiled code in a process: moving, unwinding, forking, churning.
#include "clr/native_code.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "clr/sketch.h"

namespace pyjion::clr {
namespace {

using cil::Opcode;
using cil::Type;
using test::Sketch;

extern "C" int64_t clrTestThrow(int64_t value) {
    throw std::runtime_error("thrown " + std::to_string(value));
}
extern "C" int64_t clrTestNext(int64_t value) {
    return value + 1;
}
const void* lastReturnAddress = nullptr;
extern "C" int64_t clrTestNoteCaller(int64_t value) {
    lastReturnAddress = __builtin_return_address(0);
    return value;
}

// int64 f(int64 x, int32 k): a switch over k (read-only data), calls and words of the pool, a remainder of doubles.
struct Everything : Sketch {
    Everything() : Sketch({Type::Int64, {Type::Int64, Type::Int32}}, "everything") {
        const auto next = helper("next", {Type::Int64, {Type::Int64}}, clrTestNext);
        std::vector<cil::LabelId> targets;
        for (int i = 0; i < 8; ++i) {
            targets.push_back(build.newLabel());
        }
        build.ldarg(1);
        build.switchOn(targets);
        build.ldarg(0);
        build.emit(Opcode::ConvR8);
        build.ldcR8(7.5);
        build.emit(Opcode::Rem);
        build.emit(Opcode::ConvI8);
        build.emit(Opcode::Ret);
        for (int i = 0; i < 8; ++i) {
            build.bind(targets[i]);
            build.ldarg(0);
            build.call(next);
            build.loadPool(poolWord("word" + std::to_string(i), 1000 * i));
            build.emit(Opcode::ConvI8);
            build.emit(Opcode::Add);
            build.emit(Opcode::Ret);
        }
    }

    static void check(const NativeCode& code) {
        auto call = code.as<int64_t(int64_t, int32_t)>();
        for (int i = 0; i < 8; ++i) {
            EXPECT_EQ(call(5, i), 6 + 1000 * i);
        }
        EXPECT_EQ(call(16, 8), 1);
    }
};

TEST(NativeCodeTest, ACopyRunsElsewhere) {
    for (bool optimise : {true, false}) {
        CodeMemory elsewhere;
        std::unique_ptr<NativeCode> copy;
        {
            Everything method;
            auto code = method.compile({.optimise = optimise});
            EXPECT_GT(code->description().roDataSize, 0u);
            Everything::check(*code);
            auto copied = code->copyTo(elsewhere);
            ASSERT_TRUE(copied);
            copy = std::move(*copied);
            EXPECT_NE(copy->entry(), code->entry());
            EXPECT_EQ(std::memcmp(copy->image().data(), code->image().data(), code->image().size()), 0);
            // The original is overwritten with int3: a copy that refers to it would notice.
            CodeBlock block = {const_cast<std::byte*>(code->image().data()), code->image().size()};
            std::vector<std::byte> traps(code->image().size(), std::byte{0xcc});
            ASSERT_TRUE(CodeMemory::instance().write(block, 0, traps));
        }
        Everything::check(*copy);
        copy.reset();
    }
}

TEST(NativeCodeTest, ExceptionsUnwindThroughJittedFrames) {
    for (bool optimise : {true, false}) {
        // Seven values live across the call: callee-saved registers and stack slots.
        Sketch sketch({Type::Int64, {Type::Int64}});
        const auto thrower = sketch.helper("throw", {Type::Int64, {Type::Int64}}, clrTestThrow);
        for (int i = 0; i < 7; ++i) {
            const auto local = sketch.build.newLocal(Type::Int64, "x");
            sketch.build.ldarg(0);
            sketch.build.ldcI8(i + 3);
            sketch.build.emit(Opcode::Mul);
            sketch.build.stloc(local);
        }
        sketch.build.ldarg(0);
        sketch.build.call(thrower);
        for (uint32_t i = 0; i < 7; ++i) {
            sketch.build.ldloc(cil::LocalId(i));
            sketch.build.emit(Opcode::Add);
        }
        sketch.build.emit(Opcode::Ret);
        auto code = sketch.compile({.optimise = optimise});
        auto other = test::AddMethod().compile();
        for (int i = 0; i < 3; ++i) {
            std::string caught;
            try {
                code->as<int64_t(int64_t)>()(40 + i);
            } catch (const std::runtime_error& error) {
                caught = error.what();
            }
            EXPECT_EQ(caught, "thrown " + std::to_string(40 + i));
            other = test::AddMethod().compile();  // the unwind table of the slab changes in between
        }
        auto copied = code->copyTo(CodeMemory::instance());
        ASSERT_TRUE(copied);
        EXPECT_THROW((*copied)->as<int64_t(int64_t)>()(1), std::runtime_error);
    }
}

TEST(NativeCodeTest, FindsTheIlOfACall) {
    Sketch sketch({Type::Int64, {Type::Int64}});
    const auto note = sketch.helper("note", {Type::Int64, {Type::Int64}}, clrTestNoteCaller);
    const auto value = sketch.build.newLocal(Type::Int64, "value");
    sketch.build.mark(0, 1);
    sketch.build.ldarg(0);
    sketch.build.ldcI8(3);
    sketch.build.emit(Opcode::Mul);
    sketch.build.stloc(value);
    sketch.build.mark(7, 2);
    sketch.build.ldloc(value);
    sketch.build.call(note);
    sketch.build.stloc(value);
    sketch.build.mark(9, 3);
    sketch.build.ldloc(value);
    sketch.build.ldloc(value);  // used twice: a single use would make the JIT move the call here
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    auto encoded = cil::encode(sketch.body);
    ASSERT_TRUE(encoded) << encoded.error();
    for (bool optimise : {true, false}) {
        auto code = sketch.compile({.optimise = optimise});
        EXPECT_EQ(code->as<int64_t(int64_t)>()(4), 24);
        const uint32_t offset = code->ilOffsetOfCall(lastReturnAddress);
        ASSERT_TRUE(encoded->positionAt(offset));
        EXPECT_EQ(encoded->positionAt(offset)->bytecodeIndex, 7u);
        EXPECT_EQ(code->ilOffsetOfCall(&lastReturnAddress), NativeMapEntry::kNoIl);
    }
}

size_t residentBytes() {
    std::ifstream file("/proc/self/statm");
    size_t total = 0;
    size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

TEST(NativeCodeTest, CompilingAndFreeingDoesNotGrow) {
    Everything method;
    auto churn = [&method](int count) {
        std::vector<std::unique_ptr<NativeCode>> live(16);
        for (int i = 0; i < count; ++i) {
            live[i % live.size()] = method.compile({.optimise = i % 8 == 0});
        }
    };
    churn(1000);
    const CodeMemoryStatistics before = CodeMemory::instance().statistics();
    const size_t residentBefore = residentBytes();
    churn(10000);
    const size_t residentAfter = residentBytes();
#ifndef __SANITIZE_ADDRESS__  // which keeps freed memory for a while
    EXPECT_LT(residentAfter, residentBefore + 1024 * 1024);
#endif
    EXPECT_EQ(CodeMemory::instance().statistics().bytesInUse, before.bytesInUse);
    EXPECT_EQ(CodeMemory::instance().statistics().slabs, before.slabs);
    EXPECT_EQ(test::library().host().slabsInUse(), 0u);
}

bool anyMappingIsWritableAndExecutable() {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const size_t rights = line.find(' ') + 1;
        if (line[rights + 1] == 'w' && line[rights + 2] == 'x') {
            return true;
        }
    }
    return false;
}

TEST(NativeCodeTest, NothingIsWritableAndExecutable) {
    auto first = test::SumLoop().compile();
    EXPECT_FALSE(anyMappingIsWritableAndExecutable());
    auto second = test::AddMethod().compile();
    second.reset();
    EXPECT_FALSE(anyMappingIsWritableAndExecutable());
}

// What a child does with its copy of everything: calls old code, compiles, frees, throws through.
int childOfFork(NativeCode& old, std::unique_ptr<NativeCode>& toFree) {
    if (old.as<int64_t(int64_t)>()(10) != 45) {
        return 1;
    }
    toFree.reset();
    Everything method;
    auto code = method.compile();
    auto call = code->as<int64_t(int64_t, int32_t)>();
    if (call(5, 2) != 2006) {
        return 2;
    }
    Sketch sketch({Type::Int64, {Type::Int64}});
    sketch.build.ldarg(0);
    sketch.build.call(sketch.helper("throw", {Type::Int64, {Type::Int64}}, clrTestThrow));
    sketch.build.ldcI8(1);
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    auto thrower = sketch.compile();
    try {
        thrower->as<int64_t(int64_t)>()(1);
        return 3;
    } catch (const std::runtime_error&) {
    }
    return old.as<int64_t(int64_t)>()(11) == 55 ? 0 : 4;
}

TEST(NativeCodeTest, SurvivesForks) {
    auto old = test::SumLoop().compile();
    std::unique_ptr<NativeCode> kept;
    for (int i = 0; i < 100; ++i) {
        auto toFree = Everything().compile({.optimise = false});
        const pid_t child = fork();
        if (child == 0) {
            _exit(childOfFork(*old, toFree));
        }
        // The parent goes on at the same time, over the same addresses.
        kept = Everything().compile({.optimise = i % 4 == 0});
        Everything::check(*toFree);
        toFree.reset();
        Everything::check(*kept);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_EQ(status, 0) << "fork " << i;
        EXPECT_EQ(old->as<int64_t(int64_t)>()(12), 66);
    }
}

// fork() while another thread is inside the tables of CodeMemory and of the host's slab pool.
TEST(NativeCodeTest, SurvivesForksDuringCompilesOfOtherThreads) {
    auto old = test::SumLoop().compile();
    std::atomic<bool> stop = false;
    std::thread other([&stop] {
        CodeMemory& memory = CodeMemory::instance();
        size_t size = 0;
        Host& host = test::library().host();
        const std::vector<std::byte> code(100, std::byte{0xc3});
        while (!stop) {
            memory.free(*memory.place(code, code.size(), {}));
            host.table->freeSlab(&host, host.table->allocateSlab(&host, 1, &size), size);
        }
    });
    for (int i = 0; i < 100; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(20);
            CodeMemory& memory = CodeMemory::instance();
            const std::vector<std::byte> code(100, std::byte{0xc3});
            memory.free(*memory.place(code, code.size(), {}));
            size_t size = 0;
            Host& host = test::library().host();
            host.table->freeSlab(&host, host.table->allocateSlab(&host, 1, &size), size);
            _exit(old->as<int64_t(int64_t)>()(10) == 45 ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0) << "fork " << i;
    }
    stop = true;
    other.join();
}

}  // namespace
}  // namespace pyjion::clr
