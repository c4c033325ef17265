// SPDX-License-Identifier: MIT
#include "clr/code_memory.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

namespace pyjion::clr {
namespace {

// mov eax, imm32; ret; then zeros up to `size`.
std::vector<std::byte> returning(int32_t value, size_t size = 6) {
    std::vector<std::byte> code(size, std::byte{0});
    code[0] = std::byte{0xb8};
    std::memcpy(&code[1], &value, 4);
    code[5] = std::byte{0xc3};
    return code;
}

int32_t run(CodeBlock block) {
    return reinterpret_cast<int32_t (*)()>(block.address)();
}

CodeBlock place(CodeMemory& memory, int32_t value, size_t size = 6) {
    auto block = memory.place(returning(value, size), size, {});
    EXPECT_TRUE(block) << block.error().message;
    return *block;
}

// Mappings that are both writable and executable.
std::vector<std::string> writableExecutable() {
    std::vector<std::string> found;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const std::string rights = line.substr(line.find(' ') + 1, 3);
        if (rights[1] == 'w' && rights[2] == 'x') {
            found.push_back(line);
        }
    }
    return found;
}

std::string rightsOf(const void* address) {
    std::ifstream maps("/proc/self/maps");
    const auto wanted = reinterpret_cast<uintptr_t>(address);
    for (std::string line; std::getline(maps, line);) {
        uintptr_t low = 0;
        uintptr_t high = 0;
        char rights[5] = {};
        std::sscanf(line.c_str(), "%lx-%lx %4s", &low, &high, rights);
        if (wanted >= low && wanted < high) {
            return rights;
        }
    }
    return "none";
}

TEST(CodeMemoryTest, PlacesAndRuns) {
    CodeMemory memory;
    const CodeBlock a = place(memory, 11);
    const CodeBlock b = place(memory, 22);
    EXPECT_EQ(run(a), 11);
    EXPECT_EQ(run(b), 22);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(a.address) % CodeMemory::kAlignment, 0u);
    EXPECT_EQ(rightsOf(a.address), "r-xp");
    EXPECT_TRUE(writableExecutable().empty());
    EXPECT_EQ(memory.statistics().blocks, 2u);
    EXPECT_EQ(memory.statistics().bytesInUse, 2 * CodeMemory::kAlignment);
    memory.free(a);
    EXPECT_EQ(run(b), 22);
    memory.free(b);
    EXPECT_EQ(memory.statistics().bytesInUse, 0u);
}

TEST(CodeMemoryTest, FreedRoomIsUsedAgain) {
    CodeMemory memory;
    const CodeBlock a = place(memory, 1, 1000);
    const CodeBlock b = place(memory, 2, 1000);
    const CodeBlock c = place(memory, 3, 1000);
    memory.free(a);
    memory.free(b);
    const CodeBlock d = place(memory, 4, 2000);  // fits only if the two gaps have become one
    EXPECT_EQ(d.address, a.address);
    EXPECT_EQ(run(d), 4);
    EXPECT_EQ(run(c), 3);
    EXPECT_EQ(memory.statistics().slabs, 1u);
    memory.free(c);
    memory.free(d);
}

TEST(CodeMemoryTest, RoomIsJoinedWithTheGapBehindIt) {
    CodeMemory memory;
    const CodeBlock a = place(memory, 1, 1000);
    const CodeBlock b = place(memory, 2, 1000);
    const CodeBlock c = place(memory, 3, 1000);
    memory.free(b);
    memory.free(a);
    const CodeBlock d = place(memory, 4, 2000);
    EXPECT_EQ(d.address, a.address);
    // The gap of the slab's end is behind the last block.
    memory.free(c);
    const CodeBlock e = place(memory, 5, CodeMemory::kSlabSize / 2);
    EXPECT_EQ(e.address, c.address);
    EXPECT_EQ(memory.statistics().slabs, 1u);
    memory.free(d);
    memory.free(e);
}

TEST(CodeMemoryTest, BlockLargerThanASlab) {
    CodeMemory memory;
    const CodeBlock small = place(memory, 5);
    const CodeBlock large = place(memory, 6, 3 * CodeMemory::kSlabSize);
    EXPECT_EQ(run(large), 6);
    EXPECT_EQ(memory.statistics().slabs, 2u);
    memory.free(large);
    EXPECT_EQ(memory.statistics().slabs, 1u);
    EXPECT_EQ(rightsOf(small.address), "r-xp");
    memory.free(small);
}

TEST(CodeMemoryTest, KeepsOneEmptySlab) {
    CodeMemory memory;
    std::vector<CodeBlock> blocks;
    for (int i = 0; i < 16; ++i) {
        blocks.push_back(place(memory, i, CodeMemory::kSlabSize / 4));
    }
    EXPECT_EQ(memory.statistics().slabs, 4u);
    for (const CodeBlock& block : blocks) {
        memory.free(block);
    }
    EXPECT_EQ(memory.statistics().slabs, 1u);
    EXPECT_EQ(memory.statistics().bytesReserved, CodeMemory::kSlabSize);
}

TEST(CodeMemoryTest, RandomPlacingAndFreeing) {
    CodeMemory memory;
    std::mt19937 random(7);
    std::vector<std::pair<CodeBlock, int32_t>> live;
    size_t bytes = 0;
    for (int i = 0; i < 4000; ++i) {
        if (live.size() < 100 || random() % 2) {
            const CodeBlock block = place(memory, i, 6 + random() % 9000);
            bytes += block.size;
            live.emplace_back(block, i);
        } else {
            std::swap(live[random() % live.size()], live.back());
            ASSERT_EQ(run(live.back().first), live.back().second);
            bytes -= live.back().first.size;
            memory.free(live.back().first);
            live.pop_back();
        }
        ASSERT_EQ(memory.statistics().bytesInUse, bytes);
    }
    for (auto& [block, value] : live) {
        EXPECT_EQ(run(block), value);
        memory.free(block);
    }
    EXPECT_EQ(memory.statistics().slabs, 1u);
}

TEST(CodeMemoryTest, LimitIsKept) {
    CodeMemory memory;
    memory.setLimit(256);
    const CodeBlock a = place(memory, 1, 128);
    const CodeBlock b = place(memory, 2, 128);
    auto refused = memory.place(returning(3), 6, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, CodeMemoryErrorKind::LimitReached);
    EXPECT_NE(refused.error().message.find("256"), std::string::npos) << refused.error().message;
    EXPECT_EQ(memory.statistics().refusedByLimit, 1u);
    memory.free(a);
    const CodeBlock c = place(memory, 4);
    EXPECT_EQ(run(c), 4);
    memory.setLimit(0);
    EXPECT_FALSE(memory.place(returning(3), 6, {}));
    memory.free(b);
    memory.free(c);
}

TEST(CodeMemoryTest, WritesIntoAPlacedBlock) {
    CodeMemory memory;
    const CodeBlock block = place(memory, 1);
    const int32_t value = 77;
    ASSERT_TRUE(memory.write(block, 1, std::as_bytes(std::span<const int32_t>(&value, 1))));
    EXPECT_EQ(run(block), 77);
    EXPECT_EQ(rightsOf(block.address), "r-xp");
    memory.free(block);
}

TEST(CodeMemoryTest, Probes) {
    CodeMemory memory;
    EXPECT_TRUE(memory.probe());
    EXPECT_EQ(memory.statistics().blocks, 0u);
}

// Pages from `from` on that take memory.
size_t residentPages(const std::byte* from, size_t bytes) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    auto* first = reinterpret_cast<std::byte*>(reinterpret_cast<uintptr_t>(from) / page * page);
    std::vector<unsigned char> pages((bytes + page - 1) / page);
    EXPECT_EQ(mincore(first, bytes, pages.data()), 0);
    return static_cast<size_t>(std::count_if(pages.begin(), pages.end(), [](unsigned char c) { return (c & 1) != 0; }));
}

TEST(CodeMemoryTest, LongLivedFunctionDoesNotKeepThePagesAroundIt) {
    constexpr size_t kSize = 8192;
    CodeMemory memory;
    std::vector<CodeBlock> blocks;
    for (int32_t i = 0; i < 31; ++i) {
        blocks.push_back(place(memory, i, kSize));
    }
    const size_t before = residentPages(blocks[0].address, 31 * kSize);
    for (size_t i = 0; i + 1 < blocks.size(); ++i) {
        memory.free(blocks[i]);
    }
    EXPECT_EQ(before, 62);
    EXPECT_LE(residentPages(blocks[0].address, 31 * kSize), before / 2);
    EXPECT_EQ(run(blocks.back()), 30);
    memory.free(blocks.back());
}

// A seccomp filter that answers EPERM to mprotect(…, PROT_EXEC), as systemd's MemoryDenyWriteExecute does.
bool forbidMakingMemoryExecutable() {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter = {sizeof program / sizeof program[0], program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(CodeMemoryTest, RefusedExecutionIsAnErrorWithAReason) {
    enum { kGood, kWrongKind, kWrongMessage, kLeak, kNoFilter };
    const pid_t child = fork();
    if (child == 0) {
        if (!forbidMakingMemoryExecutable()) {
            _exit(kNoFilter);
        }
        CodeMemory memory;
        auto probed = memory.probe();
        if (probed || probed.error().kind != CodeMemoryErrorKind::ExecutionRefused) {
            _exit(kWrongKind);
        }
        if (probed.error().message.find("SELinux") == std::string::npos) {
            _exit(kWrongMessage);
        }
        _exit(memory.statistics().slabs == 0 ? kGood : kLeak);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoFilter) {
        GTEST_SKIP() << "seccomp filters are not allowed here";
    }
    EXPECT_EQ(status, kGood);
}

TEST(CodeMemoryTest, CodeStaysWhenExecutionIsForbiddenLater) {
    enum { kGood, kWrongKind, kLost, kWritable, kNoFilter };
    const pid_t child = fork();
    if (child == 0) {
        CodeMemory memory;
        const CodeBlock first = place(memory, 11);
        const CodeBlock second = place(memory, 22);
        if (!forbidMakingMemoryExecutable()) {
            _exit(kNoFilter);
        }
        auto refused = memory.place(returning(33), 6, {});
        if (refused || refused.error().kind != CodeMemoryErrorKind::ExecutionRefused) {
            _exit(kWrongKind);
        }
        const int32_t value = 44;
        if (memory.write(first, 1, std::as_bytes(std::span<const int32_t>(&value, 1)))) {
            _exit(kWrongKind);
        }
        if (rightsOf(first.address) != "r-xp") {
            _exit(kWritable);
        }
        const bool kept = run(first) == 11 && run(second) == 22;
        memory.free(second);
        memory.free(first);
        _exit(kept ? kGood : kLost);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoFilter) {
        GTEST_SKIP() << "seccomp filters are not allowed here";
    }
    EXPECT_EQ(status, kGood);
}

}  // namespace
}  // namespace pyjion::clr
