// SPDX-License-Identifier: MIT
// Placing, copying, patching and looking up within one block of machine code.
#include "clr/native_code.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "clr/perf_map.h"

namespace pyjion::clr {

NativeCode::NativeCode(CodeMemory& memory, std::shared_ptr<const CodeDescription> description)
    : memory_(memory), description_(std::move(description)) {}

base::Result<std::unique_ptr<NativeCode>, CodeMemoryError> NativeCode::place(
    CodeMemory& memory, std::span<const std::byte> image, std::shared_ptr<const CodeDescription> description) {
    // The owner is there before the block: nothing that fails below leaves the block without one.
    std::unique_ptr<NativeCode> native(new NativeCode(memory, std::move(description)));
    auto block = memory.place(image, native->description_->codeSize, native->description_->unwindInstructions);
    if (!block) {
        return base::fail(block.error());
    }
    native->block_ = *block;
    native->announce();
    return native;
}

void NativeCode::announce() {
    if (!isGdbInterfaceEnabled() && !isPerfMapEnabled()) {
        return;
    }
    const std::string symbol = "py::" + description_->name;
    if (isGdbInterfaceEnabled()) {
        gdbEntry_ =
            std::make_unique<GdbEntry>(symbol, entry(), description_->codeSize, description_->unwindInstructions);
    }
    addToPerfMap(entry(), description_->codeSize, symbol);
}

NativeCode::~NativeCode() {
    if (block_.address != nullptr) {
        memory_.free(block_);
    }
}

bool NativeCode::contains(const void* address) const {
    const auto* place = static_cast<const std::byte*>(address);
    return place >= block_.address && place < block_.address + description_->codeSize;
}

uint64_t NativeCode::poolValue(uint32_t index) const {
    PYJION_CHECK(index < description_->poolNames.size(), "pool entry {} of {}", index, description_->poolNames.size());
    uint64_t value = 0;
    std::memcpy(&value, block_.address + description_->poolOffset + index * sizeof value, sizeof value);
    return value;
}

base::Result<bool, CodeMemoryError> NativeCode::setPoolValue(uint32_t index, uint64_t value) {
    PYJION_CHECK(index < description_->poolNames.size(), "pool entry {} of {}", index, description_->poolNames.size());
    return memory_.write(block_, description_->poolOffset + index * sizeof value,
                         std::as_bytes(std::span<const uint64_t>(&value, 1)));
}

uint32_t NativeCode::ilOffsetOfCall(const void* returnAddress) const {
    if (!contains(static_cast<const std::byte*>(returnAddress) - 1)) {
        return NativeMapEntry::kNoIl;
    }
    // A return address may already belong to the next instruction's IL: look one byte before it.
    const auto offset = static_cast<uint32_t>(static_cast<const std::byte*>(returnAddress) - block_.address) - 1;
    const std::vector<NativeMapEntry>& map = description_->map;
    auto after = std::upper_bound(map.begin(), map.end(), offset, [](uint32_t value, const NativeMapEntry& entry) {
        return value < entry.nativeOffset;
    });
    while (after != map.begin()) {
        --after;
        if (after->isIl()) {
            return after->ilOffset;
        }
    }
    return NativeMapEntry::kNoIl;
}

base::Result<std::unique_ptr<NativeCode>, CodeMemoryError> NativeCode::copyTo(CodeMemory& memory) const {
    return place(memory, image(), description_);
}

}  // namespace pyjion::clr
