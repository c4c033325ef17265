// SPDX-License-Identifier: MIT
// The seven functions of ICorJitHost over malloc, a pool of mapped slabs, and a map of settings.
#include "clr/host.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace pyjion::clr {

namespace {

/// The JIT does not look at what it gets: it is unwound instead, like by an answer that there is not.
void* allocateMemory(HostObject*, size_t size) {
    void* memory = std::malloc(size ? size : 1);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
void freeMemory(HostObject*, void* memory) {
    std::free(memory);
}
void freeStringConfig(HostObject*, const char*) {}  // strings belong to the Host

// Mapped rather than malloc'ed: what a huge method needed must really go back to the system afterwards. All pages at
// once: the JIT fills its slabs. It does not look at them either.
void* mapSlab(size_t size) {
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
    void* slab = mmap(nullptr, size, PROT_READ | PROT_WRITE, kFlags, -1, 0);
    if (slab == MAP_FAILED) {
        throw std::bad_alloc();
    }
    return slab;
}

}  // namespace

const HostTable Host::kTable = {allocateMemory,   freeMemory,     Host::intConfig, Host::stringConfig,
                                freeStringConfig, Host::takeSlab, Host::giveSlab};

Host::Host(const JitConfig& config) : HostObject{&kTable}, config_(config) {}

int Host::intConfig(HostObject* self, const char* name, int fallback) {
    const JitConfig& config = static_cast<Host*>(self)->config_;
    auto found = config.find(name);
    return found == config.end() ? fallback : std::atoi(found->second.c_str());
}

const char* Host::stringConfig(HostObject* self, const char* name) {
    const JitConfig& config = static_cast<Host*>(self)->config_;
    auto found = config.find(name);
    return found == config.end() ? nullptr : found->second.c_str();
}

void* Host::takePooled() {
    FreeSlab* slab = pool_;
    pool_ = slab->next;
    --pooled_;
    return slab;
}

void* Host::takeSlab(HostObject* self, size_t size, size_t* actualSize) {
    Host& host = *static_cast<Host*>(self);
    ForkMutex::Lock lock(host.mutex_);
    *actualSize = (size + kSlabSize - 1) / kSlabSize * kSlabSize;
    void* slab = nullptr;
    if (*actualSize == kSlabSize && host.pool_ != nullptr) {
        slab = host.takePooled();
    } else {
        slab = mapSlab(*actualSize);
    }
    ++host.slabsInUse_;
    host.mostInUse_ = std::max(host.mostInUse_, host.slabsInUse_);
    if (host.slabsInUse_ % kSlabsBetweenReleases == 0) {
        // Small methods are no occasion: to map the pages again would take longer than it takes to compile them.
        LibraryPages::releaseAll(host.libraries_);
    }
    return slab;
}

void Host::giveSlab(HostObject* self, void* slab, size_t size) {
    Host& host = *static_cast<Host*>(self);
    ForkMutex::Lock lock(host.mutex_);
    --host.slabsInUse_;
    if (size == kSlabSize) {
        host.pool_ = new (slab) FreeSlab{host.pool_};
        ++host.pooled_;
    } else {
        munmap(slab, size);
    }
}

/// At most so many slabs, as far as they lie side by side: each call of the system makes all processors forget what
/// they know about mappings.
void Host::unmapRun(size_t most) {
    char* first = static_cast<char*>(takePooled());
    char* end = first + kSlabSize;
    for (size_t taken = 1; taken < most; ++taken) {
        char* next = reinterpret_cast<char*>(pool_);
        if (next == end) {
            end += kSlabSize;
        } else if (next + kSlabSize == first) {
            first = next;
        } else {
            break;
        }
        takePooled();
    }
    munmap(first, static_cast<size_t>(end - first));
}

void Host::trim() {
    ForkMutex::Lock lock(mutex_);
    const size_t wanted = std::max(mostInUse_, kept_ * 3 / 4);
    kept_ = std::clamp(wanted, kLeastBytesKept / kSlabSize, kMostBytesKept / kSlabSize);
    mostInUse_ = slabsInUse_;
    while (pooled_ > kept_) {
        unmapRun(pooled_ - kept_);
    }
}

}  // namespace pyjion::clr
