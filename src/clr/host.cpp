// SPDX-License-Identifier: MIT
// The seven functions of ICorJitHost over malloc, a pool of mapped slabs, and a map of settings.
#include "clr/host.h"

#include <sys/mman.h>

#include <cstdlib>

namespace pyjion::clr {

namespace {

void* allocateMemory(HostObject*, size_t size) {
    return std::malloc(size ? size : 1);
}
void freeMemory(HostObject*, void* memory) {
    std::free(memory);
}
void freeStringConfig(HostObject*, const char*) {}  // strings belong to the Host

// Mapped rather than malloc'ed: what a huge method needed must really go back to the system afterwards.
void* mapSlab(size_t size) {
    void* slab = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return slab == MAP_FAILED ? nullptr : slab;
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

void* Host::takeSlab(HostObject* self, size_t size, size_t* actualSize) {
    Host& host = *static_cast<Host*>(self);
    ForkMutex::Lock lock(host.mutex_);
    *actualSize = (size + kSlabSize - 1) / kSlabSize * kSlabSize;
    void* slab = nullptr;
    if (*actualSize == kSlabSize && !host.pool_.empty()) {
        slab = host.pool_.back();
        host.pool_.pop_back();
    } else {
        slab = mapSlab(*actualSize);
    }
    host.slabsInUse_ += slab != nullptr;
    return slab;
}

void Host::giveSlab(HostObject* self, void* slab, size_t size) {
    Host& host = *static_cast<Host*>(self);
    ForkMutex::Lock lock(host.mutex_);
    --host.slabsInUse_;
    if (size == kSlabSize) {
        host.pool_.push_back(slab);
    } else {
        munmap(slab, size);
    }
}

void Host::trim() {
    ForkMutex::Lock lock(mutex_);
    while (pool_.size() > kPoolBytesKept / kSlabSize) {
        munmap(pool_.back(), kSlabSize);
        pool_.pop_back();
    }
}

}  // namespace pyjion::clr
