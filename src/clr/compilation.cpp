// SPDX-License-Identifier: MIT
// Handles, signatures, pool keys and the scratch buffer of one compile.
#include "clr/compilation.h"

#include <cstring>
#include <limits>

#include "base/check.h"
#include "cil/encode.h"
#include "clr/jit_helpers.h"

namespace pyjion::clr {

namespace {

size_t alignUp(size_t value, size_t alignment) {
    return (value + alignment - 1) & ~(alignment - 1);
}

// Strictest alignment that the JIT may ask for.
constexpr size_t kImageAlignment = 64;

uint16_t checkedCount(size_t count) {
    if (count > std::numeric_limits<uint16_t>::max()) {
        abortCompile(CompileErrorKind::BadIl, fmt::format("{} locals or arguments are more than CIL can have", count));
    }
    return static_cast<uint16_t>(count);
}

}  // namespace

CorType corType(cil::Type type) {
    switch (type) {
        case cil::Type::Void:
            return CorType::Void;
        case cil::Type::Int32:
            return CorType::Int;
        case cil::Type::Int64:
            return CorType::Long;
        case cil::Type::NativeInt:
            return CorType::NativeInt;
        case cil::Type::Double:
            return CorType::Double;
    }
    return CorType::Undefined;
}

void abortCompile(CompileErrorKind kind, std::string message) {
    throw CompileAbort{{kind, std::move(message)}};
}

void ScratchImage::allocate(size_t codeSize, size_t roDataSize, size_t poolWords) {
    roDataOffset_ = alignUp(codeSize, roDataSize ? kImageAlignment : sizeof(uint64_t));
    poolOffset_ = alignUp(roDataOffset_ + roDataSize, sizeof(uint64_t));
    size_ = poolOffset_ + poolWords * sizeof(uint64_t);
    storage_ = std::make_unique_for_overwrite<std::byte[]>(size_ + kImageAlignment);
    base_ = reinterpret_cast<std::byte*>(alignUp(reinterpret_cast<size_t>(storage_.get()), kImageAlignment));
    // The JIT may use less than it asked for; what it leaves must not depend on the heap's contents.
    std::memset(base_, 0xcc, size_);
}

bool ScratchImage::contains(const void* address) const {
    const auto* place = static_cast<const std::byte*>(address);
    return base_ && place >= base_ && place <= base_ + size_;
}

Compilation::Compilation(const MethodSource& source, const CompileOptions& options)
    : source_(source), options_(options) {}

void Compilation::fillSignature(SignatureInfo& info, const cil::Signature& signature, uint32_t token) {
    info = {};
    info.callConvention = kDefaultConvention;
    info.resultType = corType(signature.result);
    info.argumentCount = checkedCount(signature.params.size());
    info.arguments = signature.params.data();
    info.token = token;
}

MethodInfo Compilation::methodInfo() const {
    MethodInfo info = {};
    info.method = ownHandle();
    info.scope = reinterpret_cast<ModuleHandle>(this);
    info.il = source_.il.data();
    info.ilSize = static_cast<uint32_t>(source_.il.size());
    info.maxStack = source_.maxStack;
    fillSignature(info.arguments, *source_.signature, 0);
    info.locals.callConvention = kLocalSignature;
    info.locals.flags = kLocalSignatureFlag;
    info.locals.argumentCount = checkedCount(source_.locals.size());
    info.locals.arguments = source_.locals.data();
    return info;
}

const cil::Method& Compilation::callee(MethodHandle handle) const {
    const auto* method = reinterpret_cast<const cil::Method*>(handle);
    PYJION_CHECK(method >= source_.methods.data() && method < source_.methods.data() + source_.methods.size(),
                 "the JIT asks about a method that it was not given");
    return *method;
}

const cil::Method& Compilation::calleeOfToken(uint32_t token) const {
    const uint32_t index = token - cil::kMethodTokenBase;
    if (index >= source_.methods.size()) {
        abortCompile(CompileErrorKind::BadIl, fmt::format("no method has the token {:#x}", token));
    }
    return source_.methods[index];
}

const cil::Signature& Compilation::signatureOfToken(uint32_t token) const {
    const uint32_t index = token - cil::kSignatureTokenBase;
    if (index >= source_.signatures.size()) {
        abortCompile(CompileErrorKind::BadIl, fmt::format("no signature has the token {:#x}", token));
    }
    return source_.signatures[index];
}

std::string_view Compilation::nameOf(MethodHandle handle) const {
    return isOwnHandle(handle) ? source_.name : std::string_view(callee(handle).name);
}

const void* Compilation::cellAddress(cil::PoolId entry) const {
    return reinterpret_cast<const void*>(cil::poolKey(entry));
}

const void* Compilation::helperCell(uint32_t helper) {
    const JitHelper* row = findJitHelper(helper);
    if (!row || !row->function) {
        abortCompile(CompileErrorKind::MissingHelper,
                     fmt::format("the code needs the runtime's helper {} ({})", row ? row->name : "?", helper));
    }
    size_t index = 0;
    while (index < helpers.size() && helpers[index] != helper) {
        ++index;
    }
    if (index == helpers.size()) {
        helpers.push_back(helper);
    }
    return cellAddress(cil::PoolId(static_cast<uint32_t>(source_.pool.size() + index)));
}

bool Compilation::isPoolKey(const void* address) const {
    const size_t words = source_.pool.size() + jitHelperCellLimit();
    const auto key = reinterpret_cast<uint64_t>(address);
    return key >= cil::kPoolBase && key < cil::kPoolBase + words * cil::kPoolStride;
}

void Compilation::startImage(AllocMemArgs& args) {
    if (args.coldCodeSize || args.handlerCount) {
        abortCompile(CompileErrorKind::UnexpectedQuestion, "the JIT wants room for cold code or exception handlers");
    }
    roDataSize = args.roDataSize;
    image.allocate(args.hotCodeSize, args.roDataSize, source_.pool.size() + jitHelperCellLimit());
    // The JIT writes read-only data at its distance from the code, not through roDataBlockRW: one buffer, one address.
    args.hotCodeBlock = args.hotCodeBlockRW = image.base();
    args.coldCodeBlock = args.coldCodeBlockRW = nullptr;
    args.roDataBlock = args.roDataBlockRW = args.roDataSize ? image.base() + image.roDataOffset() : nullptr;
}

void Compilation::bindRelocation(void* location, const void* target, uint16_t type, int32_t delta) {
    const auto* destination = static_cast<const std::byte*>(target);
    if (isPoolKey(target)) {
        destination = image.base() + image.poolOffset() + (reinterpret_cast<uint64_t>(target) - cil::kPoolBase);
    }
    if (type != kRelocationRel32 || !image.contains(destination)) {
        abortCompile(CompileErrorKind::AbsoluteAddress,
                     fmt::format("relocation of type {:#x} against the address {}", type, target));
    }
    auto* place = static_cast<std::byte*>(location);
    const auto displacement = static_cast<int32_t>(destination + delta - (place + sizeof(int32_t)));
    std::memcpy(place, &displacement, sizeof displacement);
}

}  // namespace pyjion::clr
