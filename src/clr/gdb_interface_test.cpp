// SPDX-License-Identifier: MIT
#include "clr/gdb_interface.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "clr/perf_map.h"
#include "clr/sketch.h"

extern "C" {
struct jit_code_entry {
    jit_code_entry* next_entry;
    jit_code_entry* prev_entry;
    const char* symfile_addr;
    uint64_t symfile_size;
};
struct jit_descriptor {
    uint32_t version;
    uint32_t action_flag;
    jit_code_entry* relevant_entry;
    jit_code_entry* first_entry;
};
extern jit_descriptor __jit_debug_descriptor;
// Where the debugger is told to stop.
__attribute__((noinline)) int64_t clrTestGdbStop(int64_t value) {
    __asm__ volatile("");
    return value;
}
}

namespace pyjion::clr {
namespace {

using cil::Opcode;
using cil::Type;
using test::Sketch;

class GdbInterfaceTest : public testing::Test {
  protected:
    void SetUp() override { setGdbInterfaceEnabled(true); }
    void TearDown() override { setGdbInterfaceEnabled(false); }

    static int entries() {
        int count = 0;
        const jit_code_entry* previous = nullptr;
        for (const jit_code_entry* entry = __jit_debug_descriptor.first_entry; entry; entry = entry->next_entry) {
            EXPECT_EQ(entry->prev_entry, previous);
            previous = entry;
            ++count;
        }
        return count;
    }
};

TEST_F(GdbInterfaceTest, EntriesLiveAsLongAsTheCode) {
    EXPECT_EQ(entries(), 0);
    auto a = test::AddMethod().compile();
    auto b = test::SumLoop().compile();
    auto c = test::SumLoop().compile();
    EXPECT_EQ(entries(), 3);
    b.reset();
    EXPECT_EQ(entries(), 2);
    setGdbInterfaceEnabled(false);
    auto d = test::SumLoop().compile();
    EXPECT_EQ(entries(), 2);
    c.reset();
    a.reset();
    EXPECT_EQ(entries(), 0);
}

TEST_F(GdbInterfaceTest, ObjectDescribesTheFunction) {
    auto code = test::SumLoop().compile();
    const jit_code_entry* entry = __jit_debug_descriptor.first_entry;
    ASSERT_NE(entry, nullptr);
    Elf64_Ehdr header;
    ASSERT_GE(entry->symfile_size, sizeof header);
    std::memcpy(&header, entry->symfile_addr, sizeof header);
    EXPECT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
    EXPECT_EQ(header.e_machine, EM_X86_64);
    ASSERT_LE(header.e_shoff + header.e_shnum * sizeof(Elf64_Shdr), entry->symfile_size);
    const auto* sections = reinterpret_cast<const Elf64_Shdr*>(entry->symfile_addr + header.e_shoff);
    const char* names = entry->symfile_addr + sections[header.e_shstrndx].sh_offset;
    bool seenText = false;
    bool seenSymbol = false;
    for (int i = 0; i < header.e_shnum; ++i) {
        const std::string name = names + sections[i].sh_name;
        if (name == ".text") {
            seenText = true;
            EXPECT_EQ(sections[i].sh_addr, reinterpret_cast<uint64_t>(code->entry()));
            EXPECT_EQ(sections[i].sh_size, code->description().codeSize);
        } else if (name == ".eh_frame") {
            EXPECT_EQ(sections[i].sh_addr, reinterpret_cast<uint64_t>(entry->symfile_addr) + sections[i].sh_offset);
        } else if (name == ".symtab") {
            const auto* symbols = reinterpret_cast<const Elf64_Sym*>(entry->symfile_addr + sections[i].sh_offset);
            const char* strings = entry->symfile_addr + sections[sections[i].sh_link].sh_offset;
            seenSymbol = std::string(strings + symbols[1].st_name) == "py::sum_loop";
        }
    }
    EXPECT_TRUE(seenText);
    EXPECT_TRUE(seenSymbol);
}

// Run by the next test under gdb.
TEST_F(GdbInterfaceTest, StopsForTheDebugger) {
    Sketch sketch({Type::Int64, {Type::Int64}}, "stopped_function");
    sketch.build.ldarg(0);
    sketch.build.call(sketch.helper("stop", {Type::Int64, {Type::Int64}}, clrTestGdbStop));
    sketch.build.ldcI8(1);
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile();
    EXPECT_EQ(code->as<int64_t(int64_t)>()(41), 42);
}

TEST(GdbTest, BacktraceShowsCompiledFunctions) {
    if (std::system("gdb --version > /dev/null 2>&1") != 0) {
        GTEST_SKIP() << "no gdb";
    }
    const std::string command =
        "gdb -nx -batch -ex 'set startup-with-shell off' -ex 'set debuginfod enabled off' -ex 'set breakpoint pending "
        "on' "
        "-ex 'break clrTestGdbStop' -ex run -ex bt --args " +
        std::filesystem::canonical("/proc/self/exe").string() +
        " --gtest_filter=GdbInterfaceTest.StopsForTheDebugger 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string output;
    for (char buffer[4096]; std::fgets(buffer, sizeof buffer, pipe);) {
        output += buffer;
    }
    pclose(pipe);
    if (output.find("ptrace") != std::string::npos) {
        GTEST_SKIP() << "gdb may not trace here";
    }
    const size_t stop = output.find("#0 ");
    const size_t jitted = output.find("py::stopped_function", stop);
    const size_t main = output.find(" main ", jitted);
    EXPECT_NE(stop, std::string::npos) << output;
    EXPECT_NE(jitted, std::string::npos) << output;
    EXPECT_NE(main, std::string::npos) << output;
}

}  // namespace
}  // namespace pyjion::clr
