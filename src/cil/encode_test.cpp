// SPDX-License-Identifier: MIT
// Encoder, decoder and builder. Bytes are written down by hand from ECMA-335 Partition III.
#include "cil/encode.h"

#include <gtest/gtest.h>

#include <bit>
#include <functional>
#include <limits>
#include <set>

#include "base/check.h"
#include "cil/bodies_for_test.h"
#include "cil/builder.h"
#include "cil/decode.h"

namespace pyjion::cil {
namespace {

using Bytes = std::vector<uint8_t>;

/// Encodes what `fill` builds into a body with 300 int64 arguments and locals.
base::Result<Encoded, std::string> encodeWith(const std::function<void(Builder&, Body&)>& fill) {
    Body body;
    body.signature = {Type::Void, std::vector<Type>(300, Type::Int64)};
    Builder b(body);
    for (int i = 0; i < 300; ++i) {
        b.newLocal(Type::Int64, "");
    }
    fill(b, body);
    return encode(body);
}

Bytes bytesOf(const std::function<void(Builder&)>& fill) {
    auto encoded = encodeWith([&](Builder& b, Body&) { fill(b); });
    EXPECT_TRUE(encoded.ok()) << (encoded.ok() ? "" : encoded.error());
    return encoded.ok() ? encoded->il : Bytes();
}

std::string errorOf(const std::function<void(Builder&, Body&)>& fill) {
    auto encoded = encodeWith(fill);
    return encoded.ok() ? "no error" : encoded.error();
}

Bytes integer(int32_t value) {
    return bytesOf([=](Builder& b) { b.ldcI4(value); });
}

TEST(Encode, IntegersTakeTheShortestForm) {
    EXPECT_EQ(integer(-1), (Bytes{0x15}));
    for (int32_t value = 0; value <= 8; ++value) {
        EXPECT_EQ(integer(value), (Bytes{static_cast<uint8_t>(0x16 + value)}));
    }
    EXPECT_EQ(integer(9), (Bytes{0x1F, 0x09}));
    EXPECT_EQ(integer(-2), (Bytes{0x1F, 0xFE}));
    EXPECT_EQ(integer(127), (Bytes{0x1F, 0x7F}));
    EXPECT_EQ(integer(-128), (Bytes{0x1F, 0x80}));
    EXPECT_EQ(integer(128), (Bytes{0x20, 0x80, 0x00, 0x00, 0x00}));
    EXPECT_EQ(integer(-129), (Bytes{0x20, 0x7F, 0xFF, 0xFF, 0xFF}));
}

TEST(Encode, WideConstants) {
    EXPECT_EQ(bytesOf([](Builder& b) { b.ldcI8(0x0102030405060708); }),
              (Bytes{0x21, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01}));
    EXPECT_EQ(bytesOf([](Builder& b) { b.ldcR8(1.0); }), (Bytes{0x23, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F}));
}

TEST(Encode, ArgumentsAndLocals) {
    EXPECT_EQ(bytesOf([](Builder& b) {
                  b.ldarg(0);
                  b.ldarg(3);
                  b.ldarg(4);
                  b.ldarg(256);
              }),
              (Bytes{0x02, 0x05, 0x0E, 0x04, 0xFE, 0x09, 0x00, 0x01}));
    EXPECT_EQ(bytesOf([](Builder& b) {
                  b.ldloc(LocalId(1));
                  b.stloc(LocalId(2));
                  b.ldloc(LocalId(255));
                  b.stloc(LocalId(255));
                  b.ldloc(LocalId(257));
                  b.stloc(LocalId(258));
              }),
              (Bytes{0x07, 0x0C, 0x11, 0xFF, 0x13, 0xFF, 0xFE, 0x0C, 0x01, 0x01, 0xFE, 0x0E, 0x02, 0x01}));
    // There is no ldloca.0 and no starg.0.
    EXPECT_EQ(bytesOf([](Builder& b) {
                  b.ldloca(LocalId(0));
                  b.ldloca(LocalId(256));
                  b.starg(0);
                  b.starg(256);
              }),
              (Bytes{0x12, 0x00, 0xFE, 0x0D, 0x00, 0x01, 0x10, 0x00, 0xFE, 0x0B, 0x00, 0x01}));
}

TEST(Encode, TwoByteOpcodes) {
    EXPECT_EQ(bytesOf([](Builder& b) {
                  b.ldcI4(0);
                  b.emit(Opcode::Dup);
                  b.emit(Opcode::Ceq);
                  b.emit(Opcode::ConvU);
                  b.emit(Opcode::Volatile);
                  b.emit(Opcode::LdindI8);
              }),
              (Bytes{0x16, 0x25, 0xFE, 0x01, 0xE0, 0xFE, 0x13, 0x4C}));
}

TEST(Encode, BranchesCountFromTheEndOfTheInstruction) {
    EXPECT_EQ(bytesOf([](Builder& b) {
                  LabelId back = b.newLabel();
                  LabelId forth = b.newLabel();
                  b.bind(back);
                  b.branch(Opcode::Br, forth);     // 0: to 11, from 5
                  b.ldcI4(0);                      // 5
                  b.branch(Opcode::Brtrue, back);  // 6: to 0, from 11
                  b.bind(forth);
                  b.emit(Opcode::Ret);  // 11
              }),
              (Bytes{0x38, 6, 0, 0, 0, 0x16, 0x3A, 0xF5, 0xFF, 0xFF, 0xFF, 0x2A}));
}

TEST(Encode, SwitchCountsFromTheEndOfItsTable) {
    EXPECT_EQ(bytesOf([](Builder& b) {
                  LabelId start = b.newLabel();
                  LabelId end = b.newLabel();
                  b.bind(start);
                  b.ldcI4(0);                // 0
                  b.switchOn({end, start});  // 1: table ends at 14
                  b.emit(Opcode::Nop);       // 14
                  b.bind(end);
                  b.emit(Opcode::Ret);  // 15
              }),
              (Bytes{0x16, 0x45, 2, 0, 0, 0, 1, 0, 0, 0, 0xF2, 0xFF, 0xFF, 0xFF, 0x00, 0x2A}));
}

TEST(Encode, TokensAndPoolKeys) {
    EXPECT_EQ(bytesOf([](Builder& b) {
                  PoolId first = b.pool("a");
                  PoolId second = b.pool("b");
                  b.helper("f", {Type::Void, {}}, first);
                  b.call(b.helper("g", {Type::Void, {}}, first));
                  b.loadPool(second);
                  b.signature({Type::Void, {}});
                  b.calli(b.signature({Type::Int32, {}}));
              }),
              (Bytes{0x28, 0x02, 0x00, 0x00, 0x0A,                                      // call 0x0A000002
                     0x21, 0x08, 0x00, 0x00, 0x00, 0x00, 0x7E, 0x00, 0x00, 0xD3, 0x4D,  // ldc.i8; conv.i; ldind.i
                     0x29, 0x02, 0x00, 0x00, 0x11}));                                   // calli 0x11000002
}

TEST(Encode, TokensAndKeysGoBackToIds) {
    Body body = collatzBody();
    EXPECT_EQ(methodOfToken(body, tokenOf(MethodId(1))), MethodId(1));
    EXPECT_EQ(methodOfToken(body, tokenOf(MethodId(2))), std::nullopt);
    EXPECT_EQ(methodOfToken(body, 0), std::nullopt);
    EXPECT_EQ(signatureOfToken(body, tokenOf(SignatureId(0))), std::nullopt);
    EXPECT_EQ(poolOfKey(body, poolKey(PoolId(1))), PoolId(1));
    EXPECT_EQ(poolOfKey(body, poolKey(PoolId(1)) + 4), std::nullopt);
    EXPECT_EQ(poolOfKey(body, poolKey(PoolId(2))), std::nullopt);
    body.signatures.push_back({});
    EXPECT_EQ(signatureOfToken(body, 0x11000001), SignatureId(0));
}

TEST(Encode, MaxStackFollowsControlFlow) {
    auto encoded = encodeWith([](Builder& b, Body&) {
        LabelId end = b.newLabel();
        b.ldcI8(1);
        b.ldcI8(2);
        b.ldcI8(3);
        b.branch(Opcode::Br, end);
        b.ldcI8(0);  // unreachable, counts from nothing
        b.emit(Opcode::Pop);
        b.bind(end);
        b.ldcI8(4);  // here the stack has four values
        for (int i = 0; i < 4; ++i) {
            b.emit(Opcode::Pop);
        }
        b.emit(Opcode::Ret);
    });
    ASSERT_TRUE(encoded.ok());
    EXPECT_EQ(encoded->maxStack, 4u);
    EXPECT_EQ(encode(collatzBody())->maxStack, 2u);
}

TEST(Encode, MaxStackOfCalls) {
    auto encoded = encodeWith([](Builder& b, Body&) {
        PoolId cell = b.pool("cell");
        b.ldarg(0);
        b.ldarg(0);
        b.ldarg(0);
        b.loadPool(cell);
        b.calli(b.signature({Type::Int64, {Type::Int64, Type::Int64, Type::Int64}}));
        b.emit(Opcode::Pop);
        b.emit(Opcode::Ret);
    });
    ASSERT_TRUE(encoded.ok());
    EXPECT_EQ(encoded->maxStack, 4u);
}

TEST(Encode, MarksBecomeBoundaries) {
    Body body;
    body.signature = {Type::Void, {}};
    Builder b(body);
    b.emit(Opcode::Nop);  // 0
    b.mark(2, 10);
    b.mark(3, 11);        // replaces the one at the same offset
    b.emit(Opcode::Nop);  // 1
    b.mark(5, 12);
    b.emit(Opcode::Ret);  // 2
    b.mark(9, 99);        // nothing follows
    auto encoded = encode(body);
    ASSERT_TRUE(encoded.ok());
    EXPECT_EQ(encoded->boundaries, (std::vector<uint32_t>{1, 2}));
    EXPECT_EQ(encoded->offsets, (std::vector<uint32_t>{0, 1, 1, 1, 2, 2, 3}));
    EXPECT_FALSE(encoded->positionAt(0).has_value());
    EXPECT_EQ(encoded->positionAt(1)->bytecodeIndex, 3u);
    EXPECT_EQ(encoded->positionAt(1)->line, 11u);
    EXPECT_EQ(encoded->positionAt(2)->line, 12u);
    EXPECT_EQ(encoded->positionAt(50)->line, 12u);
}

TEST(Encode, ErrorsAreClear) {
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.branch(Opcode::Br, b.newLabel()); }),
              "instruction 0: label L0 is not bound");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.branch(Opcode::Br, LabelId(7)); }),
              "instruction 0: label L7 is not bound");
    EXPECT_EQ(errorOf([](Builder& b, Body&) {
                  LabelId label = b.newLabel();
                  b.bind(label);
                  b.bind(label);
              }),
              "instruction 1 (label): label L0 is bound twice");
    EXPECT_EQ(errorOf([](Builder& b, Body&) {
                  LabelId end = b.newLabel();
                  b.ldcI4(1);
                  b.branch(Opcode::Brtrue, end);
                  b.bind(end);
              }),
              "instruction 1: branch out of range: no instruction follows label L0");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.ldloc(LocalId(300)); }), "instruction 0 (ldloc): operand out of range");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.ldarg(300); }), "instruction 0 (ldarg): operand out of range");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.call(MethodId(0)); }), "instruction 0 (call): operand out of range");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.calli(SignatureId(0)); }),
              "instruction 0 (calli): operand out of range");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.loadPool(PoolId(0)); }),
              "instruction 0 (ldpool): pool entry 0 does not exist");
    EXPECT_EQ(errorOf([](Builder& b, Body& body) {
                  b.emit(Opcode::Nop);
                  body.code.push_back({Opcode::LdcI4, int64_t{1} << 31});
              }),
              "instruction 1 (ldc.i4): operand out of range");
    EXPECT_EQ(errorOf([](Builder&, Body& body) {
                  body.code.push_back({Opcode::LdlocS, 256});
              }),
              "instruction 0 (ldloc.s): operand out of range");
    EXPECT_EQ(errorOf([](Builder&, Body& body) {
                  body.code.push_back({Opcode::Mark, 3});
              }),
              "instruction 0 (mark): position 3 does not exist");
    EXPECT_EQ(errorOf([](Builder& b, Body&) { b.emit(Opcode::Pop); }),
              "an instruction takes more from the stack than there is");
}

TEST(Builder, SignaturesAreShared) {
    Body body;
    Builder b(body);
    SignatureId first = b.signature({Type::Int64, {Type::Double}});
    EXPECT_NE(b.signature({Type::Int64, {}}), first);
    EXPECT_EQ(b.signature({Type::Int64, {Type::Double}}), first);
    EXPECT_EQ(body.signatures.size(), 2u);
}

TEST(Builder, TablesGrow) {
    Body body = collatzBody();
    EXPECT_EQ(body.locals.size(), 2u);
    EXPECT_EQ(body.localNames[1], "steps");
    EXPECT_EQ(body.labelCount, 3u);
    ASSERT_EQ(body.methods.size(), 2u);
    EXPECT_FALSE(body.methods[0].isIntrinsic());
    EXPECT_EQ(body.methods[0].cell, PoolId(1));
    EXPECT_TRUE(body.methods[1].isIntrinsic());
    EXPECT_EQ(body.methods[1].name, "System.Math::Sqrt");
    EXPECT_EQ(body.positions[2].bytecodeIndex, 10u);
}

TEST(BuilderDeathTest, RejectsMissingOperands) {
    Body body;
    Builder b(body);
    EXPECT_DEATH(b.emit(Opcode::Ldloc), "ldloc needs an operand");
    EXPECT_DEATH(b.branch(Opcode::Add, LabelId(0)), "add is no branch");
}

// --- Decoder ------------------------------------------------------------------------------------------------------

TEST(Decode, EveryOpcodeComesBack) {
    Body body = everyOpcodeBody();
    // The stack of this body makes no sense, so that only single instructions can be encoded.
    for (const Instruction& instruction : body.code) {
        const OpcodeInfo& row = info(instruction.opcode);
        if (row.encoding == kNoEncoding || row.operand == OperandKind::Label || row.operand == OperandKind::Switch) {
            continue;
        }
        Body one = body;
        one.code.clear();
        Builder b(one);
        LabelId start = b.newLabel();
        b.branch(Opcode::Br, start);  // the rest is unreachable: no stack is needed
        one.code.push_back(instruction);
        b.bind(start);
        b.emit(Opcode::Ret);
        auto encoded = encode(one);
        ASSERT_TRUE(encoded.ok()) << encoded.error();
        auto decoded = decode(encoded->il);
        ASSERT_TRUE(decoded.ok()) << decoded.error().message;
        ASSERT_EQ(decoded->size(), 3u) << row.mnemonic;
        const DecodedInstruction& back = (*decoded)[1];
        EXPECT_EQ(info(back.opcode).mnemonic, row.mnemonic);
        int64_t operand = instruction.operand;
        if (row.operand == OperandKind::Method) {
            operand = tokenOf(MethodId(static_cast<uint32_t>(operand)));
        } else if (row.operand == OperandKind::Signature) {
            operand = tokenOf(SignatureId(static_cast<uint32_t>(operand)));
        }
        EXPECT_EQ(back.operand, operand) << row.mnemonic;
        EXPECT_EQ(back.offset, 5u);
        EXPECT_EQ(back.offset + back.size, (*decoded)[2].offset);
    }
}

TEST(Decode, EveryOpcodeIsInThatBody) {
    std::set<Opcode> used;
    for (const Instruction& instruction : everyOpcodeBody().code) {
        used.insert(instruction.opcode);
    }
    EXPECT_EQ(used.size(), kOpcodeCount);
}

TEST(Decode, EveryBranchComesBack) {
    for (size_t i = 0; i < kOpcodeCount; ++i) {
        auto opcode = static_cast<Opcode>(i);
        if (info(opcode).operand != OperandKind::Label || opcode == Opcode::Label) {
            continue;
        }
        Body body;
        Builder b(body);
        LabelId back = b.newLabel();
        LabelId over = b.newLabel();
        b.bind(back);
        b.emit(Opcode::Nop);         // 0
        b.branch(Opcode::Br, over);  // 1
        b.branch(opcode, back);      // 6
        b.bind(over);
        b.emit(Opcode::Ret);  // 11
        auto decoded = decode(encode(body)->il);
        ASSERT_TRUE(decoded.ok());
        EXPECT_EQ((*decoded)[1].operand, 11);
        EXPECT_EQ(info((*decoded)[2].opcode).mnemonic, info(opcode).mnemonic);
        EXPECT_EQ((*decoded)[2].operand, 0);
    }
}

TEST(Decode, Switch) {
    Bytes il = {0x16, 0x45, 2, 0, 0, 0, 1, 0, 0, 0, 0xF2, 0xFF, 0xFF, 0xFF, 0x00, 0x2A};
    auto decoded = decode(il);
    ASSERT_TRUE(decoded.ok());
    ASSERT_EQ(decoded->size(), 4u);
    EXPECT_EQ((*decoded)[1].targets, (std::vector<uint32_t>{15, 0}));
    EXPECT_EQ((*decoded)[1].size, 13u);
}

std::string decodeError(Bytes il) {
    auto decoded = decode(il);
    return decoded.ok() ? "no error" : fmt::format("{}: {}", decoded.error().offset, decoded.error().message);
}

TEST(Decode, Errors) {
    EXPECT_EQ(decodeError({}), "no error");
    EXPECT_EQ(decodeError({0x00, 0x24}), "1: unknown opcode 0x24");
    EXPECT_EQ(decodeError({0xFE, 0xFF}), "0: unknown opcode 0xfeff");
    EXPECT_EQ(decodeError({0xFF}), "0: unknown opcode 0xff");
    EXPECT_EQ(decodeError({0xFE}), "0: the method ends inside an instruction");
    EXPECT_EQ(decodeError({0x00, 0x20, 1, 2, 3}), "1: the method ends inside an instruction");
    EXPECT_EQ(decodeError({0x45, 0xFF, 0xFF, 0xFF, 0xFF}), "0: the method ends inside an instruction");
    EXPECT_EQ(decodeError({0x38, 0, 0, 0, 0}), "0: branch to offset 5, outside the method");
    EXPECT_EQ(decodeError({0x38, 0xFA, 0xFF, 0xFF, 0xFF}), "0: branch to offset -1, outside the method");
    EXPECT_EQ(decodeError({0x38, 0xFB, 0xFF, 0xFF, 0xFF}), "no error");
}

// --- Opcode table -------------------------------------------------------------------------------------------------

TEST(Opcodes, NamesAndEncodingsAreUnique) {
    std::set<std::string_view> mnemonics;
    std::set<uint16_t> encodings;
    size_t encoded = 0;
    for (size_t i = 0; i < kOpcodeCount; ++i) {
        auto opcode = static_cast<Opcode>(i);
        const OpcodeInfo& row = info(opcode);
        mnemonics.insert(row.mnemonic);
        EXPECT_EQ(opcodeOfMnemonic(row.mnemonic), opcode);
        if (row.encoding != kNoEncoding) {
            ++encoded;
            encodings.insert(row.encoding);
            EXPECT_EQ(opcodeOfEncoding(row.encoding), opcode);
        }
    }
    EXPECT_EQ(mnemonics.size(), kOpcodeCount);
    EXPECT_EQ(encodings.size(), encoded);
    EXPECT_EQ(opcodeOfEncoding(kNoEncoding), std::nullopt);
    EXPECT_EQ(opcodeOfMnemonic("ldind"), std::nullopt);
}

TEST(Opcodes, NamesArePascalCaseOfMnemonics) {
    for (size_t i = 0; i < kOpcodeCount; ++i) {
        const OpcodeInfo& row = info(static_cast<Opcode>(i));
        if (row.name == "LoadPool") {
            continue;
        }
        std::string expected;
        bool upper = true;
        for (char c : row.mnemonic) {
            if (c != '.') {
                expected += upper ? static_cast<char>(std::toupper(c)) : c;
            }
            upper = c == '.';
        }
        EXPECT_EQ(row.name, expected);
    }
}

TEST(Opcodes, ShortForms) {
    EXPECT_EQ(generalForm(Opcode::Ldloc2, 0), (GeneralForm{Opcode::Ldloc, 2}));
    EXPECT_EQ(generalForm(Opcode::LdcI4M1, 0), (GeneralForm{Opcode::LdcI4, -1}));
    EXPECT_EQ(generalForm(Opcode::StargS, 9), (GeneralForm{Opcode::Starg, 9}));
    EXPECT_EQ(generalForm(Opcode::Add, 0), (GeneralForm{Opcode::Add, 0}));
    EXPECT_EQ(shortestForm(Opcode::Ldarg, 3), Opcode::Ldarg3);
    EXPECT_EQ(shortestForm(Opcode::Ldarg, 4), Opcode::LdargS);
    EXPECT_EQ(shortestForm(Opcode::Ldarg, 256), Opcode::Ldarg);
    EXPECT_EQ(shortestForm(Opcode::Br, 1), Opcode::Br);
    // A short form means its general form, so both must do the same to the stack.
    for (size_t i = 0; i < kOpcodeCount; ++i) {
        auto opcode = static_cast<Opcode>(i);
        const OpcodeInfo& general = info(generalForm(opcode, 0).opcode);
        EXPECT_EQ(info(opcode).pops, general.pops) << info(opcode).mnemonic;
        EXPECT_EQ(info(opcode).pushes, general.pushes) << info(opcode).mnemonic;
    }
}

}  // namespace
}  // namespace pyjion::cil
