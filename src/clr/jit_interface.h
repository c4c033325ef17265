// SPDX-License-Identifier: MIT
// The part of the JIT-EE interface of .NET 10 that we speak, declared in our own words: identifiers, numbers,
// structures.
//
// Everything here is the other side's layout: a wrong offset is a wrong program, hence the assertions. Functions of the
// interface are plain function tables (the library uses single inheritance without destructors or RTTI).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pyjion::clr {

/// JIT-EE version identifier of every released .NET 10, as the 16 bytes that getVersionIdentifier writes:
/// 7a8cbc56-9e19-4321-80b9-a0d2c578c945. It is the only thing that tells whether the layouts below are the right ones.
using JitEeGuid = std::array<uint8_t, 16>;
constexpr JitEeGuid kJitEeGuid = {0x56, 0xbc, 0x8c, 0x7a, 0x19, 0x9e, 0x21, 0x43,
                                  0x80, 0xb9, 0xa0, 0xd2, 0xc5, 0x78, 0xc9, 0x45};

// Handles are opaque to the JIT: any non-null pointer of ours will do.
struct MethodOpaque;
struct ClassOpaque;
struct ModuleOpaque;
struct ContextOpaque;
using MethodHandle = const MethodOpaque*;
using ClassHandle = const ClassOpaque*;
using ModuleHandle = const ModuleOpaque*;
using ContextHandle = const ContextOpaque*;

enum class CorType : uint8_t {
    Undefined = 0,
    Void = 1,
    Int = 8,
    Long = 0xA,
    NativeInt = 0xC,
    Double = 0xF,
};

enum CallConvention : uint32_t { kDefaultConvention = 0, kLocalSignature = 7 };
constexpr uint8_t kLocalSignatureFlag = 1;

enum MethodAttribute : uint32_t {
    kMethodStatic = 0x8,
    kMethodIntrinsic = 0x400000,
    kMethodDontInline = 0x10000000,
};

enum MethodRuntimeFlag : uint32_t { kSwitchedToMinOpts = 8 };

enum AccessType : uint32_t { kValue = 0, kThroughCell = 1 };

enum JitFlag : uint32_t { kFlagDebugInfo = 4, kFlagMinOpts = 5, kFlagTier1 = 27 };

enum RelocationType : uint16_t { kRelocationRel32 = 0x10, kRelocationNoHint = 0xFFFF };

enum JitResult : uint32_t {
    kResultOk = 0,
    kResultBadCode = 0x80000001,
    kResultOutOfMemory = 0x80000002,
    kResultInternalError = 0x80000003,
    kResultSkipped = 0x80000004,
    kResultRecoverableError = 0x80000005,
    kResultImplementationLimit = 0x80000006,
};

constexpr uint32_t kMachineAmd64 = 0x8664;
constexpr uint32_t kOsUnix = 1;
/// Unwind information as call-frame records (the NativeAOT form); 0x200 would give Windows unwind codes.
constexpr uint32_t kAbiWithCfiRecords = 0x300;
constexpr uint32_t kClassAlreadyInitialised = 1;

struct SignatureInstantiation {
    uint32_t classCount;
    ClassHandle* classes;
    uint32_t methodCount;
    ClassHandle* methods;
};
static_assert(sizeof(SignatureInstantiation) == 32);

struct SignatureInfo {
    uint32_t callConvention;
    ClassHandle resultClass;
    ClassHandle resultSignatureClass;
    CorType resultType;
    uint8_t flags;
    uint16_t argumentCount;
    SignatureInstantiation instantiation;
    const void* arguments;  // ours: only getArgType and getArgNext look at it
    const uint8_t* bytes;
    uint32_t byteCount;
    void* methodSignature;
    ModuleHandle scope;
    uint32_t token;
};
static_assert(sizeof(SignatureInfo) == 112);
static_assert(offsetof(SignatureInfo, resultType) == 24 && offsetof(SignatureInfo, argumentCount) == 26);
static_assert(offsetof(SignatureInfo, arguments) == 64 && offsetof(SignatureInfo, token) == 104);

struct MethodInfo {
    MethodHandle method;
    ModuleHandle scope;
    const uint8_t* il;
    uint32_t ilSize;
    uint32_t maxStack;
    uint32_t handlerCount;
    uint32_t options;
    uint32_t regionKind;
    SignatureInfo arguments;
    SignatureInfo locals;
};
static_assert(sizeof(MethodInfo) == 272);
static_assert(offsetof(MethodInfo, arguments) == 48 && offsetof(MethodInfo, locals) == 160);

struct ResolvedToken {
    ContextHandle context;
    ModuleHandle scope;
    uint32_t token;
    uint32_t tokenType;
    ClassHandle classHandle;
    MethodHandle methodHandle;
    void* fieldHandle;
    const uint8_t* typeSpec;
    uint32_t typeSpecSize;
    const uint8_t* methodSpec;
    uint32_t methodSpecSize;
};
static_assert(sizeof(ResolvedToken) == 80);
static_assert(offsetof(ResolvedToken, token) == 16 && offsetof(ResolvedToken, methodHandle) == 32);

struct ConstLookup {
    uint32_t accessType;
    const void* address;
};
static_assert(sizeof(ConstLookup) == 16);

struct HelperDescription {
    uint32_t helper;
    uint32_t argumentCount;
    uint64_t arguments[8];
};
static_assert(sizeof(HelperDescription) == 72);

struct CallInfo {
    MethodHandle method;
    uint32_t methodFlags;
    uint32_t classFlags;
    SignatureInfo signature;
    uint32_t accessAllowed;
    HelperDescription calloutHelper;
    uint32_t thisTransform;
    uint32_t kind;
    bool nullInstanceCheck;
    ContextHandle context;
    bool needsRuntimeLookup;
    uint64_t stubLookup[11];
    ConstLookup instantiationParameter;
    bool wrapperDelegateInvoke;
};
static_assert(sizeof(CallInfo) == 352);
static_assert(offsetof(CallInfo, signature) == 16 && offsetof(CallInfo, accessAllowed) == 128);
static_assert(offsetof(CallInfo, calloutHelper) == 136 && offsetof(CallInfo, kind) == 212);
static_assert(offsetof(CallInfo, context) == 224 && offsetof(CallInfo, stubLookup) == 240);
static_assert(offsetof(CallInfo, instantiationParameter) == 328 && offsetof(CallInfo, wrapperDelegateInvoke) == 344);

struct EeInfo {
    uint32_t inlinedCallFrame[9];
    uint32_t threadFrameOffset;
    uint32_t gcStateOffset;
    uint32_t delegateInstanceOffset;
    uint32_t delegateFirstTargetOffset;
    uint32_t wrapperDelegateCellOffset;
    uint32_t reversePInvokeFrameSize;
    size_t osPageSize;
    size_t maxUncheckedNullOffset;
    uint32_t targetAbi;
    uint32_t osType;
};
static_assert(sizeof(EeInfo) == 88);
static_assert(offsetof(EeInfo, osPageSize) == 64 && offsetof(EeInfo, targetAbi) == 80);

struct AllocMemArgs {
    uint32_t hotCodeSize;
    uint32_t coldCodeSize;
    uint32_t roDataSize;
    uint32_t handlerCount;
    uint32_t flags;
    void* hotCodeBlock;
    void* hotCodeBlockRW;
    void* coldCodeBlock;
    void* coldCodeBlockRW;
    void* roDataBlock;
    void* roDataBlockRW;
};
static_assert(sizeof(AllocMemArgs) == 72);
static_assert(offsetof(AllocMemArgs, hotCodeBlock) == 24 && offsetof(AllocMemArgs, roDataBlockRW) == 64);

struct JitFlags {
    uint64_t flags;
    uint64_t instructionSets[2];
};
static_assert(sizeof(JitFlags) == 24);

/// One row of the map from machine code to IL. `ilOffset` is an offset, or one of the negative kinds.
struct OffsetMapping {
    uint32_t nativeOffset;
    uint32_t ilOffset;
    uint32_t source;
};
static_assert(sizeof(OffsetMapping) == 12);

struct EeObject;  // ee_interface.h

struct HostObject;
struct HostTable {
    void* (*allocateMemory)(HostObject*, size_t);
    void (*freeMemory)(HostObject*, void*);
    int (*getIntConfigValue)(HostObject*, const char*, int);
    const char* (*getStringConfigValue)(HostObject*, const char*);
    void (*freeStringConfigValue)(HostObject*, const char*);
    void* (*allocateSlab)(HostObject*, size_t, size_t*);
    void (*freeSlab)(HostObject*, void*, size_t);
};
static_assert(sizeof(HostTable) == 7 * sizeof(void*));

struct CompilerObject;
struct CompilerTable {
    uint32_t (*compileMethod)(CompilerObject*, EeObject*, MethodInfo*, uint32_t flags, uint8_t** entry, uint32_t* size);
    void (*processShutdownWork)(CompilerObject*, EeObject*);
    void (*getVersionIdentifier)(CompilerObject*, JitEeGuid*);
    void (*setTargetOs)(CompilerObject*, uint32_t os);
};
struct CompilerObject {
    const CompilerTable* table;
};
constexpr uint32_t kFlagsFromCallback = 0xFFFFFFFF;

using JitStartup = void (*)(HostObject*);
using GetJit = CompilerObject* (*)();

}  // namespace pyjion::clr
