// SPDX-License-Identifier: MIT
// Listing, text form and parser.
#include "cil/print.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <sstream>

#include "base/check.h"
#include "cil/bodies_for_test.h"
#include "cil/builder.h"
#include "cil/parse.h"

namespace pyjion::cil {
namespace {

std::string listingOf(const Body& body, const PositionText& describe = {}) {
    auto encoded = encode(body);
    return encoded.ok() ? listing(body, *encoded, describe) : encoded.error();
}

TEST(Listing, Collatz) {
    EXPECT_EQ(listingOf(collatzBody()),
              "IL_0000: ldarg.1\n"
              "IL_0001: stloc.0  // n\n"
              "IL_0002: ldloc.0  // n\n"
              "IL_0003: ldc.i8 0x1\n"
              "IL_000c: beq IL_0051\n"
              "IL_0011: ldloc.0  // n\n"
              "IL_0012: ldc.i8 0x1\n"
              "IL_001b: and\n"
              "IL_001c: brfalse IL_003c\n"
              "IL_0021: ldloc.0  // n\n"
              "IL_0022: ldc.i8 0x3\n"
              "IL_002b: mul\n"
              "IL_002c: ldc.i8 0x1\n"
              "IL_0035: add\n"
              "IL_0036: stloc.0  // n\n"
              "IL_0037: br IL_0002\n"
              "IL_003c: ldloc.0  // n\n"
              "IL_003d: ldc.i4.1\n"
              "IL_003e: shr\n"
              "IL_003f: stloc.0  // n\n"
              "IL_0040: ldloc.1  // steps\n"
              "IL_0041: ldc.i8 0x1\n"
              "IL_004a: add\n"
              "IL_004b: stloc.1  // steps\n"
              "IL_004c: br IL_0002\n"
              "IL_0051: ldc.i8 0x7e0000000000  // pool: counter\n"
              "IL_005a: conv.i\n"
              "IL_005b: ldind.i\n"
              "IL_005c: ldloc.1  // steps\n"
              "IL_005d: call native int PyLong_FromLongLong(int64)\n"
              "IL_0062: stind.i\n"
              "IL_0063: ldc.r8 2.0\n"
              "IL_006c: call float64 System.Math::Sqrt(float64)\n"
              "IL_0071: conv.i8\n"
              "IL_0072: ldloc.1  // steps\n"
              "IL_0073: add\n"
              "IL_0074: ret\n");
}

/// ^IL_[0-9a-f]{4,}: [a-z]
bool isInstructionLine(std::string_view line) {
    if (!line.starts_with("IL_")) {
        return false;
    }
    line.remove_prefix(3);
    size_t digits = line.find_first_not_of("0123456789abcdef");
    return digits != std::string_view::npos && digits >= 4 && line.substr(digits, 2) == ": " &&
           line.size() > digits + 2 && line[digits + 2] >= 'a' && line[digits + 2] <= 'z';
}

TEST(Listing, EveryLineIsAnInstruction) {
    std::istringstream lines(listingOf(wellTypedBody()));
    size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        EXPECT_TRUE(isInstructionLine(line)) << line;
    }
    EXPECT_GT(count, 300u);
}

TEST(Listing, OperandsAndNames) {
    Body body;
    body.signature = {Type::Double, {Type::Int32}};
    Builder b(body);
    PoolId cell = b.pool("a\ncell");
    LocalId local = b.newLocal(Type::Int64, "x");
    LabelId end = b.newLabel();
    b.ldcI4(100);
    b.emit(Opcode::Pop);
    b.ldcI4(-1000);
    b.emit(Opcode::Pop);
    b.ldcI8(-2);
    b.stloc(local);
    b.ldarg(0);
    b.switchOn({end, end});
    b.loadPool(cell);
    b.calli(b.signature({Type::Void, {}}));
    // A program may contain the number of a key; it is no load from the pool.
    b.ldcI8(static_cast<int64_t>(poolKey(cell)));
    b.emit(Opcode::ConvI);
    b.emit(Opcode::LdindI);
    b.emit(Opcode::Pop);
    b.bind(end);
    b.ldcR8(2.25);
    b.call(b.intrinsic("System", "Math", "Sqrt", {Type::Double, {Type::Double}}));
    b.emit(Opcode::Ret);
    EXPECT_EQ(listingOf(body),
              "IL_0000: ldc.i4.s 100\n"
              "IL_0002: pop\n"
              "IL_0003: ldc.i4 0xfffffc18\n"
              "IL_0008: pop\n"
              "IL_0009: ldc.i8 0xfffffffffffffffe\n"
              "IL_0012: stloc.0  // x\n"
              "IL_0013: ldarg.0\n"
              "IL_0014: switch (IL_003d, IL_003d)\n"
              "IL_0021: ldc.i8 0x7e0000000000  // pool: a\\x0acell\n"
              "IL_002a: conv.i\n"
              "IL_002b: ldind.i\n"
              "IL_002c: calli void()\n"
              "IL_0031: ldc.i8 0x7e0000000000\n"
              "IL_003a: conv.i\n"
              "IL_003b: ldind.i\n"
              "IL_003c: pop\n"
              "IL_003d: ldc.r8 2.25\n"
              "IL_0046: call float64 System.Math::Sqrt(float64)\n"
              "IL_004b: ret\n");
}

TEST(Listing, PositionsAreInterleaved) {
    Body body;
    Builder b(body);
    b.mark(0, 3);
    b.emit(Opcode::Nop);
    b.mark(2, 4);
    b.emit(Opcode::Ret);
    auto describe = [](const SourcePosition& p) {
        return p.line == 3 ? std::string("line 3\nRESUME") : fmt::format("at {}", p.bytecodeIndex);
    };
    EXPECT_EQ(listingOf(body, describe),
              "// line 3\n"
              "// RESUME\n"
              "IL_0000: nop\n"
              "// at 2\n"
              "IL_0001: ret\n");
}

TEST(Listing, BrokenBytesAreReported) {
    Encoded encoded;
    encoded.il = {0x00, 0xFF};
    EXPECT_EQ(listing(Body(), encoded), "// not IL at 0001: unknown opcode 0xff\n");
}

TEST(Print, FloatsReadBackExactly) {
    EXPECT_EQ(floatText(std::bit_cast<uint64_t>(1.0)), "1.0");
    EXPECT_EQ(floatText(std::bit_cast<uint64_t>(-0.0)), "-0.0");
    EXPECT_EQ(floatText(std::bit_cast<uint64_t>(0.1)), "0.1");
    EXPECT_EQ(floatText(std::bit_cast<uint64_t>(1e22)), "1e+22");
    EXPECT_EQ(floatText(0x7ff8000000000001), "float64(0x7ff8000000000001)");
    EXPECT_EQ(floatText(0xfff0000000000000), "float64(0xfff0000000000000)");
}

TEST(Print, Collatz) {
    std::string text = printBody(collatzBody());
    EXPECT_EQ(text.substr(0, text.find("    brfalse")),
              ".method int64 \"collatz\"(native int, int64)\n"
              ".local l0 int64 \"n\"\n"
              ".local l1 int64 \"steps\"\n"
              ".pool p0 \"counter\"\n"
              ".pool p1 \"PyLong_FromLongLong\"\n"
              ".helper m0 native int \"PyLong_FromLongLong\"(int64) p1\n"
              ".intrinsic m1 float64 \"System.Math::Sqrt\"(float64) \"System\" \"Math\" \"Sqrt\"\n"
              ".code\n"
              "    mark @0 line 1\n"
              "    ldarg 1                         // [0]\n"
              "    stloc l0                        // [1] n\n"
              "L0:\n"
              "    mark @4 line 2\n"
              "    ldloc l0                        // [0] n\n"
              "    ldc.i8 1                        // [1]\n"
              "    beq L2                          // [2]\n"
              "    ldloc l0                        // [0] n\n"
              "    ldc.i8 1                        // [1]\n"
              "    and                             // [2]\n");
}

/// print -> parse -> print, and what parse makes is the body itself.
void expectRoundTrip(const Body& body) {
    std::string text = printBody(body);
    auto parsed = parseBody(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().line << ": " << parsed.error().message << "\n" << text;
    EXPECT_EQ(printBody(*parsed), text);
    EXPECT_EQ(parsed->name, body.name);
    EXPECT_EQ(parsed->signature, body.signature);
    EXPECT_EQ(parsed->locals, body.locals);
    EXPECT_EQ(parsed->localNames, body.localNames);
    EXPECT_EQ(parsed->signatures, body.signatures);
    EXPECT_EQ(parsed->labelCount, body.labelCount);
    ASSERT_EQ(parsed->methods.size(), body.methods.size());
    for (size_t i = 0; i < body.methods.size(); ++i) {
        EXPECT_EQ(parsed->methods[i].name, body.methods[i].name);
        EXPECT_EQ(parsed->methods[i].signature, body.methods[i].signature);
        EXPECT_EQ(parsed->methods[i].cell, body.methods[i].cell);
        EXPECT_EQ(parsed->methods[i].intrinsicMethod, body.methods[i].intrinsicMethod);
    }
    ASSERT_EQ(parsed->code.size(), body.code.size());
    for (size_t i = 0; i < body.code.size(); ++i) {
        EXPECT_EQ(parsed->code[i].opcode, body.code[i].opcode) << i;
        EXPECT_EQ(parsed->code[i].operand, body.code[i].operand) << i << " " << info(body.code[i].opcode).mnemonic;
    }
}

TEST(Parse, RoundTrip) {
    expectRoundTrip(collatzBody());
    expectRoundTrip(everyOpcodeBody());
    expectRoundTrip(wellTypedBody());
    expectRoundTrip(Body());
}

TEST(Parse, BrokenBodiesRoundTripAsText) {
    Body body;
    body.locals = {Type::Int32};  // no names
    body.methods.resize(1);
    body.code = {{Opcode::Mark, 5}, {Opcode::Ldloc, 9}, {Opcode::Br, 3}, {Opcode::Call, 7}};
    std::string text = printBody(body);
    auto parsed = parseBody(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(printBody(*parsed), text);
}

TEST(Parse, FreeFormIsAccepted) {
    auto body = parseBody(
        "\n// comment\n\n.method void \"a\\\"b\\\\c\\x41\"( int32 )// c\r\n\n.code\n\n"
        "ldc.i4 0x80000000 // hex is bits\n ldc.i8 0xffffffffffffffff\n ldc.r8 -1\n ldc.r8 float64(0x10)\nL7:  \n"
        "switch ( L7 , L7 )\n mark @1 line 2");
    ASSERT_TRUE(body.ok()) << body.error().line << ":" << body.error().column << ": " << body.error().message;
    EXPECT_EQ(body->name, "a\"b\\cA");
    ASSERT_EQ(body->code.size(), 7u);
    EXPECT_EQ(body->code[0].operand, std::numeric_limits<int32_t>::min());
    EXPECT_EQ(body->code[1].operand, -1);
    EXPECT_EQ(std::bit_cast<double>(body->code[2].operand), -1.0);
    EXPECT_EQ(body->code[3].operand, 16);
    EXPECT_EQ(body->labelCount, 8u);
}

std::string parseErrorOf(std::string_view text) {
    auto body = parseBody(text);
    return body.ok() ? "no error"
                     : fmt::format("{}:{}: {}", body.error().line, body.error().column, body.error().message);
}

std::string codeError(std::string_view code) {
    return parseErrorOf(fmt::format(".method void \"\"()\n.code\n{}", code));
}

std::string tableError(std::string_view line) {
    return parseErrorOf(fmt::format(".method void \"\"()\n{}\n.code", line));
}

TEST(Parse, ErrorsInTheHeader) {
    EXPECT_EQ(parseErrorOf(""), "1:1: expected .method");
    EXPECT_EQ(parseErrorOf(".method"), "1:8: expected a type");
    EXPECT_EQ(parseErrorOf(".method native long \"\"()"), "1:16: expected int");
    EXPECT_EQ(parseErrorOf(".method void f()"), "1:14: expected a string in quotes");
    EXPECT_EQ(parseErrorOf(".method void \"f\""), "1:17: expected '('");
    EXPECT_EQ(parseErrorOf(".method void \"f\"(int32"), "1:23: expected ')'");
    EXPECT_EQ(parseErrorOf(".method void \"f\"(int32,)"), "1:24: expected a type");
    EXPECT_EQ(parseErrorOf(".method void \"f\"() x"), "1:20: expected the end of the line");
    EXPECT_EQ(parseErrorOf(".method void \"f\"()"),
              "1:19: expected .local, .pool, .helper, .intrinsic, .signature or .code");
    EXPECT_EQ(parseErrorOf(".method void \"f"), "1:14: the string has no end");
    EXPECT_EQ(parseErrorOf(".method void \"\\q\"()"), "1:14: unknown escape in a string");
    EXPECT_EQ(parseErrorOf(".method void \"\\x4"), "1:14: unknown escape in a string");
    EXPECT_EQ(parseErrorOf("\n \xff"), "2:2: unexpected character");
}

TEST(Parse, ErrorsInTheTables) {
    EXPECT_EQ(tableError(".local l1 int32 \"\""), "2:8: expected l0");
    EXPECT_EQ(tableError(".local l0 int32"), "2:16: expected a string in quotes");
    EXPECT_EQ(tableError(".pool \"x\""), "2:7: expected p0");
    EXPECT_EQ(tableError(".helper m0 void \"f\"() q0"), "2:23: expected a pool entry: p and a number");
    EXPECT_EQ(tableError(".intrinsic m0 void \"f\"() \"a\" \"b\""), "2:33: expected a string in quotes");
    EXPECT_EQ(tableError(".intrinsic m0 void \"f\"() \"a\" \"b\" \"\""),
              "2:36: an intrinsic needs the name of a method");
    EXPECT_EQ(tableError(".signature s0 void"), "2:19: expected '('");
    EXPECT_EQ(tableError("nop"), "2:1: expected .local, .pool, .helper, .intrinsic, .signature or .code");
}

TEST(Parse, ErrorsInTheCode) {
    EXPECT_EQ(codeError("  frob"), "3:3: expected an instruction or a label");
    EXPECT_EQ(codeError("label L0"), "3:1: expected an instruction or a label");
    EXPECT_EQ(codeError(": nop"), "3:1: expected an instruction or a label");
    EXPECT_EQ(codeError("nop nop"), "3:5: expected the end of the line");
    EXPECT_EQ(codeError("ldc.i4 x"), "3:8: expected an int32");
    EXPECT_EQ(codeError("ldc.i4 2147483648"), "3:8: expected an int32");
    EXPECT_EQ(codeError("ldc.i4 0x"), "3:8: expected an int32");
    EXPECT_EQ(codeError("ldc.i8 0x-1"), "3:8: expected an int64");
    EXPECT_EQ(codeError("ldc.i8 9223372036854775808"), "3:8: expected an int64");
    EXPECT_EQ(codeError("ldc.r8"), "3:7: expected a float64");
    EXPECT_EQ(codeError("ldc.r8 inf"), "3:8: expected a float64");
    EXPECT_EQ(codeError("ldc.r8 1.0x"), "3:8: expected a float64");
    EXPECT_EQ(codeError("ldc.r8 float64(1.5)"), "3:16: expected the bits of a float64");
    EXPECT_EQ(codeError("ldarg -1"), "3:7: expected the index of an argument");
    EXPECT_EQ(codeError("ldloc 0"), "3:7: expected a local: l and a number");
    EXPECT_EQ(codeError("br l0"), "3:4: expected a label: L and a number");
    EXPECT_EQ(codeError("br L99999999"), "3:13: label L99999999 is above L16777216");
    EXPECT_EQ(codeError("L0 nop"), "3:4: expected ':'");
    EXPECT_EQ(codeError("switch L0"), "3:8: expected '('");
    EXPECT_EQ(codeError("switch (L0"), "3:11: expected ')'");
    EXPECT_EQ(codeError("mark 3"), "3:6: expected '@'");
    EXPECT_EQ(codeError("mark @3 4"), "3:9: expected line");
    EXPECT_EQ(codeError("call s0"), "3:6: expected a method: m and a number");
}

TEST(Parse, AnyPrefixAndAnyDamageIsHandled) {
    const std::string text = printBody(collatzBody());
    for (size_t i = 0; i < text.size(); ++i) {
        auto body = parseBody(std::string_view(text).substr(0, i));
        if (!body.ok()) {
            EXPECT_GE(body.error().line, 1u);
            EXPECT_GE(body.error().column, 1u);
        }
    }
    size_t rejected = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        std::string damaged = text;
        damaged[i] = static_cast<char>(i * 37);
        rejected += parseBody(damaged).ok() ? 0 : 1;
    }
    EXPECT_GT(rejected, 500u);
}

}  // namespace
}  // namespace pyjion::cil
