// SPDX-License-Identifier: MIT
// The table of the functions that compiled code calls (helpers.def), for the lowering, the binder of constant pools and
// listings: name, address, signature as CIL sees it, effects.
//
// Rules that hold for all helpers: consumed operands are released also on failure; failure is null, -1 or (for an
// unboxed integer) deopt::kNoInt with an exception set; a helper that succeeded after Python code switched tracing on
// stashes its result (deopt::stashResult) and returns null or -1 without an exception, so that compiled code takes the
// same exit and deopt::leave goes on behind the instruction. The frame's running position must be stored before the
// call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pyjion::runtime {

/// Types at the border between compiled code and helpers; nothing narrower than 32 bits crosses it.
enum class AbiType : uint8_t { Void, Int32, Int64, NativeInt, Double };

struct Effects {
    bool mayFail = false;
    bool runsPython = false;
    bool mayStash = false;
    bool consumesSlots = false;  // the references in the slots that a PyObject** and the int64 behind it describe
    uint32_t slotsMore = 0;      // how many slots there are beyond that number
    uint32_t consumed = 0;       // bit i: the reference of the i-th parameter
    int32_t failure = -1;        // what an int32 result is then; for -1 see the rules above

    constexpr Effects stashing() const {
        Effects effects = *this;
        effects.mayStash = true;
        return effects;
    }
    constexpr Effects consuming(uint32_t operands) const {
        Effects effects = *this;
        effects.consumed = operands;
        return effects;
    }
    constexpr Effects failingWith(int32_t result) const {
        Effects effects = *this;
        effects.failure = result;
        return effects;
    }
    constexpr Effects consumingSlots(uint32_t more = 0) const {
        Effects effects = *this;
        effects.slotsMore = more;
        effects.consumesSlots = true;
        return effects;
    }
};
inline constexpr Effects kPure{};
inline constexpr Effects kMayFail{.mayFail = true};
inline constexpr Effects kRunsPython{.mayFail = true, .runsPython = true};
inline constexpr Effects kReleases{.runsPython = true};
/// Ends a call that has been made: it fails when the callee failed, and never by itself.
inline constexpr Effects kFinishes{.runsPython = true};

enum class Helper : uint16_t {
#define HELPER(name, function, effects) name,
#include "runtime/helpers.def"
#undef HELPER
};

struct HelperInfo {
    const char* name;
    const void* address;
    AbiType result;
    std::span<const AbiType> params;
    Effects effects;
};

const HelperInfo& info(Helper helper);
size_t helperCount();

/// For tests: the n-th call (from 1) of a helper from code compiled after this fails with MemoryError, its operands
/// released, nothing done. Costs nothing while no failure is asked for: the table's address is exchanged.
void injectFailure(Helper helper, int nth);
/// Takes all injected failures back. Code compiled meanwhile keeps its (then transparent) wrappers, and fails again
/// when the next failure of these helpers is asked for.
void clearInjectedFailures();
/// How often a helper has been called through its wrapper, and how often it was made to fail.
struct InjectionCounts {
    uint64_t calls = 0;
    uint64_t failures = 0;
};
const InjectionCounts& injectionCounts(Helper helper);

}  // namespace pyjion::runtime
