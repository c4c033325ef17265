// SPDX-License-Identifier: MIT
#include "python/exception_table.h"

namespace pyjion::python {

ExceptionTableReader::ExceptionTableReader(PyCodeObject* code)
    : position_(reinterpret_cast<const uint8_t*>(PyBytes_AS_STRING(code->co_exceptiontable))),
      end_(position_ + PyBytes_GET_SIZE(code->co_exceptiontable)) {}

// Six bits a byte, most significant first; bit 6 says that more follow. (Bit 7 marks the first byte of an entry, which
// only a binary search needs.)
std::optional<int32_t> ExceptionTableReader::number() {
    int32_t value = 0;
    while (position_ < end_) {
        const uint8_t byte = *position_++;
        value = (value << 6) | (byte & 0x3f);
        if ((byte & 0x40) == 0) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<ExceptionEntry> ExceptionTableReader::next() {
    const auto start = number();
    const auto length = number();
    const auto target = number();
    const auto depthAndIndex = number();
    if (!depthAndIndex) {
        return std::nullopt;
    }
    return ExceptionEntry{*start, *start + *length, *target, *depthAndIndex >> 1, (*depthAndIndex & 1) != 0};
}

uint8_t* writeEntry(const ExceptionEntry& entry, uint8_t* to) {
    uint8_t* const first = to;
    for (int32_t number :
         {entry.start, entry.end - entry.start, entry.target, entry.depth << 1 | (entry.pushesIndex ? 1 : 0)}) {
        const auto bits = static_cast<uint32_t>(number);
        for (int shift = 30; shift >= 0; shift -= 6) {
            if (bits >> shift != 0 || shift == 0) {
                *to++ = static_cast<uint8_t>((bits >> shift & 0x3f) | (shift != 0 ? 0x40 : 0));
            }
        }
    }
    *first |= 0x80;
    return to;
}

std::optional<ExceptionEntry> findHandler(PyCodeObject* code, int32_t index) {
    ExceptionTableReader reader(code);
    while (auto entry = reader.next()) {
        if (entry->start > index) {
            break;
        }
        if (index < entry->end) {
            return entry;
        }
    }
    return std::nullopt;
}

bool isHandler(PyCodeObject* code, int32_t unit) {
    ExceptionTableReader reader(code);
    while (auto entry = reader.next()) {
        if (entry->target == unit) {
            return true;
        }
    }
    return false;
}

}  // namespace pyjion::python
