// SPDX-License-Identifier: MIT
#include "driver/back_end_job.h"

#include <new>

#include "driver/clock.h"

namespace pyjion::driver {

void BackEndJob::run() noexcept {
    const double start = threadMilliseconds();
    try {
        result.emplace(compiler.generate(body, encoded, pool, options));
    } catch (const std::bad_alloc&) {
        // A text that needs no memory of its own.
        result.emplace(base::fail(clr::CompileError{clr::CompileErrorKind::OutOfMemory, "no memory"}));
    }
    milliseconds = threadMilliseconds() - start;
}

}  // namespace pyjion::driver
