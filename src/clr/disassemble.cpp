// SPDX-License-Identifier: MIT
// Zydis, configured; and the annotations.
#include "clr/disassemble.h"

#include <Zydis/Zydis.h>

#include <optional>

#include "base/check.h"

namespace pyjion::clr {

namespace {

bool isTransfer(const ZydisDecodedInstruction& instruction) {
    return instruction.meta.category == ZYDIS_CATEGORY_CALL || instruction.meta.category == ZYDIS_CATEGORY_UNCOND_BR;
}

// Whether the size of the memory operand must be said because nothing else in the line tells it.
bool needsTypecast(const ZydisFormatterContext& context) {
    if (isTransfer(*context.instruction) || context.instruction->mnemonic == ZYDIS_MNEMONIC_LEA) {
        return false;
    }
    for (int i = 0; i < context.instruction->operand_count_visible; ++i) {
        const ZydisDecodedOperand& operand = context.operands[i];
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
            const ZydisRegisterClass kind = ZydisRegisterGetClass(operand.reg.value);
            const bool isVector = kind == ZYDIS_REGCLASS_XMM || kind == ZYDIS_REGCLASS_YMM;
            return !isVector && operand.size != context.operand->size;
        }
    }
    return true;
}

const char* sizeWords(int bits) {
    switch (bits) {
        case 8:
            return "BYTE PTR ";
        case 16:
            return "WORD PTR ";
        case 32:
            return "DWORD PTR ";
        case 64:
            return "QWORD PTR ";
        default:
            return "";
    }
}

ZyanStatus printTypecast(const ZydisFormatter*, ZydisFormatterBuffer* buffer, ZydisFormatterContext* context) {
    if (!needsTypecast(*context)) {
        return ZYAN_STATUS_SUCCESS;
    }
    const char* words = sizeWords(context->operand->size);
    ZyanString* text = nullptr;
    ZyanStringView view;
    ZYAN_CHECK(ZydisFormatterBufferGetString(buffer, &text));
    ZYAN_CHECK(ZyanStringViewInsideBuffer(&view, words));
    return ZyanStringAppend(text, &view);
}

ZydisFormatter makeFormatter() {
    ZydisFormatter formatter;
    bool ok = ZYAN_SUCCESS(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL));
    const auto set = [&](ZydisFormatterProperty property, ZyanUPointer value) {
        ok = ok && ZYAN_SUCCESS(ZydisFormatterSetProperty(&formatter, property, value));
    };
    set(ZYDIS_FORMATTER_PROP_UPPERCASE_MNEMONIC, ZYAN_TRUE);
    set(ZYDIS_FORMATTER_PROP_UPPERCASE_REGISTERS, ZYAN_TRUE);
    set(ZYDIS_FORMATTER_PROP_UPPERCASE_PREFIXES, ZYAN_TRUE);
    set(ZYDIS_FORMATTER_PROP_UPPERCASE_DECORATORS, ZYAN_TRUE);
    set(ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
    set(ZYDIS_FORMATTER_PROP_FORCE_RELATIVE_RIPREL, ZYAN_TRUE);
    // Jump targets look like the offsets at the beginning of the lines.
    set(ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, 8);
    set(ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE, ZYDIS_PADDING_DISABLED);
    set(ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
    set(ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
    const void* hook = reinterpret_cast<const void*>(&printTypecast);
    ok = ok && ZYAN_SUCCESS(ZydisFormatterSetHook(&formatter, ZYDIS_FORMATTER_FUNC_PRINT_TYPECAST, &hook));
    PYJION_CHECK(ok, "the disassembler refuses its settings");
    return formatter;
}

class Listing {
  public:
    Listing(const NativeCode& code, const CommentsForIl& comments)
        : code_(code), description_(code.description()), comments_(comments) {
        ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    }

    std::string make() && {
        const auto bytes = code_.code();
        for (size_t at = 0; at < bytes.size();) {
            addComments(at);
            at += addInstruction(at);
        }
        return std::move(text_);
    }

  private:
    // Comments of all IL offsets that start at `at`, or started within the instruction before.
    void addComments(size_t at) {
        const auto& map = description_.map;
        for (; nextMapEntry_ < map.size() && map[nextMapEntry_].nativeOffset <= at; ++nextMapEntry_) {
            if (!comments_ || !map[nextMapEntry_].isIl()) {
                continue;
            }
            for (const std::string& line : comments_(map[nextMapEntry_].ilOffset)) {
                text_ += "; " + line + "\n";
            }
        }
    }

    size_t addInstruction(size_t at) {
        const auto bytes = code_.code().subspan(at);
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder_, bytes.data(), bytes.size(), &instruction, operands))) {
            text_ += fmt::format("{:08x}: DB 0x{:02x}\n", at, static_cast<uint8_t>(bytes[0]));
            return 1;
        }
        char line[256];
        ZydisFormatterFormatInstruction(&formatter_, &instruction, operands, instruction.operand_count_visible, line,
                                        sizeof line, at, nullptr);
        text_ += fmt::format("{:08x}: {}", at, line);
        addTarget(at + instruction.length, instruction, operands);
        text_ += '\n';
        return instruction.length;
    }

    // Names what a RIP-relative operand refers to. `next` is the offset of the next instruction.
    void addTarget(size_t next, const ZydisDecodedInstruction& instruction, const ZydisDecodedOperand* operands) {
        for (int i = 0; i < instruction.operand_count_visible; ++i) {
            const ZydisDecodedOperand& operand = operands[i];
            if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY || operand.mem.base != ZYDIS_REGISTER_RIP) {
                continue;
            }
            const auto target = static_cast<uint32_t>(static_cast<int64_t>(next) + operand.mem.disp.value);
            if (auto name = poolName(target)) {
                text_ += (isTransfer(instruction) ? " ; " : " ; pool: ") + *name;
            } else if (target < description_.codeSize) {
                text_ += fmt::format(" ; 0x{:08x}", target);
            } else {
                text_ += fmt::format(" ; data: 0x{:x}", target - description_.roDataOffset);
            }
        }
    }

    std::optional<std::string> poolName(uint32_t offset) const {
        if (offset < description_.poolOffset || offset >= description_.imageSize) {
            return std::nullopt;
        }
        const uint32_t within = offset - description_.poolOffset;
        const std::string& name = description_.poolNames[within / sizeof(uint64_t)];
        return within % sizeof(uint64_t) ? fmt::format("{}+{}", name, within % sizeof(uint64_t)) : name;
    }

    const NativeCode& code_;
    const CodeDescription& description_;
    const CommentsForIl& comments_;
    ZydisDecoder decoder_;
    ZydisFormatter formatter_ = makeFormatter();
    size_t nextMapEntry_ = 0;
    std::string text_;
};

}  // namespace

std::string disassemble(const NativeCode& code, const CommentsForIl& comments) {
    return Listing(code, comments).make();
}

}  // namespace pyjion::clr
