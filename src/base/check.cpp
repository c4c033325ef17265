// SPDX-License-Identifier: MIT
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace pyjion::base {

void checkFailed(const char* file, int line, const char* condition, std::string_view message) {
    std::fprintf(stderr, "pyjion: internal error: %s:%d: check failed: %s: %.*s\n", file, line, condition,
                 static_cast<int>(message.size()), message.data());
    std::abort();
}

}  // namespace pyjion::base
