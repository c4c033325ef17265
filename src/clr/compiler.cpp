// SPDX-License-Identifier: MIT
// Runs one compile and turns what the JIT left behind into NativeCode.
#include "clr/compiler.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>

#include "base/check.h"
#include "clr/ee_interface.h"
#include "clr/jit_helpers.h"
#include "clr/unwind.h"

namespace pyjion::clr {

namespace {

struct AtomicCounters {
    std::atomic<uint64_t> compiles, failures, unrequestedMinOpts, backEndErrors, nanoseconds;
};
AtomicCounters counters;

using Clock = std::chrono::steady_clock;
template <typename T>
using CompileResult = base::Result<T, CompileError>;

base::Failure<CompileError> compileFailure(CompileErrorKind kind, std::string message) {
    return base::fail(CompileError{kind, std::move(message)});
}

base::Failure<CompileError> failureOfJit(uint32_t result) {
    switch (result) {
        case kResultBadCode:
            return compileFailure(CompileErrorKind::BadIl, "the JIT rejects the CIL as invalid");
        case kResultOutOfMemory:
            return compileFailure(CompileErrorKind::OutOfMemory, "no memory for compiling");
        case kResultImplementationLimit:
            return compileFailure(CompileErrorKind::BackEndFailed, "a limit of the JIT is exceeded");
        default:
            return compileFailure(CompileErrorKind::BackEndFailed, fmt::format("the JIT failed ({:#x})", result));
    }
}

// Runs the JIT; returns the size of the machine code.
CompileResult<uint32_t> runJit(CompilerObject* jit, Compilation& compilation) {
    try {
        EeObject ee(compilation);
        MethodInfo method = compilation.methodInfo();
        uint8_t* entry = nullptr;
        uint32_t size = 0;
        const uint32_t result = jit->table->compileMethod(jit, &ee, &method, kFlagsFromCallback, &entry, &size);
        if (result != kResultOk) {
            return failureOfJit(result);
        }
        PYJION_CHECK(entry == reinterpret_cast<uint8_t*>(compilation.image.base()), "code does not start at its entry");
        return size;
    } catch (const CompileAbort& abort) {
        return base::fail(abort.error);
    } catch (const std::bad_alloc&) {
        return compileFailure(CompileErrorKind::OutOfMemory, "no memory for compiling");
    }
}

// Writes the addresses of the JIT's helpers behind the places of the method's own pool entries; returns the size of the
// whole.
uint32_t fillHelperCells(Compilation& compilation) {
    std::byte* place = compilation.image.base() + compilation.image.poolOffset();
    place += compilation.source().pool.size() * sizeof(uint64_t);
    for (uint32_t helper : compilation.helpers) {
        const void* function = findJitHelper(helper)->function;
        std::memcpy(place, &function, sizeof function);
        place += sizeof function;
    }
    return static_cast<uint32_t>(place - compilation.image.base());
}

// A pool key that stands in the code itself instead of in a relocation: nothing would bind it. The JIT does that when
// it shares the keys as constants (its setting JitConstCSE, off by default). `mov r64, imm64` is the only instruction
// that can hold one: REX.W, 0xB8 + register, the number.
bool holdsUnboundKey(const Compilation& compilation, std::span<const std::byte> code) {
    constexpr size_t kMoveSize = 10;
    for (size_t at = 0; at + kMoveSize <= code.size(); ++at) {
        const auto rex = static_cast<uint8_t>(code[at]);
        const auto opcode = static_cast<uint8_t>(code[at + 1]);
        const void* number = nullptr;
        std::memcpy(&number, &code[at + 2], sizeof number);
        if ((rex & 0xfe) == 0x48 && (opcode & 0xf8) == 0xb8 && compilation.isPoolKey(number)) {
            return true;
        }
    }
    return false;
}

std::vector<NativeMapEntry> nativeMap(const std::vector<OffsetMapping>& rows) {
    std::vector<NativeMapEntry> map;
    map.reserve(rows.size());
    for (const OffsetMapping& row : rows) {
        map.push_back({row.nativeOffset, row.ilOffset});
    }
    std::stable_sort(map.begin(), map.end(),
                     [](const auto& a, const auto& b) { return a.nativeOffset < b.nativeOffset; });
    return map;
}

std::shared_ptr<CodeDescription> describe(const Compilation& compilation, uint32_t codeSize, uint32_t imageSize) {
    auto description = std::make_shared<CodeDescription>();
    const MethodSource& source = compilation.source();
    description->name = source.name;
    description->codeSize = codeSize;
    description->roDataOffset = static_cast<uint32_t>(compilation.image.roDataOffset());
    description->roDataSize = compilation.roDataSize;
    description->poolOffset = static_cast<uint32_t>(compilation.image.poolOffset());
    description->imageSize = imageSize;
    description->ownPoolEntries = static_cast<uint32_t>(source.pool.size());
    for (const cil::PoolEntry& entry : source.pool) {
        description->poolNames.push_back(entry.name);
    }
    for (uint32_t helper : compilation.helpers) {
        description->poolNames.push_back(findJitHelper(helper)->name);
    }
    description->map = nativeMap(compilation.map);
    description->optimised = compilation.options().optimise && !compilation.switchedToMinOpts;
    description->internalRetry = compilation.fatalErrors > 0;
    description->switchedToMinOpts = compilation.options().optimise && compilation.switchedToMinOpts;
    return description;
}

CompileErrorKind kindOf(CodeMemoryErrorKind kind) {
    switch (kind) {
        case CodeMemoryErrorKind::LimitReached:
            return CompileErrorKind::CodeMemoryFull;
        case CodeMemoryErrorKind::OutOfMemory:
            return CompileErrorKind::OutOfMemory;
        case CodeMemoryErrorKind::ExecutionRefused:
            return CompileErrorKind::ExecutionRefused;
    }
    return CompileErrorKind::BackEndFailed;
}

CompileResult<GeneratedCode> finish(Compilation& compilation, uint32_t codeSize) {
    auto unwind = readUnwindRecords(compilation.unwindRecords);
    if (!unwind) {
        return compileFailure(CompileErrorKind::BackEndFailed, unwind.error());
    }
    if (unwind->frameBytes > Compiler::kMaxFrameBytes) {
        return compileFailure(
            CompileErrorKind::FrameTooLarge,
            fmt::format("the stack frame has {} bytes, more than {}", unwind->frameBytes, Compiler::kMaxFrameBytes));
    }
    if (holdsUnboundKey(compilation, {compilation.image.base(), codeSize})) {
        return compileFailure(CompileErrorKind::AbsoluteAddress, "the code holds the key of a pool entry as a number");
    }
    auto description = describe(compilation, codeSize, fillHelperCells(compilation));
    description->frameBytes = unwind->frameBytes;
    description->unwindInstructions = std::move(unwind->instructions);
    return GeneratedCode{std::move(compilation.image), std::move(description)};
}

MethodSource sourceOf(const cil::Body& body, const cil::Encoded& encoded) {
    MethodSource source;
    source.name = body.name;
    source.signature = &body.signature;
    source.locals = body.locals;
    source.pool = body.pool;
    source.methods = body.methods;
    source.signatures = body.signatures;
    source.il = encoded.il;
    source.maxStack = encoded.maxStack;
    source.boundaries = encoded.boundaries;
    return source;
}

}  // namespace

CompileCounters compileCounters() {
    return {counters.compiles, counters.failures, counters.unrequestedMinOpts, counters.backEndErrors,
            counters.nanoseconds};
}

CompileResult<GeneratedCode> Compiler::generate(const MethodSource& source, const CompileOptions& options) {
    const Clock::time_point start = Clock::now();
    Compilation compilation(source, options);
    auto codeSize = runJit(library_.jit(), compilation);
    library_.host().trim();
    auto code = codeSize ? finish(compilation, *codeSize) : CompileResult<GeneratedCode>(base::fail(codeSize.error()));
    const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start);
    counters.nanoseconds += static_cast<uint64_t>(elapsed.count());
    counters.backEndErrors += compilation.fatalErrors;
    counters.failures += !code.ok();
    return code;
}

CompileResult<GeneratedCode> Compiler::generate(const cil::Body& body, const cil::Encoded& encoded,
                                                const CompileOptions& options) {
    return generate(sourceOf(body, encoded), options);
}

CompileResult<std::unique_ptr<NativeCode>> Compiler::place(GeneratedCode& code, std::span<const uint64_t> poolValues) {
    PYJION_CHECK(poolValues.size() == code.description->ownPoolEntries, "{} values for {} pool entries",
                 poolValues.size(), code.description->ownPoolEntries);
    std::copy_n(std::as_bytes(poolValues).begin(), poolValues.size_bytes(),
                code.image.base() + code.description->poolOffset);
    auto native = NativeCode::place(memory_, {code.image.base(), code.description->imageSize}, code.description);
    if (!native) {
        ++counters.failures;
        return compileFailure(kindOf(native.error().kind), native.error().message);
    }
    ++counters.compiles;
    counters.unrequestedMinOpts += code.description->switchedToMinOpts;
    return std::move(*native);
}

CompileResult<std::unique_ptr<NativeCode>> Compiler::compile(const MethodSource& source,
                                                             std::span<const uint64_t> poolValues,
                                                             const CompileOptions& options) {
    auto code = generate(source, options);
    return code ? place(*code, poolValues) : CompileResult<std::unique_ptr<NativeCode>>(base::fail(code.error()));
}

CompileResult<std::unique_ptr<NativeCode>> Compiler::compile(const cil::Body& body, const cil::Encoded& encoded,
                                                             std::span<const uint64_t> poolValues,
                                                             const CompileOptions& options) {
    return compile(sourceOf(body, encoded), poolValues, options);
}

}  // namespace pyjion::clr
