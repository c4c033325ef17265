// SPDX-License-Identifier: MIT
#include "clr/library_pages.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace pyjion::clr {
namespace {

const int kConstant = 17;
int variable = 18;

/// Whether this process has the page of the address.
bool isMapped(const void* address) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    std::FILE* file = std::fopen("/proc/self/pagemap", "rb");
    if (file == nullptr) {
        return false;
    }
    uint64_t entry = 0;
    std::fseek(file, static_cast<long>(reinterpret_cast<uintptr_t>(address) / page * sizeof entry), SEEK_SET);
    const bool isRead = std::fread(&entry, sizeof entry, 1, file) == 1;
    std::fclose(file);
    return isRead && (entry >> 63) != 0;
}

TEST(LibraryPagesTest, CodeAndConstantsAreReleasedAndComeBack) {
    variable = 19;
    const volatile int* constant = &kConstant;
    ASSERT_EQ(*constant, 17);
    const LibraryPages pages(&kConstant);
    EXPECT_GT(pages.bytes(), 0u);
    pages.release();
    EXPECT_EQ(*constant, 17);
    EXPECT_EQ(variable, 19);
}

TEST(LibraryPagesTest, ReleasedPagesAreNotInMemory) {
    void* library = dlopen(PYJION_CLRJIT_FOR_TESTS, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr);
    const void* function = dlsym(library, "getJit");
    const volatile auto* byte = static_cast<const volatile unsigned char*>(function);
    const LibraryPages pages(function);
    const unsigned char first = *byte;
    if (!isMapped(function)) {
        GTEST_SKIP() << "the system does not say which pages are mapped";
    }
    pages.release();
    EXPECT_FALSE(isMapped(function));
    EXPECT_EQ(+*byte, +first);
    EXPECT_TRUE(isMapped(function));
    dlclose(library);
}

TEST(LibraryPagesTest, AnAddressOfNoLibraryHasNone) {
    const int onStack = 0;
    const LibraryPages pages(&onStack);
    EXPECT_EQ(pages.bytes(), 0u);
    pages.release();
}

}  // namespace
}  // namespace pyjion::clr
