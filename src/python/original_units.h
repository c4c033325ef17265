// SPDX-License-Identifier: MIT
// The code units of a code object as the interpreter has specialised them, where some at its start are replaced by
// units of ours (start_trampoline.h). Whoever reads code units asks here. Guarded by the GIL.
#pragma once

#include <Python.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace pyjion::python {

uint16_t originalUnit(PyCodeObject* code, int32_t index);
std::vector<uint16_t> originalUnits(PyCodeObject* code);

/// Units that stand in the place of others.
class ReplacedUnits {
  public:
    /// Units in a row.
    static constexpr int32_t kMost = 4;
    /// They begin here at the latest.
    static constexpr int32_t kLastStart = 1;
    /// Cheap to ask: whether units of any code object can be in place there.
    static constexpr bool mayBeAt(int32_t index) { return index < kLastStart + kMost; }

    ReplacedUnits() = default;
    ~ReplacedUnits() { putBack(); }
    ReplacedUnits(const ReplacedUnits&) = delete;
    ReplacedUnits& operator=(const ReplacedUnits&) = delete;

    /// Writes units of ours into a code object that has none, which lives until putBack().
    void put(PyCodeObject* code, int32_t start, std::span<const uint16_t> units);
    /// The original ones are in their place again. Nothing happens where they are.
    void putBack();

    bool areInPlace() const { return code_ != nullptr; }
    bool areInPlaceAt(PyCodeObject* code, int32_t index) const {
        return code_ == code && index >= start_ && index < start_ + count_;
    }

  private:
    friend uint16_t originalUnit(PyCodeObject* code, int32_t index);
    friend std::vector<uint16_t> originalUnits(PyCodeObject* code);

    std::span<const uint16_t> originals() const { return std::span(original_).first(static_cast<size_t>(count_)); }

    PyCodeObject* code_ = nullptr;
    int32_t start_ = 0;
    int32_t count_ = 0;
    std::array<uint16_t, kMost> original_{};
    ReplacedUnits* next_ = nullptr;  // of all that are in place
    ReplacedUnits* previous_ = nullptr;
};

}  // namespace pyjion::python
