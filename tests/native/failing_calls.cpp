// SPDX-License-Identifier: MIT
// For tests, by LD_PRELOAD: memory, mappings, protections and files that pyjion, the .NET JIT and the C++ library ask
// for can be made to fail, one call or a stretch of calls. Calls of everybody else go through.
//
// Also, on request: CPython's own allocators, whoever uses them.
// Both spellings of the functions are defined here: headers must not make one of the other.
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

// The C library's own entries, which nobody else puts functions over.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
}

namespace {

struct Range {
    uintptr_t start;
    uintptr_t end;
};
constexpr size_t kMostRanges = 16;
Range ranges[kMostRanges];
size_t rangeCount = 0;

// Calls are counted while `armed`; those from number `first` to number `last` fail.
bool armed = false;
std::atomic<long> calls = 0;  // those of the thread that compiles in the background too
long first = 0;
long last = 0;
const char* failed = "";

/// What counts besides: CPython's own memory; and whether memory of the heap does.
enum Mode { kRequests = 0, kAndPythonMemory = 1, kWithoutHeap = 2 };
int mode = kRequests;

bool isHeap(const char* what) {
    return std::strstr(what, "alloc") != nullptr || std::strstr(what, "memalign") != nullptr;
}

int noteLibrary(dl_phdr_info* info, size_t, void*) {
    const char* name = info->dlpi_name;
    const bool ours = std::strstr(name, "/_native.") != nullptr || std::strstr(name, "/libclrjit.so") != nullptr ||
                      std::strstr(name, "/libstdc++.so") != nullptr;
    for (int i = 0; ours && i < info->dlpi_phnum && rangeCount < kMostRanges; ++i) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) {
            const uintptr_t start = info->dlpi_addr + header.p_vaddr;
            ranges[rangeCount++] = {start, start + header.p_memsz};
        }
    }
    return 0;
}

bool count(const char* what) {
    const long number = ++calls;
    if (number < first || number > last) {
        return false;
    }
    failed = what;
    return true;
}

bool fails(const char* what, const void* caller) {
    if (!armed || (mode == kWithoutHeap && isHeap(what))) {
        return false;
    }
    const auto address = reinterpret_cast<uintptr_t>(caller);
    for (size_t i = 0; i < rangeCount; ++i) {
        if (address >= ranges[i].start && address < ranges[i].end) {
            return count(what);
        }
    }
    return false;
}

template <typename Result>
Result fail(int error, Result result) {
    errno = error;
    return result;
}

// -- CPython's allocators: the structure of PyMemAllocatorEx

struct Allocator {
    void* context;
    void* (*malloc)(void*, size_t);
    void* (*calloc)(void*, size_t, size_t);
    void* (*realloc)(void*, void*, size_t);
    void (*free)(void*, void*);
};
constexpr int kDomains = 3;
Allocator replaced[kDomains];

bool failsForPython() {
    return armed && mode == kAndPythonMemory && count("Python memory");
}

void* pythonMalloc(void* context, size_t size) {
    auto* allocator = static_cast<Allocator*>(context);
    return failsForPython() ? nullptr : allocator->malloc(allocator->context, size);
}
void* pythonCalloc(void* context, size_t number, size_t size) {
    auto* allocator = static_cast<Allocator*>(context);
    return failsForPython() ? nullptr : allocator->calloc(allocator->context, number, size);
}
void* pythonRealloc(void* context, void* memory, size_t size) {
    auto* allocator = static_cast<Allocator*>(context);
    return failsForPython() ? nullptr : allocator->realloc(allocator->context, memory, size);
}
void pythonFree(void* context, void* memory) {
    auto* allocator = static_cast<Allocator*>(context);
    allocator->free(allocator->context, memory);
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

/// From now on calls are counted, and number `from` to number `from + length - 1` fail.
EXPORTED void failing_arm(long from, long length, int what) {
    rangeCount = 0;
    dl_iterate_phdr(noteLibrary, nullptr);
    calls = 0;
    first = from;
    last = from + length - 1;
    failed = "";
    mode = what;
    armed = true;
}

/// All goes well again. Returns how many calls were counted.
EXPORTED long failing_disarm() {
    armed = false;
    return calls;
}

/// What failed last since arming.
EXPORTED const char* failing_what() {
    return failed;
}

/// Puts CPython's allocators under control too. Once.
EXPORTED int failing_take_python() {
    using Access = void (*)(int, Allocator*);
    const auto get = reinterpret_cast<Access>(dlsym(RTLD_DEFAULT, "PyMem_GetAllocator"));
    const auto set = reinterpret_cast<Access>(dlsym(RTLD_DEFAULT, "PyMem_SetAllocator"));
    if (get == nullptr || set == nullptr) {
        return 0;
    }
    for (int domain = 0; domain < kDomains; ++domain) {
        get(domain, &replaced[domain]);
        Allocator ours = {&replaced[domain], pythonMalloc, pythonCalloc, pythonRealloc, pythonFree};
        set(domain, &ours);
    }
    return 1;
}

EXPORTED void* malloc(size_t size) {
    return fails("malloc", CALLER) ? fail<void*>(ENOMEM, nullptr) : __libc_malloc(size);
}
EXPORTED void* calloc(size_t number, size_t size) {
    return fails("calloc", CALLER) ? fail<void*>(ENOMEM, nullptr) : __libc_calloc(number, size);
}
EXPORTED void* realloc(void* memory, size_t size) {
    return fails("realloc", CALLER) ? fail<void*>(ENOMEM, nullptr) : __libc_realloc(memory, size);
}
EXPORTED void* aligned_alloc(size_t alignment, size_t size) {
    return fails("aligned_alloc", CALLER) ? fail<void*>(ENOMEM, nullptr) : __libc_memalign(alignment, size);
}
EXPORTED int posix_memalign(void** result, size_t alignment, size_t size) {
    *result = fails("posix_memalign", CALLER) ? nullptr : __libc_memalign(alignment, size);
    return *result != nullptr ? 0 : ENOMEM;
}

EXPORTED void* mmap(void* address, size_t size, int protection, int flags, int file, off_t offset) {
    if (fails("mmap", CALLER)) {
        return fail(ENOMEM, MAP_FAILED);
    }
    return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}
EXPORTED void* mmap64(void* address, size_t size, int protection, int flags, int file, off_t offset) {
    if (fails("mmap", CALLER)) {
        return fail(ENOMEM, MAP_FAILED);
    }
    return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}
EXPORTED int mprotect(void* address, size_t size, int protection) {
    return fails("mprotect", CALLER) ? fail(ENOMEM, -1)
                                     : static_cast<int>(syscall(SYS_mprotect, address, size, protection));
}
EXPORTED int munmap(void* address, size_t size) {
    return fails("munmap", CALLER) ? fail(ENOMEM, -1) : static_cast<int>(syscall(SYS_munmap, address, size));
}
EXPORTED int madvise(void* address, size_t size, int advice) {
    return fails("madvise", CALLER) ? fail(ENOMEM, -1) : static_cast<int>(syscall(SYS_madvise, address, size, advice));
}

EXPORTED void* dlopen(const char* path, int mode) {
    static const auto real = reinterpret_cast<void* (*)(const char*, int)>(dlsym(RTLD_NEXT, "dlopen"));
    // What the loader says then is about no file at all.
    return fails("dlopen", CALLER) ? real("/nowhere/at/all.so", RTLD_NOW) : real(path, mode);
}
EXPORTED std::FILE* fopen64(const char* path, const char* mode) {
    static const auto real = reinterpret_cast<std::FILE* (*)(const char*, const char*)>(dlsym(RTLD_NEXT, "fopen64"));
    return fails("fopen", CALLER) ? fail<std::FILE*>(EMFILE, nullptr) : real(path, mode);
}
EXPORTED int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return fails("open", CALLER) ? fail(EMFILE, -1)
                                 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
