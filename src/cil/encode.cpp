// SPDX-License-Identifier: MIT
#include "cil/encode.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "cil/flow.h"

namespace pyjion::cil {
namespace {

using base::fail;

template <typename T>
constexpr bool fits(int64_t value) {
    return std::in_range<T>(value);
}

class Encoder {
  public:
    explicit Encoder(const Body& body) : body_(body), labelOffsets_(body.labelCount, kUnbound) {}

    base::Result<Encoded, std::string> run() {
        out_.offsets.reserve(body_.code.size());
        for (const Instruction& instruction : body_.code) {
            out_.offsets.push_back(here());
            encode(instruction);
            if (!error_.empty()) {
                return fail(fmt::format("instruction {} ({}): {}", out_.offsets.size() - 1,
                                        info(instruction.opcode).mnemonic, error_));
            }
        }
        if (out_.il.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
            return fail(std::string("branch out of range: the method is longer than 2 GiB"));
        }
        if (!patchBranches()) {
            return fail(std::move(error_));
        }
        StackDepths depths = stackDepths(body_);
        if (depths.underflow) {
            return fail(std::string("an instruction takes more from the stack than there is"));
        }
        // RyuJIT sizes its import stack by this; LoadPool's own instructions never need more than the one entry it
        // leaves.
        out_.maxStack = depths.max;
        dropMarksAtEnd();
        return std::move(out_);
    }

  private:
    struct Fixup {
        uint32_t at;    // IL offset of the four bytes
        uint32_t from;  // IL offset that the distance counts from: the end of the instruction (III.1.7.2)
        LabelId target;
        uint32_t instruction;
    };

    uint32_t here() const { return static_cast<uint32_t>(out_.il.size()); }

    void put(uint64_t value, uint32_t size) {
        for (uint32_t i = 0; i < size; ++i) {
            out_.il.push_back(static_cast<uint8_t>(value >> (8 * i)));
        }
    }

    void putOpcode(Opcode opcode) {
        uint16_t encoding = info(opcode).encoding;
        if (encoding > 0xFF) {
            put(kTwoBytePrefix, 1);
        }
        put(encoding & 0xFF, 1);
    }

    void encode(const Instruction& instruction) {
        switch (instruction.opcode) {
            case Opcode::Label:
                return bindLabel(instruction.operand);
            case Opcode::Mark:
                return addMark(instruction.operand);
            case Opcode::LoadPool:
                out_.poolLoads.push_back(here());
                return loadPool(instruction.operand);
            default:
                break;
        }
        Opcode opcode = shortestForm(instruction.opcode, instruction.operand);
        putOpcode(opcode);
        putOperand(info(opcode).operand, instruction);
    }

    void putOperand(OperandKind kind, const Instruction& instruction) {
        const int64_t value = instruction.operand;
        switch (kind) {
            case OperandKind::None:
                return;
            case OperandKind::ShortInt32:
                return putChecked(fits<int8_t>(value), value, 1);
            case OperandKind::Int32:
                return putChecked(fits<int32_t>(value), value, 4);
            case OperandKind::Int64:
            case OperandKind::Float64:
                return put(value, 8);
            case OperandKind::ShortArgument:
                return putChecked(fits<uint8_t>(value) && inside(value, body_.signature.params.size()), value, 1);
            case OperandKind::Argument:
                return putChecked(fits<uint16_t>(value) && inside(value, body_.signature.params.size()), value, 2);
            case OperandKind::ShortLocal:
                return putChecked(fits<uint8_t>(value) && inside(value, body_.locals.size()), value, 1);
            case OperandKind::Local:
                return putChecked(fits<uint16_t>(value) && inside(value, body_.locals.size()), value, 2);
            case OperandKind::Label:
                return putTarget(LabelId(static_cast<uint32_t>(value)), here() + 4);
            case OperandKind::Switch:
                return putSwitch(switchTargets(body_, instruction));
            case OperandKind::Method:
                return putChecked(inside(value, body_.methods.size()), kMethodTokenBase + value, 4);
            case OperandKind::Signature:
                return putChecked(inside(value, body_.signatures.size()), kSignatureTokenBase + value, 4);
            case OperandKind::Pool:
            case OperandKind::Position:
                break;
        }
        error_ = "operand of a pseudo instruction";
    }

    static bool inside(int64_t index, size_t size) { return static_cast<uint64_t>(index) < size; }

    void putChecked(bool valid, int64_t value, uint32_t size) {
        if (!valid) {
            error_ = "operand out of range";
        }
        put(static_cast<uint64_t>(value), size);
    }

    void putSwitch(std::span<const LabelId> targets) {
        put(targets.size(), 4);
        uint32_t end = here() + 4 * static_cast<uint32_t>(targets.size());
        for (LabelId target : targets) {
            putTarget(target, end);
        }
    }

    void putTarget(LabelId target, uint32_t from) {
        fixups_.push_back({here(), from, target, static_cast<uint32_t>(out_.offsets.size() - 1)});
        put(0, 4);
    }

    void bindLabel(int64_t label) {
        if (!inside(label, labelOffsets_.size())) {
            error_ = fmt::format("label L{} does not exist", label);
        } else if (labelOffsets_[label] != kUnbound) {
            error_ = fmt::format("label L{} is bound twice", label);
        } else {
            labelOffsets_[label] = here();
        }
    }

    void addMark(int64_t position) {
        if (!inside(position, body_.positions.size())) {
            error_ = fmt::format("position {} does not exist", position);
            return;
        }
        Encoded::PositionStart start = {here(), body_.positions[position]};
        if (!out_.positions.empty() && out_.positions.back().ilOffset == here()) {
            out_.positions.back() = start;
        } else {
            out_.positions.push_back(start);
            out_.boundaries.push_back(here());
        }
    }

    void loadPool(int64_t entry) {
        if (!inside(entry, body_.pool.size())) {
            error_ = fmt::format("pool entry {} does not exist", entry);
            return;
        }
        putOpcode(Opcode::LdcI8);
        put(poolKey(PoolId(static_cast<uint32_t>(entry))), 8);
        putOpcode(Opcode::ConvI);
        putOpcode(Opcode::LdindI);
    }

    bool patchBranches() {
        for (const Fixup& fixup : fixups_) {
            uint32_t label = fixup.target.index();
            if (label >= labelOffsets_.size() || labelOffsets_[label] == kUnbound) {
                error_ = fmt::format("instruction {}: label L{} is not bound", fixup.instruction, label);
                return false;
            }
            if (labelOffsets_[label] == here()) {
                error_ = fmt::format("instruction {}: branch out of range: no instruction follows label L{}",
                                     fixup.instruction, label);
                return false;
            }
            uint32_t distance = labelOffsets_[label] - fixup.from;
            for (uint32_t i = 0; i < 4; ++i) {
                out_.il[fixup.at + i] = static_cast<uint8_t>(distance >> (8 * i));
            }
        }
        return true;
    }

    // RyuJIT takes boundaries inside the method only.
    void dropMarksAtEnd() {
        if (!out_.boundaries.empty() && out_.boundaries.back() == here()) {
            out_.boundaries.pop_back();
            out_.positions.pop_back();
        }
    }

    const Body& body_;
    Encoded out_;
    std::vector<uint32_t> labelOffsets_;
    std::vector<Fixup> fixups_;
    std::string error_;
};

/// Index of `value` in a table of `size` entries that starts at `start`.
std::optional<uint32_t> indexFrom(uint64_t value, uint64_t start, uint64_t stride, size_t size) {
    if (value < start || (value - start) % stride != 0 || (value - start) / stride >= size) {
        return std::nullopt;
    }
    return static_cast<uint32_t>((value - start) / stride);
}

template <typename IdType>
std::optional<IdType> idFrom(uint64_t value, uint64_t start, uint64_t stride, size_t size) {
    std::optional<uint32_t> index = indexFrom(value, start, stride, size);
    return index ? std::optional(IdType(*index)) : std::nullopt;
}

}  // namespace

std::optional<MethodId> methodOfToken(const Body& body, uint32_t token) {
    return idFrom<MethodId>(token, kMethodTokenBase, 1, body.methods.size());
}

std::optional<SignatureId> signatureOfToken(const Body& body, uint32_t token) {
    return idFrom<SignatureId>(token, kSignatureTokenBase, 1, body.signatures.size());
}

std::optional<PoolId> poolOfKey(const Body& body, uint64_t key) {
    return idFrom<PoolId>(key, kPoolBase, kPoolStride, body.pool.size());
}

std::optional<SourcePosition> Encoded::positionAt(uint32_t ilOffset) const {
    auto after = std::upper_bound(positions.begin(), positions.end(), ilOffset,
                                  [](uint32_t offset, const PositionStart& start) { return offset < start.ilOffset; });
    if (after == positions.begin()) {
        return std::nullopt;
    }
    return std::prev(after)->position;
}

base::Result<Encoded, std::string> encode(const Body& body) {
    return Encoder(body).run();
}

}  // namespace pyjion::cil
