// SPDX-License-Identifier: MIT
// Reads a code object's exception table (`co_exceptiontable`): which code units are covered by which handler. The
// format is described in CPython's Objects/exception_handling_notes.txt. Allocates nothing and runs no Python.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace pyjion::python {

/// One entry: exceptions raised in [start, end) go to `target`. The value stack is cut down to `depth`, then the index
/// of the raising instruction is pushed when `pushesIndex` says so, then the exception.
struct ExceptionEntry {
    int32_t start = 0;
    int32_t end = 0;
    int32_t target = 0;
    int32_t depth = 0;
    bool pushesIndex = false;

    bool operator==(const ExceptionEntry&) const = default;
};

/// Walks the entries in the order of the table, which is that of `start`; entries do not overlap.
class ExceptionTableReader {
  public:
    explicit ExceptionTableReader(PyCodeObject* code);
    /// The next entry, or nothing at the end (or where the table is cut off).
    std::optional<ExceptionEntry> next();

  private:
    std::optional<int32_t> number();

    const uint8_t* position_;
    const uint8_t* end_;
};

/// The most bytes that an entry takes.
constexpr size_t kEntryBytes = 24;
/// Writes an entry in the form that a table has it, for the interpreter to read: an index may be negative for it.
/// Returns the end.
uint8_t* writeEntry(const ExceptionEntry& entry, uint8_t* to);

/// The entry that covers the instruction at `index`, if any.
std::optional<ExceptionEntry> findHandler(PyCodeObject* code, int32_t index);

/// Whether exceptions are handled from this code unit on.
bool isHandler(PyCodeObject* code, int32_t unit);

}  // namespace pyjion::python
