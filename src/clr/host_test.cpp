// SPDX-License-Identifier: MIT
// What the JIT gets from its host.
#include "clr/host.h"

#include <gtest/gtest.h>

#include <new>

#include "clr/jit_interface.h"

namespace pyjion::clr {
namespace {

constexpr size_t kTooMuch = size_t{1} << 60;

/// The JIT would write to null.
TEST(Host, UnwindsTheJitWhereThereIsNoMemory) {
    Host host({});
    size_t size = 0;
    EXPECT_THROW(host.table->allocateSlab(&host, kTooMuch, &size), std::bad_alloc);
    EXPECT_THROW(host.table->allocateMemory(&host, kTooMuch), std::bad_alloc);
}

TEST(Host, GivesSlabsThatAreLargeEnough) {
    Host host({});
    for (const size_t wanted : {size_t{1}, size_t{64 * 1024}, size_t{200'000}}) {
        size_t size = 0;
        auto* slab = static_cast<char*>(host.table->allocateSlab(&host, wanted, &size));
        ASSERT_GE(size, wanted);
        slab[0] = slab[size - 1] = 1;
        host.table->freeSlab(&host, slab, size);
    }
}

}  // namespace
}  // namespace pyjion::clr
