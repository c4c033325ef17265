// SPDX-License-Identifier: MIT
// Sets of small numbers as rows of bits, for data flow: sets are met and united a word at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pyjion::base {

constexpr size_t kRowWordBits = 64;

using BitRow = std::span<uint64_t>;
using ConstBitRow = std::span<const uint64_t>;

/// The words of a row for the numbers below `count`.
constexpr size_t rowWords(size_t count) {
    return (count + kRowWordBits - 1) / kRowWordBits;
}

inline bool has(ConstBitRow row, size_t number) {
    return (row[number / kRowWordBits] >> (number % kRowWordBits) & 1) != 0;
}
inline void add(BitRow row, size_t number) {
    row[number / kRowWordBits] |= uint64_t{1} << (number % kRowWordBits);
}
inline void remove(BitRow row, size_t number) {
    row[number / kRowWordBits] &= ~(uint64_t{1} << (number % kRowWordBits));
}

/// Returns whether the row has become a smaller set.
inline bool intersect(BitRow row, ConstBitRow with) {
    uint64_t lost = 0;
    for (size_t i = 0; i < row.size(); i++) {
        lost |= row[i] & ~with[i];
        row[i] &= with[i];
    }
    return lost != 0;
}

/// Returns whether the row has become a larger set.
inline bool unite(BitRow row, ConstBitRow with) {
    uint64_t won = 0;
    for (size_t i = 0; i < row.size(); i++) {
        won |= with[i] & ~row[i];
        row[i] |= with[i];
    }
    return won != 0;
}

}  // namespace pyjion::base
