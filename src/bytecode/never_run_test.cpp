// SPDX-License-Identifier: MIT
// What the interpreter's caches say about functions that it has run.
#include "bytecode/never_run.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "bytecode/decode.h"
#include "python/embedded_interpreter.h"
#include "python/frame.h"

namespace pyjion::bytecode {
namespace {

using python::evaluate;
using python::Ref;
using python::runPython;

constexpr const char* kFunction = R"(
def function(items, mode):
    total = 0
    for item in items:
        if item is None:
            print("none", item.missing)
            continue
        if mode:
            total = total + item
        else:
            raise ValueError(item)
    if mode == 2:
        return [total, mode]
    return total
)";

class NeverRun : public testing::Test {
  protected:
    void SetUp() override { python::ensureInterpreter(); }

    /// The lines of `function` that are left out.
    static std::set<int32_t> linesLeftOut(const Ref<>& names, const std::set<int32_t>& executed = {}) {
        auto function = evaluate(names, "function");
        auto code = Ref<>::create(PyFunction_GetCode(function.get()));
        auto* object = reinterpret_cast<PyCodeObject*>(code.get());
        EXPECT_TRUE(python::isQuickened(object));
        auto decoded = decode(object);
        EXPECT_TRUE(decoded.ok());
        findNeverRun(*decoded, executed);
        std::set<int32_t> lines;
        for (const Instruction& instruction : decoded->instructions) {
            if (decoded->blocks[instruction.block].neverRun) {
                lines.insert(instruction.line);
            }
        }
        return lines;
    }
};

TEST_F(NeverRun, WhatNoCallHasGoneTo) {
    auto names = runPython(std::string(kFunction) + R"(
for _ in range(20): function([1, 2], 1)
)");
    EXPECT_EQ(linesLeftOut(names), (std::set<int32_t>{6, 7, 11}));
    auto function = evaluate(names, "function");
    const double part = partThatHasRun(reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(function.get())));
    EXPECT_GT(part, 0.1);
    EXPECT_LT(part, 0.6);
}

TEST_F(NeverRun, NothingThatOneCallHasGoneTo) {
    auto names = runPython(std::string(kFunction) + R"(
for _ in range(20): function([1, 2], 1)
function([3], 2)
try: function([3], 0)
except ValueError: pass
try: function([None], 0)
except AttributeError: pass
)");
    EXPECT_EQ(linesLeftOut(names), (std::set<int32_t>{}));
}

TEST_F(NeverRun, NothingThatIsKnownToHaveRun) {
    auto names = runPython(std::string(kFunction) + R"(
for _ in range(20): function([1, 2], 1)
import dis
raises = next(i.offset // 2 for i in dis.get_instructions(function) if i.argval == "ValueError")
)");
    const auto unit = static_cast<int32_t>(PyLong_AsLong(evaluate(names, "raises").get()));
    EXPECT_EQ(linesLeftOut(names, {unit}), (std::set<int32_t>{6, 7}));
}

/// A specialised PRECALL does what CALL would do, whose counter is never looked at.
TEST_F(NeverRun, CallsThatAreSpecialised) {
    auto names = runPython(R"(
def function(items):
    if items:
        return len(items)
    return items.missing
for _ in range(20): function([1])
)");
    EXPECT_EQ(linesLeftOut(names), (std::set<int32_t>{5}));
}

/// Instructions that cannot be specialised count down and are tried again: their counter is 0 for one of 65 times.
TEST_F(NeverRun, WhatCannotBeSpecialisedHasRunAllTheSame) {
    auto names = runPython(R"(
class Odd:
    def __getattr__(self, name): return 1
def function(owner):
    if owner:
        value = owner.missing
        return [value, owner.other]
    return 0
for _ in range(43): function(Odd())
)");
    EXPECT_EQ(linesLeftOut(names), (std::set<int32_t>{}));
}

}  // namespace
}  // namespace pyjion::bytecode
