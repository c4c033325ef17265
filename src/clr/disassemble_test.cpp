// SPDX-License-Identifier: MIT
#include "clr/disassemble.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "clr/sketch.h"

namespace pyjion::clr {
namespace {

using cil::Opcode;
using cil::Type;
using test::Sketch;

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        result.push_back(line);
    }
    return result;
}

bool anyMatches(const std::vector<std::string>& listing, const std::string& pattern) {
    const std::regex regex(pattern);
    for (const std::string& line : listing) {
        if (std::regex_search(line, regex)) {
            return true;
        }
    }
    return false;
}

// A listing of exactly these bytes; relocations and pool do not matter.
std::string listingOf(const std::vector<uint8_t>& bytes) {
    static CodeMemory memory;
    auto description = std::make_shared<CodeDescription>();
    description->codeSize = description->roDataOffset = description->poolOffset = description->imageSize =
        static_cast<uint32_t>(bytes.size());
    auto native = NativeCode::place(memory, std::as_bytes(std::span(bytes)), description);
    return disassemble(**native);
}

TEST(DisassembleTest, KnownBytes) {
    EXPECT_EQ(listingOf({0x55,                                // push rbp
                         0x48, 0x8b, 0x5f, 0x40,              // mov rbx, [rdi+0x40]
                         0x48, 0x8b, 0x5f, 0x08,              //
                         0xc5, 0xfb, 0x10, 0x47, 0x10,        // vmovsd xmm0, [rdi+0x10]
                         0x48, 0xff, 0x07,                    // inc qword [rdi]
                         0x7c, 0xf2,                          // jl 5
                         0x48, 0x8b, 0x04, 0xf2,              // mov rax, [rdx+rsi*8]
                         0x48, 0x81, 0xff, 0xff, 0,    0, 0,  // cmp rdi, 0xff
                         0xf3, 0x0f, 0x2a, 0xc7,              // cvtsi2ss xmm0, edi
                         0x0f, 0xb6, 0x06,                    // movzx eax, byte [rsi]
                         0xff, 0x10,                          // call [rax]
                         0x06, 0xc3}                          // …, a byte that is no instruction, ret
                        ),
              "00000000: PUSH RBP\n"
              "00000001: MOV RBX, [RDI+0x40]\n"
              "00000005: MOV RBX, [RDI+0x8]\n"
              "00000009: VMOVSD XMM0, [RDI+0x10]\n"
              "0000000e: INC QWORD PTR [RDI]\n"
              "00000011: JL 0x00000005\n"
              "00000013: MOV RAX, [RDX+RSI*8]\n"
              "00000017: CMP RDI, 0xff\n"
              "0000001e: CVTSI2SS XMM0, EDI\n"
              "00000022: MOVZX EAX, BYTE PTR [RSI]\n"
              "00000025: CALL [RAX]\n"
              "00000027: DB 0x06\n"
              "00000028: RET\n");
}

TEST(DisassembleTest, LinesOfARealMethod) {
    auto code = test::SumLoop().compile();
    uint32_t expected = 0;
    const std::regex shape("^([0-9a-f]{8}): [A-Z]");
    std::set<uint32_t> starts;
    std::vector<uint32_t> targets;
    for (const std::string& line : lines(disassemble(*code))) {
        std::smatch match;
        ASSERT_TRUE(std::regex_search(line, match, shape)) << line;
        const auto offset = static_cast<uint32_t>(std::stoul(match[1], nullptr, 16));
        EXPECT_GE(offset, expected);
        expected = offset + 1;
        starts.insert(offset);
        std::smatch jump;
        if (std::regex_search(line, jump, std::regex(": J[A-Z]+ 0x([0-9a-f]{8})$"))) {
            targets.push_back(static_cast<uint32_t>(std::stoul(jump[1], nullptr, 16)));
        }
    }
    EXPECT_EQ(*starts.begin(), 0u);
    EXPECT_LT(*starts.rbegin(), code->description().codeSize);
    EXPECT_FALSE(targets.empty());
    for (uint32_t target : targets) {
        EXPECT_TRUE(starts.contains(target)) << target;
    }
}

TEST(DisassembleTest, NamesWhatThePoolHolds) {
    Sketch sketch({Type::Int64, {Type::Int64}});
    const auto helper = sketch.helper(
        "PyNumber_Add", {Type::Int64, {Type::Int64}}, +[](int64_t x) { return x; });
    const auto word = sketch.poolWord("type:int", 12345);
    const auto pointer = sketch.poolWord("cell", 77);
    const auto other = sketch.build.newLabel();
    sketch.build.ldarg(0);
    sketch.build.emit(Opcode::ConvI);
    sketch.build.loadPool(word);
    sketch.build.branch(Opcode::Beq, other);
    sketch.build.ldarg(0);
    sketch.build.call(helper);
    sketch.build.ldcI8(1);
    sketch.build.emit(Opcode::Add);
    sketch.build.emit(Opcode::Ret);
    sketch.build.bind(other);
    sketch.build.loadPool(pointer);
    sketch.build.emit(Opcode::ConvI8);
    sketch.build.emit(Opcode::Ret);
    for (bool optimise : {true, false}) {
        auto code = sketch.compile({.optimise = optimise});
        const auto listing = lines(disassemble(*code));
        EXPECT_TRUE(anyMatches(listing, "^[0-9a-f]{8}: CALL \\[RIP\\+0x[0-9a-f]+\\] ; PyNumber_Add$"));
        EXPECT_TRUE(anyMatches(listing, "^[0-9a-f]{8}: (CMP|MOV) R[A-Z]+, \\[RIP\\+0x[0-9a-f]+\\] ; pool: type:int$"));
        EXPECT_TRUE(anyMatches(listing, "^[0-9a-f]{8}: MOV RAX, \\[RIP\\+0x[0-9a-f]+\\] ; pool: cell$"));
    }
}

TEST(DisassembleTest, NamesReadOnlyData) {
    Sketch sketch({Type::Double, {Type::Double}});
    sketch.build.ldarg(0);
    sketch.build.ldcR8(1.25);
    sketch.build.emit(Opcode::Mul);
    sketch.build.emit(Opcode::Ret);
    auto code = sketch.compile();
    EXPECT_TRUE(anyMatches(lines(disassemble(*code)), "MULSD .*\\[RIP\\+0x[0-9a-f]+\\] ; data: 0x0$"));
}

TEST(DisassembleTest, CommentsStandBeforeTheirInstructions) {
    test::SumLoop sketch;
    auto encoded = cil::encode(sketch.body);
    ASSERT_TRUE(encoded);
    for (bool optimise : {true, false}) {
        auto code = sketch.compile({.optimise = optimise});
        const auto listing = lines(disassemble(*code, [&](uint32_t ilOffset) -> std::vector<std::string> {
            auto position = encoded->positionAt(ilOffset);
            return {"line " + std::to_string(position ? position->line : 0)};
        }));
        std::vector<std::string> comments;
        for (size_t i = 0; i < listing.size(); ++i) {
            if (listing[i].starts_with("; line ")) {
                comments.push_back(listing[i].substr(7));
                EXPECT_LT(i + 1, listing.size());
            }
        }
        for (const char* line : {"1", "3", "4"}) {
            EXPECT_NE(std::find(comments.begin(), comments.end(), line), comments.end()) << line;
        }
        EXPECT_EQ(std::find(comments.begin(), comments.end(), "0"), comments.end());
    }
}

}  // namespace
}  // namespace pyjion::clr
