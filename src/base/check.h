// SPDX-License-Identifier: MIT
// CHECK for our own invariants (always on), DCHECK for expensive ones (where the tests are built). Both print a
// formatted message and abort: a broken invariant of the compiler must not become a wrong result of the user's program.
#pragma once

#ifndef FMT_HEADER_ONLY
#define FMT_HEADER_ONLY
#endif
#include <fmt/format.h>

#include <string_view>

namespace pyjion::base {

/// Prints where and what, then aborts. Never inlined: the failing path stays out of the callers' hot code.
[[noreturn]] void checkFailed(const char* file, int line, const char* condition, std::string_view message);

}  // namespace pyjion::base

#define PYJION_CHECK(condition, ...)                                                                 \
    do {                                                                                             \
        if (!(condition)) [[unlikely]] {                                                             \
            ::pyjion::base::checkFailed(__FILE__, __LINE__, #condition, ::fmt::format(__VA_ARGS__)); \
        }                                                                                            \
    } while (false)

#ifdef PYJION_DCHECKS
#define PYJION_DCHECK(condition, ...) PYJION_CHECK(condition, __VA_ARGS__)
#else
#define PYJION_DCHECK(condition, ...) \
    do {                              \
    } while (false)
#endif
