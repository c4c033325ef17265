// SPDX-License-Identifier: MIT
// DWARF 5, 6.4.1 and 7.24, with the .eh_frame differences of the LSB.
#include "clr/unwind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pyjion::clr {

namespace {

enum DwarfCfa : uint8_t {
    kCfaNop = 0x00,
    kCfaAdvanceLoc1 = 0x02,
    kCfaOffsetExtended = 0x05,
    kCfaDefCfa = 0x0c,
    kCfaDefCfaRegister = 0x0d,
    kCfaDefCfaOffset = 0x0e,
    kCfaOffset = 0x80,  // low six bits: the register
};

constexpr uint8_t kStackPointer = 7;
constexpr uint8_t kReturnAddress = 16;
constexpr int kWord = 8;
constexpr size_t kTerminatorSize = 4;
constexpr size_t kCodeAddressOffset = 8;  // within an entry: behind its length and its distance to the CIE

enum RecordOp : uint8_t { kAdjustCfaOffset = 0, kDefineCfaRegister = 1, kRegisterSaved = 2 };

struct Record {
    uint8_t codeOffset;
    uint8_t op;
    int16_t reg;
    int32_t value;
};
static_assert(sizeof(Record) == 8);

void appendUleb(std::vector<uint8_t>& bytes, uint32_t value) {
    do {
        uint8_t low = value & 0x7f;
        value >>= 7;
        bytes.push_back(value ? low | 0x80 : low);
    } while (value);
}

template <typename T>
void appendRaw(std::vector<uint8_t>& bytes, T value) {
    const auto* raw = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), raw, raw + sizeof(T));
}

// Pads the entry that started at `start` to whole words and fills in its length.
void closeEntry(std::vector<uint8_t>& bytes, size_t start) {
    while ((bytes.size() - start) % kWord != 0) {
        bytes.push_back(kCfaNop);
    }
    const auto length = static_cast<uint32_t>(bytes.size() - start - 4);
    std::memcpy(bytes.data() + start, &length, sizeof length);
}

}  // namespace

base::Result<UnwindInfo, std::string> readUnwindRecords(std::span<const uint8_t> records) {
    if (records.size() % sizeof(Record) != 0) {
        return base::fail(fmt::format("{} bytes of unwind records", records.size()));
    }
    UnwindInfo info;
    std::vector<uint8_t>& out = info.instructions;
    int64_t cfaOffset = kWord;
    uint8_t location = 0;
    for (size_t at = 0; at < records.size(); at += sizeof(Record)) {
        Record record;
        std::memcpy(&record, records.data() + at, sizeof record);
        if (record.codeOffset < location) {
            return base::fail(std::string("unwind records are not in the order of the code"));
        }
        if (record.codeOffset > location) {
            out.push_back(kCfaAdvanceLoc1);
            out.push_back(record.codeOffset - location);
            location = record.codeOffset;
        }
        switch (record.op) {
            case kAdjustCfaOffset:
                cfaOffset += record.value;
                out.push_back(kCfaDefCfaOffset);
                appendUleb(out, static_cast<uint32_t>(cfaOffset));
                break;
            case kDefineCfaRegister:
                out.push_back(kCfaDefCfaRegister);
                appendUleb(out, static_cast<uint32_t>(record.reg));
                break;
            case kRegisterSaved: {
                const int64_t belowCfa = cfaOffset - record.value;
                if (record.reg < 0 || belowCfa <= 0 || belowCfa % kWord != 0) {
                    return base::fail(fmt::format("register {} saved at CFA-{}", record.reg, belowCfa));
                }
                out.push_back(kCfaOffsetExtended);
                appendUleb(out, static_cast<uint32_t>(record.reg));
                appendUleb(out, static_cast<uint32_t>(belowCfa / kWord));
                break;
            }
            default:
                return base::fail(fmt::format("unknown unwind operation {}", record.op));
        }
        info.frameBytes = std::max(info.frameBytes, static_cast<uint32_t>(cfaOffset - kWord));
    }
    return info;
}

EhFrame::EhFrame() {
    appendRaw<uint32_t>(bytes_, 0);  // length
    appendRaw<uint32_t>(bytes_, 0);  // id 0: this is the CIE
    bytes_.insert(bytes_.end(), {1, 'z', 'R', 0, /*code alignment*/ 1, /*data alignment -8*/ 0x78, kReturnAddress,
                                 /*augmentation length*/ 1, /*FDE pointers are absolute*/ 0});
    bytes_.insert(bytes_.end(), {kCfaDefCfa, kStackPointer, kWord, kCfaOffset | kReturnAddress, 1});
    closeEntry(bytes_, 0);
    bytes_.insert(bytes_.end(), kTerminatorSize, 0);
}

size_t EhFrame::add(const void* code, size_t size, std::span<const uint8_t> instructions) {
    constexpr size_t kFixedSize = 25;  // of an entry: two words of 4 bytes, two of 8, one byte
    const size_t needed = bytes_.size() + kFixedSize + instructions.size() + kWord;
    if (needed > bytes_.capacity()) {
        bytes_.reserve(std::max(needed, 2 * bytes_.capacity()));
    }
    const size_t start = bytes_.size() - kTerminatorSize;
    bytes_.erase(bytes_.end() - kTerminatorSize, bytes_.end());
    appendRaw<uint32_t>(bytes_, 0);
    appendRaw<uint32_t>(bytes_, static_cast<uint32_t>(start + 4));  // distance back to the CIE at 0
    appendRaw<uint64_t>(bytes_, reinterpret_cast<uint64_t>(code));
    appendRaw<uint64_t>(bytes_, size);
    bytes_.push_back(0);  // augmentation length
    bytes_.insert(bytes_.end(), instructions.begin(), instructions.end());
    closeEntry(bytes_, start);
    bytes_.insert(bytes_.end(), kTerminatorSize, 0);
    return start;
}

void EhFrame::remove(size_t entry) {
    // The unwinder skips entries whose code starts at 0: linkers leave them behind for sections that they dropped.
    std::memset(&bytes_[entry + kCodeAddressOffset], 0, sizeof(uint64_t));
    uint32_t length = 0;
    std::memcpy(&length, &bytes_[entry], sizeof length);
    waste_ += length + sizeof length;
}

}  // namespace pyjion::clr
