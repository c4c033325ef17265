// SPDX-License-Identifier: MIT
// The listing of print.h: IL bytes decoded again and shown as ildasm would, with names from the body.
#include <algorithm>

#include "base/check.h"
#include "cil/decode.h"
#include "cil/print.h"
#include "cil/text.h"

namespace pyjion::cil {
namespace {

class ListingPrinter {
  public:
    ListingPrinter(const Body& body, const Encoded& encoded, const PositionText& describe)
        : body_(body), encoded_(encoded), describe_(describe) {}

    std::string run() {
        auto decoded = decode(encoded_.il);
        if (!decoded) {
            return fmt::format("// not IL at {:04x}: {}\n", decoded.error().offset, decoded.error().message);
        }
        for (const DecodedInstruction& instruction : *decoded) {
            printPosition(instruction.offset);
            std::string comment = commentOf(instruction);
            out_ += fmt::format("IL_{:04x}: {}{}{}{}\n", instruction.offset, info(instruction.opcode).mnemonic,
                                operandText(instruction), comment.empty() ? "" : "  // ", comment);
        }
        return std::move(out_);
    }

  private:
    void printPosition(uint32_t offset) {
        if (!describe_ || !std::binary_search(encoded_.boundaries.begin(), encoded_.boundaries.end(), offset)) {
            return;
        }
        if (auto position = encoded_.positionAt(offset)) {
            out_ += commentLines(describe_(*position), "");
        }
    }

    std::string operandText(const DecodedInstruction& instruction) const {
        const int64_t operand = instruction.operand;
        switch (info(instruction.opcode).operand) {
            case OperandKind::None:
            case OperandKind::Pool:
            case OperandKind::Position:
                return "";
            case OperandKind::ShortInt32:
            case OperandKind::ShortArgument:
            case OperandKind::Argument:
            case OperandKind::ShortLocal:
            case OperandKind::Local:
                return fmt::format(" {}", operand);
            case OperandKind::Int32:
                return fmt::format(" 0x{:x}", static_cast<uint32_t>(operand));
            case OperandKind::Int64:
                return fmt::format(" 0x{:x}", static_cast<uint64_t>(operand));
            case OperandKind::Float64:
                return " " + floatText(static_cast<uint64_t>(operand));
            case OperandKind::Label:
                return fmt::format(" IL_{:04x}", operand);
            case OperandKind::Switch:
                return switchText(instruction.targets);
            case OperandKind::Method:
            case OperandKind::Signature:
                return calleeText(instruction);
        }
        return "";
    }

    static std::string switchText(const std::vector<uint32_t>& targets) {
        std::string text = " (";
        for (size_t i = 0; i < targets.size(); ++i) {
            text += fmt::format("{}IL_{:04x}", i == 0 ? "" : ", ", targets[i]);
        }
        return text + ")";
    }

    std::string calleeText(const DecodedInstruction& instruction) const {
        std::optional<Instruction> symbolic = symbolicOf(instruction);
        return symbolic ? " " + operandName(body_, *symbolic) : fmt::format(" 0x{:08x}", instruction.operand);
    }

    /// The decoded call as it stands in a body; nothing if its token belongs to no method or signature.
    std::optional<Instruction> symbolicOf(const DecodedInstruction& instruction) const {
        auto token = static_cast<uint32_t>(instruction.operand);
        if (instruction.opcode == Opcode::Call) {
            auto id = methodOfToken(body_, token);
            return id ? std::optional(Instruction{Opcode::Call, id->index()}) : std::nullopt;
        }
        auto id = signatureOfToken(body_, token);
        return id ? std::optional(Instruction{Opcode::Calli, id->index()}) : std::nullopt;
    }

    std::string commentOf(const DecodedInstruction& instruction) const {
        if (info(generalForm(instruction.opcode, instruction.operand).opcode).operand == OperandKind::Local) {
            return operandName(body_, {instruction.opcode, instruction.operand});
        }
        // Not by the constant alone: a program may contain the number of a key.
        if (instruction.opcode == Opcode::LdcI8 &&
            std::binary_search(encoded_.poolLoads.begin(), encoded_.poolLoads.end(), instruction.offset)) {
            if (auto entry = poolOfKey(body_, static_cast<uint64_t>(instruction.operand))) {
                return "pool: " + operandName(body_, {Opcode::LoadPool, entry->index()});
            }
        }
        return "";
    }

    const Body& body_;
    const Encoded& encoded_;
    const PositionText& describe_;
    std::string out_;
};

}  // namespace

std::string listing(const Body& body, const Encoded& encoded, const PositionText& describe) {
    return ListingPrinter(body, encoded, describe).run();
}

}  // namespace pyjion::cil
