// SPDX-License-Identifier: MIT
// Source text in, the loads that need a check out, each as name and line.
#include "bytecode/assigned_locals.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>

#include "python/embedded_interpreter.h"

namespace pyjion::bytecode {
namespace {

using python::Ref;

std::string localName(const Code& code, uint32_t local) {
    return PyUnicode_AsUTF8(PyTuple_GET_ITEM(code.object->co_localsplusnames, static_cast<Py_ssize_t>(local)));
}

/// The function `f` that the text defines, decoded.
class Analysed {
  public:
    explicit Analysed(const std::string& text) : names_(python::runPython(text)) {
        function_ = python::evaluate(names_, "f");
        auto decoded = decode(reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(function_.get())));
        EXPECT_TRUE(decoded.ok());
        code = std::move(*decoded);
        assigned = AssignedLocals(code);
    }

    /// "name:line" of each LOAD_FAST, of those that may find nothing, in the order of the code; lines count from 1.
    std::string checked() const {
        std::string text;
        for (uint32_t i = 0; i < code.instructions.size(); i++) {
            const Instruction& instruction = code.instructions[i];
            if (instruction.opcode == Opcode::LOAD_FAST && !assigned.isBound(i)) {
                text += (text.empty() ? "" : " ") + localName(code, instruction.argument) + ":" +
                        std::to_string(instruction.line);
            }
        }
        return text;
    }

    std::string needed(uint32_t block) const {
        std::string text;
        for (uint32_t local : assigned.neededAt(block)) {
            text += (text.empty() ? "" : " ") + localName(code, local);
        }
        return text;
    }

    /// The locals needed where the n-th handler begins.
    std::string neededAtHandler(size_t n) const { return needed(code.at(code.handlers.at(n).target)->block); }
    std::string neededAtLoop(size_t n) const { return needed(code.loops.at(n).header); }
    /// Where the generator goes on behind its n-th suspension; RETURN_GENERATOR is the first.
    std::string neededBehindYield(size_t n) const {
        for (const Instruction& instruction : code.instructions) {
            if (suspends(instruction.opcode) && n-- == 0) {
                return needed(code.at(instruction.next)->block);
            }
        }
        return "no such yield";
    }

  private:
    Ref<> names_;
    Ref<> function_;

  public:
    Code code;
    AssignedLocals assigned;
};

std::string checkedIn(const std::string& text) {
    return Analysed(text).checked();
}

TEST(AssignedLocalsTest, ParametersOfEveryKindAreBound) {
    EXPECT_EQ(checkedIn("def f(a, /, b, *c, d, **e):\n return a, b, c, d, e, g\n g = 1\n"), "g:2");
}

TEST(AssignedLocalsTest, AStoreBindsAndADeletionUnbinds) {
    EXPECT_EQ(checkedIn("def f(a):\n x = a\n x\n del x\n x\n del a\n a\n"), "x:5 a:7");
}

TEST(AssignedLocalsTest, WhereWaysMeetOnlyWhatAllOfThemBindIsBound) {
    EXPECT_EQ(checkedIn("def f(a):\n"
                        " if a:\n"
                        "  x = y = 1\n"
                        " else:\n"
                        "  y = 2\n"
                        " return y, x\n"),
              "x:6");
}

TEST(AssignedLocalsTest, ALoadThatSucceededIsTheLastOneWithACheck) {
    EXPECT_EQ(checkedIn("def f(a):\n"
                        " if a:\n"
                        "  x = 1\n"
                        " for i in x:\n"
                        "  x\n"
                        " return x\n"),
              "x:4");
}

TEST(AssignedLocalsTest, ALoopMayRunNoTimes) {
    EXPECT_EQ(checkedIn("def f(a):\n"
                        " for i in a:\n"
                        "  x = i\n"
                        "  x\n"
                        " return i, x\n"),
              "i:5 x:5");
}

TEST(AssignedLocalsTest, WhatAnIterationDeletesIsUnboundInTheNext) {
    EXPECT_EQ(checkedIn("def f(a, b):\n"
                        " while a:\n"
                        "  b\n"
                        "  del b\n"),
              "b:3");
}

TEST(AssignedLocalsTest, AHandlerCountsOnWhatWasBoundBeforeItsRange) {
    EXPECT_EQ(checkedIn("def f(a):\n"
                        " x = 1\n"
                        " try:\n"
                        "  y = a()\n"
                        " except ValueError:\n"
                        "  return x, y\n"
                        " return x, y\n"),
              "y:6");
}

TEST(AssignedLocalsTest, ADeletionInARangeReachesItsHandler) {
    EXPECT_EQ(checkedIn("def f(a, b):\n"
                        " try:\n"
                        "  a()\n"
                        "  del b\n"
                        " except ValueError:\n"
                        "  return a, b\n"
                        " b = 1\n"
                        " return a, b\n"),
              "b:6");
}

TEST(AssignedLocalsTest, ADeletedAndStoredLocalIsUnboundInTheHandler) {
    EXPECT_EQ(checkedIn("def f(a, b):\n"
                        " try:\n"
                        "  del b\n"
                        "  b = a()\n"
                        " except ValueError:\n"
                        "  return b\n"
                        " return b\n"),
              "b:6");
}

TEST(AssignedLocalsTest, TheNameOfAHandledExceptionIsUnboundBehindIt) {
    EXPECT_EQ(checkedIn("def f(a):\n"
                        " try:\n"
                        "  a()\n"
                        " except ValueError as e:\n"
                        "  e\n"
                        " return e\n"),
              "e:6");
}

TEST(AssignedLocalsTest, TheBitsOfManyLocals) {
    std::string text = "def f(a):\n if a:\n  v0 = 0\n";
    for (int i = 1; i < 300; i++) {
        text += " v" + std::to_string(i) + " = 1\n";
    }
    text += " return v299";
    for (int i = 298; i >= 0; i--) {
        text += ", v" + std::to_string(i);
    }
    EXPECT_EQ(checkedIn(text + "\n"), "v0:303");
}

TEST(AssignedLocalsTest, CodeThatIsTooLargeIsCheckedEverywhere) {
    std::string text = "def f(a):\n a\n";
    for (int i = 0; i < 5000; i++) {
        text += " if a: v" + std::to_string(i) + " = a\n";
    }
    const Analysed function(text);
    EXPECT_GT(function.code.blocks.size() * 5001, 16'000'000u);
    EXPECT_EQ(function.checked().substr(0, 8), "a:2 a:3 ");
    EXPECT_EQ(function.needed(0), "");
}

TEST(AssignedLocalsTest, AHandlerNeedsWhatItLoadsUnchecked) {
    const Analysed function(
        "def f(a, b, c):\n"
        " x = 1\n"
        " try:\n"
        "  y = a()\n"
        " except:\n"
        "  b = x\n"
        "  return c, b, y\n"
        " return a\n");
    EXPECT_EQ(function.neededAtHandler(0), "c x");
}

TEST(AssignedLocalsTest, ALoopNeedsWhatIsLoadedInItAndBehindIt) {
    const Analysed function(
        "def f(a, b, c, d):\n"
        " d\n"
        " for d in a:\n"
        "  c = b\n"
        " return c\n");
    EXPECT_EQ(function.neededAtLoop(0), "b c");
}

TEST(AssignedLocalsTest, AGeneratorNeedsWhatItLoadsBeforeItIsSuspendedAgain) {
    const Analysed function(
        "def f(a, b, c):\n"
        " yield a\n"
        " yield b\n"
        " return c\n");
    EXPECT_EQ(function.neededBehindYield(0), "a");
    EXPECT_EQ(function.neededBehindYield(1), "b");
    EXPECT_EQ(function.neededBehindYield(2), "c");
}

TEST(AssignedLocalsTest, ALoadThatIsCheckedMakesNoDemands) {
    const Analysed function(
        "def f(a):\n"
        " yield a\n"
        " if a:\n"
        "  x = 1\n"
        " yield 2\n"
        " x\n"
        " return x\n");
    EXPECT_EQ(function.checked(), "x:6");
    EXPECT_EQ(function.neededBehindYield(1), "a");
    EXPECT_EQ(function.neededBehindYield(2), "");
}

constexpr const char* kCompiled = R"(
import importlib.util, types

def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)

def compiled(module):
    spec = importlib.util.find_spec(module)
    with open(spec.origin, 'rb') as file:
        return list(nested(compile(file.read(), spec.origin, 'exec')))
)";

/// Goes at random through code as the interpreter could, and looks whether loads find what they are said to find.
class Walk {
  public:
    Walk(const Code& code, const AssignedLocals& assigned, std::mt19937& random)
        : code_(code), assigned_(assigned), random_(random), bound_(static_cast<size_t>(code.object->co_nlocalsplus)) {}

    void bind(uint32_t local) { bound_[local] = true; }

    /// Loads that found nothing although they were said to find something. `anew`: goes on at handlers and behind
    /// yields.
    int run(uint32_t ordinal, bool anew) {
        int wrong = 0;
        std::optional<uint32_t> next = ordinal;
        for (int steps = 0; next && steps < 500; steps++) {
            const uint32_t here = *next;
            const Instruction& instruction = code_.instructions[here];
            wrong += assigned_.isBound(here) && !bound_[instruction.argument];
            next = after(here, anew);
        }
        return wrong;
    }

  private:
    bool chance(unsigned oneIn) { return random_() % oneIn == 0; }

    std::optional<uint32_t> after(uint32_t ordinal, bool anew) {
        const Instruction& instruction = code_.instructions[ordinal];
        const bool readsLocal = instruction.opcode == Opcode::LOAD_FAST || instruction.opcode == Opcode::DELETE_FAST;
        bool raises = chance(10) || (readsLocal && !bound_[instruction.argument]);
        if (!raises && (readsLocal || instruction.opcode == Opcode::STORE_FAST)) {
            bound_[instruction.argument] = instruction.opcode != Opcode::DELETE_FAST;
        }
        raises = raises || chance(20);
        if (raises || (endsFlow(instruction.opcode) && instruction.target == kNone)) {
            const python::ExceptionEntry* handler = code_.handlerFor(instruction.index);
            return anew && handler != nullptr ? std::optional(ordinalAt(handler->target)) : std::nullopt;
        }
        if (suspends(instruction.opcode) && !anew) {
            return std::nullopt;
        }
        const bool jumps = instruction.target != kNone && (endsFlow(instruction.opcode) || chance(2));
        return ordinalAt(jumps ? instruction.target : instruction.next);
    }

    uint32_t ordinalAt(int32_t unit) const { return static_cast<uint32_t>(code_.ordinals[static_cast<size_t>(unit)]); }

    const Code& code_;
    const AssignedLocals& assigned_;
    std::mt19937& random_;
    std::vector<bool> bound_;
};

TEST(AssignedLocalsTest, WalksThroughTheStandardLibraryFindWhatIsPromised) {
    std::mt19937 random(7);  // the same walks every time
    auto compiled = python::evaluate(python::runPython(kCompiled), "compiled");
    int loads = 0;
    int checked = 0;
    for (const char* module : {"argparse", "asyncio.base_events", "contextlib", "inspect", "tarfile", "typing"}) {
        auto name = Ref<>::steal(PyUnicode_FromString(module));
        auto codes = Ref<>::steal(PyObject_CallOneArg(compiled.get(), name.get()));
        ASSERT_TRUE(codes);
        for (Py_ssize_t k = 0; k < PyList_GET_SIZE(codes.get()); k++) {
            auto* object = reinterpret_cast<PyCodeObject*>(PyList_GET_ITEM(codes.get(), k));
            auto code = decode(object);
            ASSERT_TRUE(code.ok());
            const AssignedLocals assigned(*code);
            const int collected = ((object->co_flags & CO_VARARGS) != 0) + ((object->co_flags & CO_VARKEYWORDS) != 0);
            for (int i = 0; i < 20; i++) {
                Walk walk(*code, assigned, random);
                for (int local = 0; local < object->co_argcount + object->co_kwonlyargcount + collected; local++) {
                    walk.bind(static_cast<uint32_t>(local));
                }
                EXPECT_EQ(walk.run(0, true), 0) << python::reprOf(object->co_qualname);
            }
            for (uint32_t block = 0; block < code->blocks.size(); block++) {
                Walk walk(*code, assigned, random);
                for (uint32_t local : assigned.neededAt(block)) {
                    walk.bind(local);
                }
                EXPECT_EQ(walk.run(code->blocks[block].first, false), 0) << python::reprOf(object->co_qualname);
            }
            for (uint32_t i = 0; i < code->instructions.size(); i++) {
                const bool isLoad = code->instructions[i].opcode == Opcode::LOAD_FAST;
                loads += isLoad;
                checked += isLoad && !assigned.isBound(i);
            }
        }
    }
    EXPECT_GT(loads, 5000);
    EXPECT_LT(checked * 50, loads);
}

}  // namespace
}  // namespace pyjion::bytecode
