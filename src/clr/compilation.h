// SPDX-License-Identifier: MIT
// One compile as the JIT sees it: the method's description going in, code and tables coming out.
//
// ee_interface.cpp answers the JIT's questions from it; Compiler makes it, reads the result out of it. Nothing here
// survives the compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cil/body.h"
#include "clr/compile_error.h"
#include "clr/cpu_features.h"
#include "clr/jit_interface.h"

namespace pyjion::clr {

/// What is compiled. Views: everything must stay alive during the compile.
struct MethodSource {
    std::string_view name;
    const cil::Signature* signature = nullptr;
    std::span<const cil::Type> locals;
    std::span<const cil::PoolEntry> pool;
    std::span<const cil::Method> methods;
    std::span<const cil::Signature> signatures;
    std::span<const uint8_t> il;
    uint32_t maxStack = 0;
    std::span<const uint32_t> boundaries;  // IL offsets that the map from machine code should know
};

struct CompileOptions {
    /// False: the JIT's MinOpts, several times faster to compile and slower to run.
    bool optimise = true;
    /// Whether a map from machine code to IL offsets is wanted.
    bool debugInfo = true;
    CpuLevel cpu = detectCpuLevel();
};

CorType corType(cil::Type type);

/// Thrown through the JIT to end one compile, and caught in Compiler::compile. The only way out of a question that has
/// no answer; the JIT unwinds cleanly.
struct CompileAbort {
    CompileError error;
};

[[noreturn]] void abortCompile(CompileErrorKind kind, std::string message);

/// Code, read-only data and constant pool in one buffer, at their final distances.
class ScratchImage {
  public:
    void allocate(size_t codeSize, size_t roDataSize, size_t poolWords);

    std::byte* base() { return base_; }
    size_t roDataOffset() const { return roDataOffset_; }
    size_t poolOffset() const { return poolOffset_; }
    bool contains(const void* address) const;

  private:
    std::unique_ptr<std::byte[]> storage_;
    std::byte* base_ = nullptr;
    size_t roDataOffset_ = 0;
    size_t poolOffset_ = 0;
    size_t size_ = 0;
};

class Compilation {
  public:
    Compilation(const MethodSource& source, const CompileOptions& options);

    const MethodSource& source() const { return source_; }
    const CompileOptions& options() const { return options_; }

    /// What compileMethod is given.
    MethodInfo methodInfo() const;

    MethodHandle ownHandle() const { return reinterpret_cast<MethodHandle>(this); }
    bool isOwnHandle(MethodHandle handle) const { return handle == ownHandle(); }
    /// The callee behind a handle that resolveToken gave out.
    const cil::Method& callee(MethodHandle handle) const;
    const cil::Method& calleeOfToken(uint32_t token) const;
    const cil::Signature& signatureOfToken(uint32_t token) const;
    std::string_view nameOf(MethodHandle handle) const;

    /// The made-up address of the pool cell through which a helper of the JIT is called.
    const void* helperCell(uint32_t helper);
    const void* cellAddress(cil::PoolId entry) const;
    /// Whether `address` is made up and stands for a place in the pool.
    bool isPoolKey(const void* address) const;

    void startImage(AllocMemArgs& args);
    void bindRelocation(void* location, const void* target, uint16_t type, int32_t delta);

    static void fillSignature(SignatureInfo& info, const cil::Signature& signature, uint32_t token);

    // Results.
    ScratchImage image;
    uint32_t roDataSize = 0;
    std::vector<uint32_t> helpers;  // numbers, in the order of their cells behind the method's own pool entries
    std::vector<uint8_t> unwindRecords;
    std::vector<OffsetMapping> map;
    std::vector<std::unique_ptr<std::byte[]>> gcInfo;
    uint32_t fatalErrors = 0;
    bool switchedToMinOpts = false;

  private:
    const MethodSource& source_;
    const CompileOptions& options_;
};

}  // namespace pyjion::clr
