// SPDX-License-Identifier: MIT
#include "bytecode/line_table.h"

namespace pyjion::bytecode {
namespace {

constexpr int kOneLineFirst = 10;
constexpr int kNoColumns = 13;
constexpr int kLong = 14;
constexpr int kNoLocation = 15;

class Reader {
  public:
    explicit Reader(PyObject* bytes)
        : position_(reinterpret_cast<const uint8_t*>(PyBytes_AS_STRING(bytes))),
          end_(position_ + PyBytes_GET_SIZE(bytes)) {}

    bool atEnd() const { return position_ >= end_; }
    uint8_t byte() { return atEnd() ? 0 : *position_++; }
    // Only the first byte of an entry has bit 7 set.
    void skipEntry() {
        while (!atEnd() && (*position_ & 0x80) == 0) {
            position_++;
        }
    }
    // Six bits a byte, least significant first; bit 6 says that more follow. The lowest bit of the number is its sign.
    int32_t signedNumber() {
        uint32_t value = 0;
        int shift = 0;
        uint8_t next;
        do {
            next = byte();
            value |= static_cast<uint32_t>(next & 0x3f) << shift;
            shift += 6;
        } while ((next & 0x40) != 0);
        const auto magnitude = static_cast<int32_t>(value >> 1);
        return (value & 1) != 0 ? -magnitude : magnitude;
    }

  private:
    const uint8_t* position_;
    const uint8_t* end_;
};

}  // namespace

std::vector<int32_t> readLines(PyCodeObject* code) {
    std::vector<int32_t> lines(static_cast<size_t>(Py_SIZE(code)), -1);
    Reader reader(code->co_linetable);
    int32_t line = code->co_firstlineno;
    size_t unit = 0;
    while (!reader.atEnd() && unit < lines.size()) {
        const uint8_t first = reader.byte();
        const int kind = (first >> 3) & 15;
        size_t length = static_cast<size_t>(first & 7) + 1;
        if (kind == kNoColumns || kind == kLong) {
            line += reader.signedNumber();
        } else if (kind >= kOneLineFirst && kind < kNoColumns) {
            line += kind - kOneLineFirst;
        }
        reader.skipEntry();
        for (; length > 0 && unit < lines.size(); length--) {
            lines[unit++] = kind == kNoLocation ? -1 : line;
        }
    }
    return lines;
}

}  // namespace pyjion::bytecode
