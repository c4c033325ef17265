// SPDX-License-Identifier: MIT
// Iterators in which compiled code counts by itself (src/python/iterators.h).
#pragma once

#include <cstdint>

namespace pyjion::base {

enum class IteratorKind : uint8_t {
    Unknown,
    Other,       // none of these, or of several kinds
    Sequence,    // over a list or tuple
    Enumerated,  // enumerate() of such a one
    Zipped,      // zip() of two
};

inline constexpr bool isCounted(IteratorKind kind) {
    return kind > IteratorKind::Other;
}

/// What is known when both were met.
inline constexpr IteratorKind join(IteratorKind a, IteratorKind b) {
    if (a == IteratorKind::Unknown || a == b) {
        return b;
    }
    return b == IteratorKind::Unknown ? a : IteratorKind::Other;
}

}  // namespace pyjion::base
