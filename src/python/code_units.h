// SPDX-License-Identifier: MIT
// Code units of our own for the interpreter to execute, near enough to a code object for its exception table and for a
// jump back: above it, and less than 2^31 bytes away.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::python {

class CodeUnits {
  public:
    static constexpr uint32_t kCapacity = 512;

    /// Units that nobody else uses, with unspecified content. Without any when there is no address space in reach.
    static CodeUnits near(PyCodeObject* code);
    /// The same near any other address.
    static CodeUnits above(uintptr_t address);

    CodeUnits() = default;
    CodeUnits(CodeUnits&& other) noexcept : first_(other.first_) { other.first_ = nullptr; }
    CodeUnits& operator=(CodeUnits&&) = delete;
    /// The units can be given out again. Their content stays until then.
    ~CodeUnits();

    explicit operator bool() const { return first_ != nullptr; }
    uint16_t* begin() const { return first_; }

  private:
    explicit CodeUnits(uint16_t* first) : first_(first) {}

    uint16_t* first_ = nullptr;
};

}  // namespace pyjion::python
