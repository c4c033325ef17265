// SPDX-License-Identifier: MIT
// For tests: finds and starts the real JIT, and compiles small methods with it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cil/builder.h"
#include "clr/compiler.h"

namespace pyjion::clr::test {

/// Where tests look: PYJION_TEST_CLRJIT alone if it is set, else the installed .NET 10 runtimes.
std::vector<std::string> candidatePaths();

/// The running JIT. Ends the test program when there is none: nothing could be tested.
Library& library();

/// A method under construction.
struct Sketch {
    explicit Sketch(cil::Signature signature, std::string name = "test");
    Sketch(const Sketch&) = delete;

    cil::PoolId poolWord(std::string_view name, uint64_t value);
    template <typename Function>
    cil::MethodId helper(std::string_view name, cil::Signature signature, Function* function) {
        return build.helper(name, std::move(signature), poolWord(name, reinterpret_cast<uint64_t>(function)));
    }

    base::Result<std::unique_ptr<NativeCode>, CompileError> tryCompile(const CompileOptions& options = {},
                                                                       CodeMemory& memory = CodeMemory::instance());
    /// Fails the test and throws when the method cannot be compiled.
    std::unique_ptr<NativeCode> compile(const CompileOptions& options = {},
                                        CodeMemory& memory = CodeMemory::instance());

    cil::Body body;
    cil::Builder build;
    std::vector<uint64_t> poolValues;
};

/// int64 f(int64 n): the sum of 0 … n-1.
struct SumLoop : Sketch {
    SumLoop();
};

/// int64 f(int64 a, int64 b): a + b.
struct AddMethod : Sketch {
    AddMethod();
};

}  // namespace pyjion::clr::test
