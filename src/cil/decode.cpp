// SPDX-License-Identifier: MIT
#include "cil/decode.h"

#include <utility>

#include "base/check.h"

namespace pyjion::cil {
namespace {

class Decoder {
  public:
    explicit Decoder(std::span<const uint8_t> il) : il_(il) {}

    base::Result<std::vector<DecodedInstruction>, DecodeError> run() {
        std::vector<DecodedInstruction> result;
        while (at_ < il_.size()) {
            DecodedInstruction instruction;
            instruction.offset = static_cast<uint32_t>(at_);
            decode(instruction);
            if (!error_.empty()) {
                return base::fail(DecodeError{instruction.offset, std::move(error_)});
            }
            instruction.size = static_cast<uint32_t>(at_) - instruction.offset;
            result.push_back(std::move(instruction));
        }
        return result;
    }

  private:
    uint64_t takeUnsigned(uint32_t size) {
        if (il_.size() - at_ < size) {
            error_ = "the method ends inside an instruction";
            return 0;
        }
        uint64_t value = 0;
        for (uint32_t i = 0; i < size; ++i) {
            value |= static_cast<uint64_t>(il_[at_ + i]) << (8 * i);
        }
        at_ += size;
        return value;
    }

    void decode(DecodedInstruction& out) {
        auto encoding = static_cast<uint16_t>(takeUnsigned(1));
        if (encoding == kTwoBytePrefix) {
            encoding = static_cast<uint16_t>(encoding << 8 | takeUnsigned(1));
        }
        if (!error_.empty()) {
            return;
        }
        std::optional<Opcode> opcode = opcodeOfEncoding(encoding);
        if (!opcode) {
            error_ = fmt::format("unknown opcode 0x{:02x}", encoding);
            return;
        }
        out.opcode = *opcode;
        takeOperand(out);
    }

    void takeOperand(DecodedInstruction& out) {
        const OperandKind kind = info(out.opcode).operand;
        const uint64_t raw = takeUnsigned(operandSize(kind));
        switch (kind) {
            case OperandKind::ShortInt32:
                out.operand = static_cast<int8_t>(raw);
                break;
            case OperandKind::Int32:
                out.operand = static_cast<int32_t>(raw);
                break;
            case OperandKind::Label:
                out.operand = target(raw, at_);
                break;
            case OperandKind::Switch:
                takeTargets(out, raw);
                break;
            case OperandKind::None:
            case OperandKind::Int64:
            case OperandKind::Float64:
            case OperandKind::ShortArgument:
            case OperandKind::Argument:
            case OperandKind::ShortLocal:
            case OperandKind::Local:
            case OperandKind::Method:
            case OperandKind::Signature:
            case OperandKind::Pool:
            case OperandKind::Position:
                out.operand = static_cast<int64_t>(raw);
                break;
        }
    }

    void takeTargets(DecodedInstruction& out, uint64_t count) {
        if (count > (il_.size() - at_) / 4) {
            error_ = "the method ends inside an instruction";
            return;
        }
        const size_t end = at_ + 4 * count;
        for (uint64_t i = 0; i < count; ++i) {
            out.targets.push_back(target(takeUnsigned(4), end));
        }
    }

    uint32_t target(uint64_t raw, size_t from) {
        int64_t offset = static_cast<int64_t>(from) + static_cast<int32_t>(raw);
        if (error_.empty() && (offset < 0 || static_cast<uint64_t>(offset) >= il_.size())) {
            error_ = fmt::format("branch to offset {}, outside the method", offset);
        }
        return static_cast<uint32_t>(offset);
    }

    std::span<const uint8_t> il_;
    size_t at_ = 0;
    std::string error_;
};

}  // namespace

base::Result<std::vector<DecodedInstruction>, DecodeError> decode(std::span<const uint8_t> il) {
    return Decoder(il).run();
}

}  // namespace pyjion::cil
