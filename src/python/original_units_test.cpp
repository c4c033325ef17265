// SPDX-License-Identifier: MIT
#include "python/original_units.h"

#include <gtest/gtest.h>
#include <opcode.h>

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "python/embedded_interpreter.h"
#include "python/frame.h"
#include "python/takeover.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

constexpr std::array<uint16_t, 2> kOurs = {NOP, NOP | 1 << 8};

Ref<> codeOf(const Ref<>& names) {
    return Ref<>::create(PyFunction_GetCode(evaluate(names, "function").get()));
}

std::vector<uint16_t> unitsOf(PyCodeObject* code) {
    return {firstInstruction(code), firstInstruction(code) + Py_SIZE(code)};
}

TEST(OriginalUnits, AreSeenUntilTheyAreBackInTheirPlace) {
    std::vector<Ref<>> codes;
    for (int i = 0; i < 3; ++i) {
        codes.push_back(codeOf(runPython("def function(a):\n    return a")));
    }
    auto at = [&](size_t i) { return reinterpret_cast<PyCodeObject*>(codes[i].get()); };
    const std::vector<uint16_t> before = unitsOf(at(0));
    std::array<ReplacedUnits, 3> replaced;
    for (size_t i = 0; i < codes.size(); ++i) {
        replaced[i].put(at(i), static_cast<int32_t>(i % 2), kOurs);
    }
    for (const size_t back : {1u, 0u, 2u}) {
        for (size_t i = 0; i < codes.size(); ++i) {
            EXPECT_EQ(unitsOf(at(i)) == before, !replaced[i].areInPlace());
            EXPECT_EQ(originalUnits(at(i)), before);
            for (size_t unit = 0; unit < before.size(); ++unit) {
                EXPECT_EQ(originalUnit(at(i), static_cast<int32_t>(unit)), before[unit]);
            }
        }
        replaced[back].putBack();
        EXPECT_EQ(unitsOf(at(back)), before);
    }
}

/// What a pending call does as soon as a frame of this code looks at the eval breaker.
struct Plan {
    PyCodeObject* code;
    std::function<bool(Frame*)> look;  // whether that was it
};

int lookAtFrame(void* argument) {
    auto& plan = *static_cast<Plan*>(argument);
    Frame* frame = currentFrame(currentThread());
    if (frame == nullptr || code(frame) != plan.code || !plan.look(frame)) {
        Py_AddPendingCall(lookAtFrame, &plan);
    }
    return PyErr_Occurred() != nullptr ? -1 : 0;
}

TEST(OriginalUnits, AFrameHasBegunWhereTheyStand) {
    auto names = runPython("def function():\n    pass");
    auto held = codeOf(names);
    bool seen = false;
    Plan plan{reinterpret_cast<PyCodeObject*>(held.get()), [&](Frame* frame) {
                  EXPECT_EQ(runningIndex(frame), 0);
                  ReplacedUnits replaced;
                  replaced.put(plan.code, 0, kOurs);
                  EXPECT_TRUE(hasJustBegun(frame));
                  return seen = true;
              }};
    Py_AddPendingCall(lookAtFrame, &plan);
    perform(names, "function()");
    EXPECT_TRUE(seen);
}

TEST(OriginalUnits, AFrameHasJumpedBackWhereTheyStand) {
    auto names = runPython(R"(
def function():
    while True:
        pass
def isEnded():
    try:
        function()
    except StopIteration:
        return True
)");
    auto held = codeOf(names);
    std::optional<int32_t> jump;
    Plan plan{reinterpret_cast<PyCodeObject*>(held.get()), [&](Frame* frame) {
                  if (hasJustBegun(frame)) {
                      return false;
                  }
                  jump = backwardJump(frame);
                  ReplacedUnits replaced;
                  replaced.put(plan.code, 1, std::array<uint16_t, 3>{NOP, NOP, NOP});
                  EXPECT_TRUE(replaced.areInPlaceAt(plan.code, runningIndex(frame)));
                  EXPECT_EQ(backwardJump(frame), jump);
                  PyErr_SetNone(PyExc_StopIteration);
                  return true;
              }};
    Py_AddPendingCall(lookAtFrame, &plan);
    EXPECT_EQ(reprOf(evaluate(names, "isEnded()").get()), "True");
    EXPECT_TRUE(jump);
}

}  // namespace
}  // namespace pyjion::python
