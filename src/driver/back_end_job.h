// SPDX-License-Identifier: MIT
// What RyuJIT is given, and what it gives: plain data, on which any thread may work.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cil/body.h"
#include "cil/encode.h"
#include "clr/compiler.h"
#include "driver/background_thread.h"

namespace pyjion::driver {

struct BackEndJob final : BackgroundWork {
    explicit BackEndJob(clr::Compiler& backEnd) : compiler(backEnd) {}

    void run() noexcept override;

    clr::Compiler& compiler;
    cil::Body body;
    cil::Encoded encoded;
    std::vector<uint64_t> pool;
    clr::CompileOptions options;

    // Written by run().
    std::optional<base::Result<clr::GeneratedCode, clr::CompileError>> result;
    double milliseconds = 0;  // of processor time
};

}  // namespace pyjion::driver
