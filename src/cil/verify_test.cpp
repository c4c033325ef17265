// SPDX-License-Identifier: MIT
// Each invariant is broken at least once; the message and the place are checked. Bodies are written in the text form,
// except for what it cannot express.
#include "cil/verify.h"

#include <gtest/gtest.h>

#include <random>

#include "base/check.h"
#include "cil/bodies_for_test.h"
#include "cil/builder.h"
#include "cil/decode.h"
#include "cil/encode.h"
#include "cil/parse.h"
#include "cil/print.h"

namespace pyjion::cil {
namespace {

std::string textOf(const std::vector<VerifyError>& errors) {
    std::string text;
    for (const VerifyError& error : errors) {
        std::string place = error.instruction == VerifyError::kNoInstruction ? "-" : std::to_string(error.instruction);
        text += fmt::format("{}V{} {}: {}", text.empty() ? "" : "; ", error.invariant, place, error.message);
    }
    return text;
}

/// Errors of a body given as text; "parse error" if it is none.
std::string errorsOfText(std::string_view text) {
    auto body = parseBody(text);
    if (!body) {
        return fmt::format("parse error {}:{}: {}", body.error().line, body.error().column, body.error().message);
    }
    return textOf(verify(*body));
}

/// Errors of `code` in a method with one argument and one local of each type: 0 and l0 int32, 1 and l1 int64, 2 and l2
/// native int, 3 and l3 float64.
std::string errorsOf(std::string_view code, std::string_view result = "void") {
    return errorsOfText(fmt::format(R"(.method {} "test"(int32, int64, native int, float64)
.local l0 int32 "i"
.local l1 int64 "l"
.local l2 native int "n"
.local l3 float64 "d"
.pool p0 "cell"
.helper m0 int64 "helper"(int64, native int) p0
.helper m1 void "nothing"() p0
.signature s0 int64 (int64)
.code
{})",
                                    result, code));
}

TEST(Verify, GoodBodiesHaveNoErrors) {
    EXPECT_EQ(textOf(verify(wellTypedBody())), "");
    EXPECT_EQ(textOf(verify(collatzBody())), "");
    EXPECT_EQ(errorsOf("ret"), "");
    EXPECT_EQ(errorsOf("ldnull \n throw"), "");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 2 \n tail. \n call m0 \n ret", "int64"), "");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldpool p0 \n tail. \n calli s0 \n ret", "int64"), "");
}

TEST(Verify, V1Declarations) {
    EXPECT_EQ(errorsOfText(".method void \"f\"(void) \n .code \n ret"), "V1 -: the method: parameter 0 is void");
    EXPECT_EQ(errorsOfText(".method void \"f\"() \n .local l0 void \"x\" \n .code \n ret"), "V1 -: local l0 is void");
    EXPECT_EQ(errorsOfText(".method void \"f\"() \n .signature s0 void (int32, void) \n .code \n ret"),
              "V1 -: signature s0: parameter 1 is void");
    EXPECT_EQ(errorsOfText(".method void \"f\"() \n .helper m0 void \"h\"(void) \n .code \n ret"),
              "V1 -: method m0 (h): parameter 0 is void; V1 -: method m0 (h) has no pool cell");
    EXPECT_EQ(errorsOfText(".method void \"f\"() \n .helper m0 void \"h\"() p0 \n .code \n ret"),
              "V1 -: method m0 (h) has no pool cell");
    EXPECT_EQ(errorsOfText(".method void \"f\"() \n .intrinsic m0 void \"h\"() \"System\" \"\" \"M\" \n .code \n ret"),
              "V1 -: method m0 (h) is an intrinsic without namespace or class");
    EXPECT_EQ(
        errorsOfText(".method void \"f\"() \n .pool p0 \"c\" \n .intrinsic m0 void \"h\"() \"S\" \"C\" \"M\" p0 \n"
                     ".code \n ret"),
        "V1 -: method m0 (h) is an intrinsic with a pool cell");
    Body body = collatzBody();
    body.localNames.pop_back();
    EXPECT_EQ(textOf(verify(body)), "V1 -: 2 locals but 1 names of locals");
    body = collatzBody();
    body.methods[1].intrinsicMethod.clear();
    EXPECT_EQ(textOf(verify(body)),
              "V1 -: method m1 (System.Math::Sqrt) is an intrinsic without a method name; "
              "V1 -: method m1 (System.Math::Sqrt) has no pool cell");
    body = collatzBody();
    body.locals.resize(65536, Type::Int32);
    body.localNames.resize(65536);
    EXPECT_EQ(textOf(verify(body)), "V1 -: 65536 locals");
    body = collatzBody();
    body.signature.params.resize(65536, Type::Int32);
    EXPECT_EQ(textOf(verify(body)), "V1 -: the method has 65536 parameters");
}

TEST(Verify, V2Operands) {
    EXPECT_EQ(errorsOf("ldarg 4 \n pop \n ret"), "V2 0: argument 4 does not exist, there are 4");
    EXPECT_EQ(errorsOf("ldloca l9 \n pop \n ret"), "V2 0: local 9 does not exist, there are 4");
    EXPECT_EQ(errorsOf("ldpool p1 \n pop \n ret"), "V2 0: pool entry 1 does not exist, there are 1");
    EXPECT_EQ(errorsOf("call m2 \n ret"), "V2 0: method 2 does not exist, there are 2");
    EXPECT_EQ(errorsOf("ldarg 2 \n calli s1 \n ret"), "V2 1: signature 1 does not exist, there are 1");
    EXPECT_EQ(errorsOf("mark #0 \n ret"), "V2 0: position 0 does not exist, there are 0");
    EXPECT_EQ(errorsOf("ldc.i4.s 128 \n pop \n ret"), "V2 0: 128 does not fit ldc.i4.s");
    EXPECT_EQ(errorsOfText(".method void \"f\"() \n .code \n ldarg.0 \n pop \n ret"),
              "V2 0: argument 0 does not exist, there are 0");
    Body body;
    body.code = {{Opcode::LdcI4, int64_t{1} << 31}, {Opcode::Pop, 0}, {Opcode::Ret, 0}};
    EXPECT_EQ(textOf(verify(body)), "V2 0: 2147483648 does not fit int32");
    body.code = {{Opcode::Ret, 7}};
    EXPECT_EQ(textOf(verify(body)), "V2 0: ret has no operand");
    body.switches = {{LabelId(3)}};
    body.code = {{Opcode::LdcI4, 0}, {Opcode::Switch, 0}, {Opcode::Ret, 0}};
    EXPECT_EQ(textOf(verify(body)), "V2 1: label 3 does not exist, there are 0");
    body.code[1].operand = 1;
    EXPECT_EQ(textOf(verify(body)), "V2 1: list of targets 1 does not exist, there are 1");
    body.code = {{Opcode::Label, 5}, {Opcode::Br, 6}};
    EXPECT_EQ(textOf(verify(body)),
              "V2 0: label 5 does not exist, there are 0; V2 1: label 6 does not exist, there are 0");
    body.signature.params.assign(300, Type::Int32);
    body.code = {{Opcode::LdargS, 256}, {Opcode::Pop, 0}, {Opcode::Ret, 0}};
    EXPECT_EQ(textOf(verify(body)), "V2 0: 256 does not fit ldarg.s");
}

TEST(Verify, V3LabelsAreBoundOnce) {
    EXPECT_EQ(errorsOf("L0: \n L0: \n ret"), "V3 1: label L0 is bound twice");
}

TEST(Verify, V4UsedLabelsAreBound) {
    EXPECT_EQ(errorsOf("br L0"), "V4 0: label L0 is not bound");
    EXPECT_EQ(errorsOf("br L0 \n L0:"), "V4 0: no instruction follows label L0");
    EXPECT_EQ(errorsOf("ldarg 0 \n switch (L0, L1) \n L1: \n ret"), "V4 1: label L0 is not bound");
    EXPECT_EQ(errorsOf("ret \n L0: \n mark @0 line 1"), "") << "an unused label may stand at the end";
}

TEST(Verify, V5ControlDoesNotFallOffTheEnd) {
    EXPECT_EQ(errorsOf(""), "V5 -: there are no instructions");
    EXPECT_EQ(errorsOf("mark @0 line 1"), "V5 -: there are no instructions");
    EXPECT_EQ(errorsOf("nop"), "V5 0: control falls off the end");
    EXPECT_EQ(errorsOf("L0: \n ldarg 0 \n brtrue L0"), "V5 2: control falls off the end");
    EXPECT_EQ(errorsOf("ret \n nop \n mark @0 line 1"), "V5 1: control falls off the end") << "unreachable code too";
}

TEST(Verify, V6Prefixes) {
    EXPECT_EQ(errorsOf("volatile. \n nop \n ret"),
              "V6 0: volatile. is not directly before a load or store through an address");
    EXPECT_EQ(errorsOf("ldarg 2 \n volatile. \n L0: \n ldind.i4 \n pop \n ret"),
              "V6 1: volatile. is not directly before a load or store through an address");
    EXPECT_EQ(errorsOf("volatile. \n ldpool p0 \n pop \n ret"),
              "V6 0: volatile. is not directly before a load or store through an address");
    EXPECT_EQ(errorsOf("tail. \n ret"), "V6 0: tail. is not directly before call or calli");
    EXPECT_EQ(errorsOf("ret \n tail. \n nop \n ret"), "V6 1: tail. is not directly before call or calli");
    EXPECT_EQ(errorsOf("ret \n volatile."),
              "V5 1: control falls off the end; V6 1: volatile. is not directly before a load or store through an "
              "address");
}

TEST(Verify, V7TailCalls) {
    EXPECT_EQ(errorsOf("tail. \n call m1 \n nop \n ret"), "V7 1: the tail call is not directly followed by ret");
    EXPECT_EQ(errorsOf("tail. \n call m1 \n L0: \n ret"), "V7 1: the tail call is not directly followed by ret");
    EXPECT_EQ(
        errorsOf("ldc.i8 1 \n ldarg 1 \n ldarg 2 \n tail. \n call m0 \n ret", "int64"),
        "V7 4: 1 values below the arguments of the tail call; V13 5: ret finds 2 values, the method returns int64");
    EXPECT_EQ(
        errorsOf("tail. \n call m1 \n ret", "int64"),
        "V7 1: the tail call returns void, the method int64; V13 2: ret finds 0 values, the method returns int64");
}

TEST(Verify, V8Underflow) {
    EXPECT_EQ(errorsOf("pop \n ret"), "V8 0: pop takes 1 values, the stack has 0");
    EXPECT_EQ(errorsOf("ldarg 1 \n add \n pop \n ret"), "V8 1: add takes 2 values, the stack has 1");
    EXPECT_EQ(errorsOf("ldarg 2 \n call m0 \n pop \n ret"), "V8 1: call takes 2 values, the stack has 1");
    EXPECT_EQ(errorsOf("ldarg 2 \n calli s0 \n pop \n ret"), "V8 1: calli takes 2 values, the stack has 1");
    EXPECT_EQ(errorsOf("throw"), "V8 0: throw takes 1 values, the stack has 0");
    EXPECT_EQ(errorsOf("dup \n pop \n pop \n ret"), "V8 0: dup takes 1 values, the stack has 0");
}

std::string binary(std::string_view opcode, int left, int right) {
    return errorsOf(fmt::format("ldarg {} \n ldarg {} \n {} \n pop \n ret", left, right, opcode));
}

TEST(Verify, V9BinaryOperands) {
    const char* names[] = {"int32", "int64", "native int", "float64"};
    for (const char* opcode : {"add", "sub", "mul", "div", "rem", "ceq", "cgt", "cgt.un", "clt", "clt.un", "and", "or",
                               "xor", "div.un", "rem.un"}) {
        std::string_view text = opcode;
        bool integersOnly = text == "and" || text == "or" || text == "xor" || text == "div.un" || text == "rem.un";
        for (int left = 0; left < 4; ++left) {
            for (int right = 0; right < 4; ++right) {
                bool mixed = (left == 0 && right == 2) || (left == 2 && right == 0);
                bool good = (left == right || mixed) && !(integersOnly && left == 3);
                std::string expected =
                    good ? "" : fmt::format("V9 2: {} does not take {} and {}", opcode, names[left], names[right]);
                EXPECT_EQ(binary(opcode, left, right), expected);
            }
        }
    }
    EXPECT_EQ(errorsOf("L0: \n ldarg 0 \n ldarg 1 \n blt.un L0 \n ret"), "V9 3: blt.un does not take int32 and int64");
    EXPECT_EQ(errorsOf("ldnull \n ldnull \n ceq \n pop \n ret"), "V9 2: ceq does not take object and object");
}

TEST(Verify, V9ResultTypes) {
    EXPECT_EQ(errorsOf("ldarg 0 \n ldarg 2 \n add \n stloc l2 \n ret"), "");
    EXPECT_EQ(errorsOf("ldarg 0 \n ldarg 2 \n add \n stloc l0 \n ret"),
              "V11 3: the value stored is native int, not int32");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 0 \n shl \n stloc l0 \n ret"), "V11 3: the value stored is int64, not int32");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 1 \n clt \n stloc l1 \n ret"), "V11 3: the value stored is int32, not int64");
}

TEST(Verify, V9Shifts) {
    for (const char* opcode : {"shl", "shr", "shr.un"}) {
        EXPECT_EQ(binary(opcode, 1, 0), "");
        EXPECT_EQ(binary(opcode, 0, 2), "");
        EXPECT_EQ(binary(opcode, 1, 1), fmt::format("V9 2: {} does not take int64 and int64", opcode));
        EXPECT_EQ(binary(opcode, 3, 0), fmt::format("V9 2: {} does not take float64 and int32", opcode));
    }
}

TEST(Verify, V9UnaryOperands) {
    EXPECT_EQ(errorsOf("ldarg 3 \n neg \n pop \n ret"), "");
    EXPECT_EQ(errorsOf("ldarg 3 \n not \n pop \n ret"), "V9 1: not does not take float64");
    EXPECT_EQ(errorsOf("ldarg 3 \n conv.r.un \n pop \n ret"), "V9 1: conv.r.un does not take float64");
    EXPECT_EQ(errorsOf("ldnull \n neg \n pop \n ret"), "V9 1: neg does not take object");
    for (const char* opcode : {"conv.i1", "conv.i2", "conv.i4", "conv.i8", "conv.u1", "conv.u2", "conv.u4", "conv.u8",
                               "conv.i", "conv.u", "conv.r8"}) {
        EXPECT_EQ(errorsOf(fmt::format("ldarg 3 \n {} \n pop \n ret", opcode)), "");
        EXPECT_EQ(errorsOf(fmt::format("ldnull \n {} \n pop \n ret", opcode)),
                  fmt::format("V9 1: {} does not take object", opcode));
    }
}

TEST(Verify, V10Addresses) {
    for (const char* opcode :
         {"ldind.i1", "ldind.u1", "ldind.i2", "ldind.u2", "ldind.i4", "ldind.u4", "ldind.i8", "ldind.i", "ldind.r8"}) {
        EXPECT_EQ(errorsOf(fmt::format("ldarg 1 \n {} \n pop \n ret", opcode)),
                  "V10 1: the address is int64, not native int");
        EXPECT_EQ(errorsOf(fmt::format("ldarg 0 \n {} \n pop \n ret", opcode)),
                  "V10 1: the address is int32, not native int");
    }
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 0 \n stind.i4 \n ret"), "V10 2: the address is int64, not native int");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 1 \n calli s0 \n pop \n ret"),
              "V10 2: the address called is int64, not native int");
}

TEST(Verify, V11Stores) {
    EXPECT_EQ(errorsOf("ldc.i4 1 \n stloc l1 \n ret"), "V11 1: the value stored is int32, not int64");
    EXPECT_EQ(errorsOf("ldarg 2 \n stloc l1 \n ret"), "V11 1: the value stored is native int, not int64");
    EXPECT_EQ(errorsOf("ldarg 0 \n stloc l2 \n ret"), "V11 1: the value stored is int32, not native int");
    EXPECT_EQ(errorsOf("ldarg 3 \n stloc.1 \n ret"), "V11 1: the value stored is float64, not int64");
    EXPECT_EQ(errorsOf("ldarg 1 \n starg 3 \n ret"), "V11 1: the value stored is int64, not float64");
    EXPECT_EQ(errorsOf("ldnull \n starg 2 \n ret"), "V11 1: the value stored is object, not native int");
    struct {
        const char* opcode;
        int good;
        const char* wanted;
    } rows[] = {{"stind.i1", 0, "int32"}, {"stind.i2", 0, "int32"},     {"stind.i4", 0, "int32"},
                {"stind.i8", 1, "int64"}, {"stind.i", 2, "native int"}, {"stind.r8", 3, "float64"}};
    const char* names[] = {"int32", "int64", "native int", "float64"};
    for (auto [opcode, good, wanted] : rows) {
        for (int value = 0; value < 4; ++value) {
            std::string expected =
                value == good ? "" : fmt::format("V11 2: the value stored is {}, not {}", names[value], wanted);
            EXPECT_EQ(errorsOf(fmt::format("ldarg 2 \n ldarg {} \n {} \n ret", value, opcode)), expected);
        }
    }
}

TEST(Verify, V12Arguments) {
    EXPECT_EQ(errorsOf("ldarg 2 \n ldarg 2 \n call m0 \n pop \n ret"), "V12 2: argument 0 is native int, not int64");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 1 \n call m0 \n pop \n ret"), "V12 2: argument 1 is int64, not native int");
    EXPECT_EQ(errorsOf("ldarg 0 \n ldarg 2 \n call m0 \n pop \n ret"), "V12 2: argument 0 is int32, not int64");
    EXPECT_EQ(errorsOf("ldarg 3 \n ldarg 2 \n calli s0 \n pop \n ret"), "V12 2: argument 0 is float64, not int64");
    EXPECT_EQ(errorsOf("ldarg 0 \n ldarg 0 \n call m0 \n pop \n ret"),
              "V12 2: argument 1 is int32, not native int; V12 2: argument 0 is int32, not int64");
}

TEST(Verify, V13Results) {
    EXPECT_EQ(errorsOf("ret", "int64"), "V13 0: ret finds 0 values, the method returns int64");
    EXPECT_EQ(errorsOf("ldarg 0 \n ret", "int64"), "V13 1: the result is int32, not int64");
    EXPECT_EQ(errorsOf("ldarg 2 \n ret", "int64"), "V13 1: the result is native int, not int64");
    EXPECT_EQ(errorsOf("ldarg 1 \n ret"), "V13 1: ret finds 1 values, the method returns void");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 1 \n ret", "int64"), "V13 2: ret finds 2 values, the method returns int64");
}

TEST(Verify, V14DepthsAtJoins) {
    EXPECT_EQ(errorsOf("ldarg 0 \n brtrue L0 \n ldarg 1 \n L0: \n pop \n ret"),
              "V14 3: 1 values on the stack at L0, another path has 0; V8 4: pop takes 1 values, the stack has 0");
    EXPECT_EQ(errorsOf("L0: \n ldarg 1 \n br L0"), "V14 2: 1 values on the stack at L0, another path has 0");
}

TEST(Verify, V15TypesAtJoins) {
    EXPECT_EQ(errorsOf("ldarg 0 \n brtrue L0 \n ldarg 1 \n br L1 \n L0: \n ldarg 2 \n L1: \n pop \n ret"),
              "V15 6: stack entry 0 at L1 is native int, on another path int64");
    // ECMA-335 III.1.8.1.3 would merge int32 and native int; here paths must agree.
    EXPECT_EQ(errorsOf("ldarg 0 \n brtrue L0 \n ldarg 0 \n br L1 \n L0: \n ldarg 2 \n L1: \n pop \n ret"),
              "V15 6: stack entry 0 at L1 is native int, on another path int32");
    EXPECT_EQ(errorsOf("ldarg 1 \n ldarg 0 \n switch (L0) \n pop \n ldarg 3 \n L0: \n pop \n ret"),
              "V15 5: stack entry 0 at L0 is float64, on another path int64");
}

TEST(Verify, V16Conditions) {
    EXPECT_EQ(errorsOf("ldarg 3 \n brtrue L0 \n L0: \n ret"), "V16 1: the condition is float64, not an integer");
    EXPECT_EQ(errorsOf("ldarg 1 \n switch (L0) \n L0: \n ret"), "V16 1: the value of switch is int64, not int32");
    EXPECT_EQ(errorsOf("ldarg 2 \n throw"), "V16 1: the value thrown is native int, not object");
}

TEST(Verify, CollectsAllErrorsOnceAndInOrder) {
    EXPECT_EQ(errorsOf("ldarg 0 \n ldarg 1 \n add \n stloc l3 \n ldarg 9 \n stloc l1 \n ldc.i4 1 \n stloc l1 \n ret"),
              "V9 2: add does not take int32 and int64; V2 4: argument 9 does not exist, there are 4; "
              "V11 7: the value stored is int32, not int64");
}

TEST(Verify, UnreachableCodeHasNoTypes) {
    EXPECT_EQ(errorsOf("ret \n add \n pop \n ret"), "");
    EXPECT_EQ(errorsOf("ret \n ldarg 9 \n ret"), "V2 1: argument 9 does not exist, there are 4");
}

TEST(Verify, LoopsAndBackwardBranchesWithValuesOnTheStack) {
    EXPECT_EQ(errorsOf("ldc.i8 1 \n L0: \n ldc.i8 1 \n add \n ldarg 0 \n brtrue L0 \n ret", "int64"), "");
}

TEST(Verify, DamagedBodiesAreHandledAndGoodOnesEncode) {
    const Body whole = wellTypedBody();
    std::minstd_rand random(1);  // its sequence is fixed by the standard
    size_t good = 0;
    size_t bad = 0;
    for (int round = 0; round < 2000; ++round) {
        Body body = whole;
        // A short piece of the code, so that some of the damaged bodies are still right.
        size_t start = random() % (body.code.size() - 12);
        body.code.erase(body.code.begin(), body.code.begin() + static_cast<ptrdiff_t>(start));
        body.code.resize(4 + random() % 8);
        Instruction& victim = body.code[random() % body.code.size()];
        switch (random() % 6) {  // from 3 on the piece stays as it is
            case 0:
                victim.opcode = static_cast<Opcode>(random() % kOpcodeCount);
                break;
            case 1:
                victim.operand = static_cast<int64_t>(random()) - 1000;
                break;
            case 2:
                body.switches.assign(random() % 3, std::vector<LabelId>(random() % 3, LabelId(random() % 3)));
                break;
        }
        body.code.push_back({Opcode::LdcI4, 0});
        body.code.push_back({Opcode::Ret, 0});
        std::vector<VerifyError> errors = verify(body);
        EXPECT_FALSE(annotate(body, errors).empty());
        auto encoded = encode(body);
        if (!errors.empty()) {
            ++bad;
            continue;
        }
        ++good;
        ASSERT_TRUE(encoded.ok()) << encoded.error() << printBody(body);
        EXPECT_TRUE(decode(encoded->il).ok());
        EXPECT_TRUE(listing(body, *encoded).starts_with("IL_0000: "));
    }
    EXPECT_GT(good, 50u);
    EXPECT_GT(bad, 500u);
}

TEST(Verify, AnnotatePutsErrorsBelowTheirLines) {
    auto body = parseBody(".method void \"f\"() \n .local l0 void \"x\" \n .code \n pop \n ret");
    ASSERT_TRUE(body.ok());
    EXPECT_EQ(annotate(*body, verify(*body)),
              ".method void \"f\"()\n"
              ".local l0 void \"x\"\n"
              ".code\n"
              "    pop                             // [0]\n"
              "    // error: V8: pop takes 1 values, the stack has 0\n"
              "    ret                             // [0]\n"
              "// error: V1: local l0 is void\n");
}

}  // namespace
}  // namespace pyjion::cil
