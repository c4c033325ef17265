// SPDX-License-Identifier: MIT
// Tables and look-ups made from opcodes.def.
#include "cil/opcode.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace pyjion::cil {
namespace {

constexpr std::array<OpcodeInfo, kOpcodeCount> kInfos = {{
#define PYJION_CIL_OPCODE(name, mnemonic, encoding, operand, pops, pushes, flow) \
    {#name, mnemonic, encoding, OperandKind::operand, Pops::pops, Pushes::pushes, Flow::flow},
#include "cil/opcodes.def"
}};

struct ShortForm {
    Opcode opcode;
    Opcode general;
    int16_t low;
    int16_t high;
};

constexpr auto kShortForms = std::to_array<ShortForm>({
#define PYJION_CIL_SHORT_FORM(name, general, low, high) {Opcode::name, Opcode::general, low, high},
#include "cil/opcodes.def"
});

/// Row of kShortForms for each opcode, or -1. Both tables are per opcode because every emitted instruction asks them.
constexpr auto kShortFormOf = [] {
    std::array<int8_t, kOpcodeCount> rows{};
    rows.fill(-1);
    for (size_t i = 0; i < kShortForms.size(); ++i) {
        rows[static_cast<size_t>(kShortForms[i].opcode)] = static_cast<int8_t>(i);
    }
    return rows;
}();

constexpr auto kHasShortForm = [] {
    std::array<bool, kOpcodeCount> has{};
    for (const ShortForm& form : kShortForms) {
        has[static_cast<size_t>(form.general)] = true;
    }
    return has;
}();

using MnemonicMap = std::unordered_map<std::string_view, Opcode>;

const MnemonicMap& mnemonics() {
    static const MnemonicMap map = [] {
        MnemonicMap result;
        for (size_t i = 0; i < kOpcodeCount; ++i) {
            result.emplace(kInfos[i].mnemonic, static_cast<Opcode>(i));
        }
        return result;
    }();
    return map;
}

}  // namespace

const OpcodeInfo& info(Opcode opcode) {
    return kInfos[static_cast<size_t>(opcode)];
}

std::optional<Opcode> opcodeOfMnemonic(std::string_view mnemonic) {
    auto found = mnemonics().find(mnemonic);
    if (found == mnemonics().end()) {
        return std::nullopt;
    }
    return found->second;
}

std::optional<Opcode> opcodeOfEncoding(uint16_t encoding) {
    auto row = std::find_if(kInfos.begin(), kInfos.end(), [=](const OpcodeInfo& i) { return i.encoding == encoding; });
    if (encoding == kNoEncoding || row == kInfos.end()) {
        return std::nullopt;
    }
    return static_cast<Opcode>(row - kInfos.begin());
}

bool fallsThrough(Opcode opcode) {
    Flow flow = info(opcode).flow;
    return flow != Flow::Branch && flow != Flow::Return && flow != Flow::Throw;
}

GeneralForm generalForm(Opcode opcode, int64_t operand) {
    int row = kShortFormOf[static_cast<size_t>(opcode)];
    if (row < 0) {
        return {opcode, operand};
    }
    bool implied = info(opcode).operand == OperandKind::None;
    return {kShortForms[row].general, implied ? kShortForms[row].low : operand};
}

Opcode shortestForm(Opcode opcode, int64_t operand) {
    if (!kHasShortForm[static_cast<size_t>(opcode)]) {
        return opcode;
    }
    for (const ShortForm& form : kShortForms) {
        if (form.general == opcode && form.low <= operand && operand <= form.high) {
            return form.opcode;
        }
    }
    return opcode;
}

uint32_t operandSize(OperandKind kind) {
    switch (kind) {
        case OperandKind::None:
        case OperandKind::Pool:
        case OperandKind::Position:
            return 0;
        case OperandKind::ShortInt32:
        case OperandKind::ShortArgument:
        case OperandKind::ShortLocal:
            return 1;
        case OperandKind::Argument:
        case OperandKind::Local:
            return 2;
        case OperandKind::Int32:
        case OperandKind::Label:
        case OperandKind::Switch:
        case OperandKind::Method:
        case OperandKind::Signature:
            return 4;
        case OperandKind::Int64:
        case OperandKind::Float64:
            return 8;
    }
    return 0;
}

}  // namespace pyjion::cil
