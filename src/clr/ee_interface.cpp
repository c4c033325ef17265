// SPDX-License-Identifier: MIT
// Our answers to the JIT's questions, and the table of them. Parameters are those of ICorJitInfo of .NET 10.
#include "clr/ee_interface.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/check.h"

namespace pyjion::clr {

namespace {

// Large enough that no frame gets a stack probe; frames are refused by size instead (see Compiler).
constexpr size_t kHugePage = size_t{1} << 30;
constexpr size_t kMaxUncheckedNullOffset = 4095;

const char kClassTag[] = "pyjion";
ClassHandle theClass() {
    return reinterpret_cast<ClassHandle>(kClassTag);
}

// Protocol of the print… questions: writes what fits, NUL-terminated, and says how much would have been needed.
size_t printName(std::string_view name, char* buffer, size_t size, size_t* required) {
    if (required) {
        *required = name.size() + 1;
    }
    if (!buffer || size == 0) {
        return 0;
    }
    const size_t count = std::min(name.size(), size - 1);
    std::memcpy(buffer, name.data(), count);
    buffer[count] = 0;
    return count;
}

// -- the method and its callees

uint32_t calleeAttributes(const cil::Method& method) {
    return kMethodStatic | kMethodDontInline | (method.isIntrinsic() ? uint32_t{kMethodIntrinsic} : 0);
}

uint32_t getMethodAttribs(EeObject* self, MethodHandle method) {
    const Compilation& compilation = *self->compilation;
    return compilation.isOwnHandle(method) ? uint32_t{kMethodStatic} : calleeAttributes(compilation.callee(method));
}

void setMethodAttribs(EeObject* self, MethodHandle, uint32_t flags) {
    self->compilation->switchedToMinOpts |= (flags & kSwitchedToMinOpts) != 0;
}

void getMethodSig(EeObject* self, MethodHandle method, SignatureInfo* out, ClassHandle) {
    const Compilation& compilation = *self->compilation;
    const bool own = compilation.isOwnHandle(method);
    Compilation::fillSignature(*out, own ? *compilation.source().signature : compilation.callee(method).signature, 0);
}

ClassHandle getMethodClass(EeObject*, MethodHandle) {
    return theClass();
}

void resolveToken(EeObject* self, ResolvedToken* token) {
    token->classHandle = theClass();
    token->methodHandle = reinterpret_cast<MethodHandle>(&self->compilation->calleeOfToken(token->token));
    token->fieldHandle = nullptr;
    token->typeSpec = token->methodSpec = nullptr;
    token->typeSpecSize = token->methodSpecSize = 0;
}

void findSig(EeObject* self, ModuleHandle, uint32_t token, ContextHandle, SignatureInfo* out) {
    Compilation::fillSignature(*out, self->compilation->signatureOfToken(token), token);
}

// The JIT passes uninitialised memory: every byte is written.
void getCallInfo(EeObject* self, ResolvedToken* token, ResolvedToken*, MethodHandle, uint32_t, CallInfo* out) {
    const cil::Method& method = self->compilation->callee(token->methodHandle);
    std::memset(static_cast<void*>(out), 0, sizeof *out);
    out->method = token->methodHandle;
    out->methodFlags = calleeAttributes(method);
    Compilation::fillSignature(out->signature, method.signature, token->token);
    out->context = reinterpret_cast<ContextHandle>(token->methodHandle);
}

void getFunctionEntryPoint(EeObject* self, MethodHandle handle, ConstLookup* out, uint32_t) {
    const cil::Method& method = self->compilation->callee(handle);
    if (!method.cell.valid()) {
        abortCompile(CompileErrorKind::MissingHelper,
                     fmt::format("{}.{}.{} is no instruction on this processor, and there is no function for it",
                                 method.intrinsicNamespace, method.intrinsicClass, method.intrinsicMethod));
    }
    *out = {kThroughCell, self->compilation->cellAddress(method.cell)};
}

void getHelperFtn(EeObject* self, uint32_t helper, ConstLookup* out, MethodHandle* method) {
    *out = {kThroughCell, self->compilation->helperCell(helper)};
    if (method) {
        *method = nullptr;
    }
}

const char* getMethodNameFromMetadata(EeObject* self, MethodHandle handle, const char** className,
                                      const char** namespaceName, const char** enclosing, size_t maxEnclosing) {
    const Compilation& compilation = *self->compilation;
    const cil::Method* method = compilation.isOwnHandle(handle) ? nullptr : &compilation.callee(handle);
    const bool named = method && method->isIntrinsic();
    if (className) {
        *className = named ? method->intrinsicClass.c_str() : nullptr;
    }
    if (namespaceName) {
        *namespaceName = named ? method->intrinsicNamespace.c_str() : nullptr;
    }
    for (size_t i = 0; i < maxEnclosing; ++i) {
        enclosing[i] = nullptr;
    }
    return named ? method->intrinsicMethod.c_str() : nullptr;
}

size_t printMethodName(EeObject* self, MethodHandle method, char* buffer, size_t size, size_t* required) {
    return printName(self->compilation->nameOf(method), buffer, size, required);
}

size_t printClassName(EeObject*, ClassHandle, char* buffer, size_t size, size_t* required) {
    return printName(kClassTag, buffer, size, required);
}

// -- arguments and locals: an argument list is a pointer into a vector of cil::Type

const void* getArgNext(EeObject*, const void* list) {
    return static_cast<const cil::Type*>(list) + 1;
}

uint32_t getArgType(EeObject*, SignatureInfo*, const void* list, ClassHandle* valueClass) {
    *valueClass = nullptr;
    return static_cast<uint32_t>(corType(*static_cast<const cil::Type*>(list)));
}

// -- the compile's circumstances

void getEEInfo(EeObject*, EeInfo* out) {
    *out = {};
    out->osPageSize = kHugePage;
    out->maxUncheckedNullOffset = kMaxUncheckedNullOffset;
    out->targetAbi = kAbiWithCfiRecords;
    out->osType = kOsUnix;
}

uint32_t getJitFlags(EeObject* self, JitFlags* out, uint32_t size) {
    PYJION_CHECK(size == sizeof *out, "the JIT's flags have {} bytes", size);
    const CompileOptions& options = self->compilation->options();
    const auto words = instructionSetBits(options.cpu);
    out->flags = uint64_t{1} << (options.optimise ? kFlagTier1 : kFlagMinOpts);
    if (options.debugInfo) {
        out->flags |= uint64_t{1} << kFlagDebugInfo;
    }
    out->instructionSets[0] = words[0];
    out->instructionSets[1] = words[1];
    return sizeof *out;
}

bool notifyInstructionSetUsage(EeObject*, uint32_t, bool supported) {
    return supported;
}

// Whatever `function` throws must go on its way: the JIT's own errors travel as exceptions too.
bool runWithErrorTrap(EeObject*, void (*function)(void*), void* argument) {
    function(argument);
    return true;
}
constexpr auto runWithSPMIErrorTrap = runWithErrorTrap;

void reportFatalError(EeObject* self, uint32_t) {
    ++self->compilation->fatalErrors;
}

// -- debug information

void* allocateArray(EeObject*, size_t size) {
    void* array = std::malloc(size ? size : 1);
    if (array == nullptr) {
        throw std::bad_alloc();
    }
    return array;
}
void freeArray(EeObject*, void* array) {
    std::free(array);
}

void getBoundaries(EeObject* self, MethodHandle, uint32_t* count, uint32_t** offsets, uint32_t* implicit) {
    const auto wanted = self->compilation->source().boundaries;
    *count = static_cast<uint32_t>(wanted.size());
    *offsets = nullptr;
    *implicit = 0;
    if (!wanted.empty()) {
        *offsets = static_cast<uint32_t*>(allocateArray(self, wanted.size_bytes()));
        std::memcpy(*offsets, wanted.data(), wanted.size_bytes());
    }
}

void setBoundaries(EeObject* self, MethodHandle, uint32_t count, OffsetMapping* map) {
    const std::unique_ptr<OffsetMapping, decltype(&std::free)> owned(map, std::free);
    self->compilation->map.assign(map, map + count);
}

void getVars(EeObject*, MethodHandle, uint32_t* count, void** variables, bool* extendOthers) {
    *count = 0;
    *variables = nullptr;
    // Every variable has a scope: without any, the JIT fails inside and falls back to MinOpts as soon as it has found
    // a place of a variable to report.
    *extendOthers = true;
}

void setVars(EeObject* self, MethodHandle, uint32_t, void* variables) {
    freeArray(self, variables);
}

// -- results

void allocMem(EeObject* self, AllocMemArgs* args) {
    self->compilation->startImage(*args);
}

void allocUnwindInfo(EeObject* self, uint8_t*, uint8_t*, uint32_t, uint32_t, uint32_t size, const uint8_t* records,
                     uint32_t) {
    self->compilation->unwindRecords.assign(records, records + size);
}

void* allocGCInfo(EeObject* self, size_t size) {
    auto& blocks = self->compilation->gcInfo;
    blocks.push_back(std::make_unique<std::byte[]>(size));
    return blocks.back().get();
}

void recordRelocation(EeObject* self, void*, void* location, void* target, uint16_t type, int32_t delta) {
    self->compilation->bindRelocation(location, target, type, delta);
}

uint16_t getRelocTypeHint(EeObject* self, void* target) {
    Compilation& compilation = *self->compilation;
    const bool near = compilation.isPoolKey(target) || compilation.image.contains(target);
    return near ? kRelocationRel32 : kRelocationNoHint;
}

// -- the table

// The other arguments are in registers and on the caller's stack: a function of this ABI may ignore them.
template <uint64_t kAnswer>
uint64_t constantAnswer() {
    return kAnswer;
}

template <int kSlot>
void unknownQuestion() {
    abortCompile(CompileErrorKind::UnexpectedQuestion,
                 fmt::format("the JIT asked the unexpected question {}", eeSlotName(kSlot)));
}

enum Slot : int {
#define EE_ANSWERED(name) kSlot_##name,
#define EE_CONSTANT(name, value) kSlot_##name,
#define EE_UNKNOWN(name) kSlot_##name,
#include "clr/ee_slots.def"
#undef EE_ANSWERED
#undef EE_CONSTANT
#undef EE_UNKNOWN
    kSlotCount
};
static_assert(kSlotCount == kEeSlotCount);
static_assert(kSlot_isIntrinsic == 0 && kSlot_findSig == 32 && kSlot_getBoundaries == 103);
static_assert(kSlot_getHelperFtn == 129 && kSlot_getCallInfo == 144 && kSlot_allocMem == 160);
static_assert(kSlot_recordRelocation == 172 && kSlot_getJitFlags == 175);

const EeSlot kTable[] = {
#define EE_ANSWERED(name) reinterpret_cast<EeSlot>(name),
#define EE_CONSTANT(name, value) reinterpret_cast<EeSlot>(&constantAnswer<value>),
#define EE_UNKNOWN(name) &unknownQuestion<kSlot_##name>,
#include "clr/ee_slots.def"
#undef EE_ANSWERED
#undef EE_CONSTANT
#undef EE_UNKNOWN
};

const char* const kSlotNames[] = {
#define EE_ANSWERED(name) #name,
#define EE_CONSTANT(name, value) #name,
#define EE_UNKNOWN(name) #name,
#include "clr/ee_slots.def"
#undef EE_ANSWERED
#undef EE_CONSTANT
#undef EE_UNKNOWN
};

}  // namespace

EeObject::EeObject(Compilation& compilation) : table(kTable), compilation(&compilation) {}

const char* eeSlotName(int slot) {
    return kSlotNames[slot];
}

}  // namespace pyjion::clr
