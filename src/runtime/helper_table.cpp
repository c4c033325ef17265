// SPDX-License-Identifier: MIT
// Makes the table of helpers from helpers.def, with signatures deduced from the functions, and the wrappers that let
// the n-th call of a helper fail in tests.
#include "runtime/helper_table.h"

#include <Python.h>

#include <array>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/check.h"
#include "deopt/leave.h"
#include "python/iterators.h"
#include "runtime/arithmetic.h"
#include "runtime/attributes.h"
#include "runtime/bitwise.h"
#include "runtime/boxing.h"
#include "runtime/calls.h"
#include "runtime/class_calls.h"
#include "runtime/closures.h"
#include "runtime/comparison.h"
#include "runtime/containers.h"
#include "runtime/exceptions.h"
#include "runtime/formatting.h"
#include "runtime/functions.h"
#include "runtime/general_calls.h"
#include "runtime/generator_slots.h"
#include "runtime/generators.h"
#include "runtime/globals.h"
#include "runtime/imports.h"
#include "runtime/iteration.h"
#include "runtime/known_builtins.h"
#include "runtime/matching.h"
#include "runtime/names.h"
#include "runtime/operators.h"
#include "runtime/quiet_operations.h"
#include "runtime/references.h"
#include "runtime/replay.h"
#include "runtime/subscripts.h"
#include "runtime/super_methods.h"
#include "runtime/tiering.h"
#include "runtime/truth.h"
#include "runtime/unpacking.h"

namespace pyjion::runtime {
namespace {

template <typename T>
constexpr AbiType abiType() {
    if constexpr (std::is_void_v<T>) {
        return AbiType::Void;
    } else if constexpr (std::is_pointer_v<T>) {
        return AbiType::NativeInt;
    } else if constexpr (std::is_same_v<T, double>) {
        return AbiType::Double;
    } else if constexpr (std::is_same_v<T, int64_t>) {
        return AbiType::Int64;
    } else {
        // RyuJIT leaves the upper half of a narrower argument undefined, C++ callers extend it: not the same ABI.
        static_assert(std::is_same_v<T, int32_t>, "this type must not cross the border to compiled code");
        return AbiType::Int32;
    }
}

template <typename T>
T failure(Effects effects) {
    if constexpr (std::is_pointer_v<T>) {
        return nullptr;
    } else if constexpr (std::is_same_v<T, int64_t>) {
        return deopt::kNoInt;
    } else {
        return T(effects.failure);
    }
}

/// What the rows of operations say about their helpers.
namespace operations {

constexpr Effects RunsPython = kRunsPython.stashing();
constexpr Effects Raises = kMayFail;
constexpr Effects Nothing = kPure;

constexpr Effects withOperands(Effects effects, std::string_view parameters) {
    for (size_t i = 0; i < parameters.size(); ++i) {
        effects.consumed |= static_cast<uint32_t>(parameters[i] == 'o') << i;
        effects.consumesSlots = effects.consumesSlots || parameters[i] == '*';
    }
    return effects;
}

#define OPERATION(name, parameters, effects, result) constexpr Effects name = withOperands(effects, parameters);
#include "hir/operations.def"
#undef OPERATION

}  // namespace operations

constexpr size_t kHelperCount = 0
#define HELPER(name, function, effects) +1
#include "runtime/helpers.def"
#undef HELPER
    ;

// Per helper: calls until the injected failure, 0 when none is due.
std::array<int, kHelperCount> callsToFailure;

std::array<InjectionCounts, kHelperCount> counts;

bool failureIsDue(size_t index) {
    counts[index].calls++;
    bool due = callsToFailure[index] != 0 && --callsToFailure[index] == 0;
    counts[index].failures += due;
    return due;
}

template <typename T>
void releaseOperand(T operand, bool consumed) {
    if constexpr (std::is_same_v<T, PyObject*>) {
        if (consumed) {
            Py_XDECREF(operand);
        }
    }
}

/// Releases what lies in slots: the parameters are gone through until a pointer to slots and their number are found.
template <typename First, typename... Rest>
void releaseSlots(uint32_t more, First first, Rest... rest) {
    if constexpr (std::is_same_v<First, PyObject**> && sizeof...(Rest) != 0) {
        const auto count = static_cast<int64_t>(std::get<0>(std::tuple(rest...))) + more;
        for (int64_t i = 0; i < count; i++) {
            Py_XDECREF(first[i]);
        }
    } else if constexpr (sizeof...(Rest) != 0) {
        releaseSlots(more, rest...);
    }
}

/// What compiled code sees of a function, and its wrapper for injected failures.
template <auto function>
struct Bridge;

template <typename R, typename... Args, R (*function)(Args...)>
struct Bridge<function> {
    static constexpr AbiType kResult = abiType<R>();
    static constexpr std::array<AbiType, sizeof...(Args)> kParams = {abiType<Args>()...};

    template <Helper helper, Effects effects>
    static R injected(Args... args) {
        if (!failureIsDue(static_cast<size_t>(helper))) {
            return function(args...);
        }
        uint32_t bit = 1;
        ((releaseOperand(args, (effects.consumed & bit) != 0), bit <<= 1), ...);
        if constexpr (effects.consumesSlots) {
            releaseSlots(effects.slotsMore, args...);
        }
        PyErr_NoMemory();
        return failure<R>(effects);
    }
};

template <Helper helper, auto function, Effects effects>
const void* injectedAddress() {
    if constexpr (effects.mayFail) {
        return reinterpret_cast<const void*>(&Bridge<function>::template injected<helper, effects>);
    } else {
        return nullptr;
    }
}

struct Row {
    HelperInfo info;
    const void* injected;
};

std::array<Row, kHelperCount>& table() {
    static std::array<Row, kHelperCount> rows = {{
#define HELPER(name, function, effects)                                                                        \
    {{#name, reinterpret_cast<const void*>(&function), Bridge<&function>::kResult, Bridge<&function>::kParams, \
      effects},                                                                                                \
     injectedAddress<Helper::name, &function, effects>()},
#include "runtime/helpers.def"
#undef HELPER
    }};
    return rows;
}

}  // namespace

const HelperInfo& info(Helper helper) {
    return table()[static_cast<size_t>(helper)].info;
}

size_t helperCount() {
    return kHelperCount;
}

void injectFailure(Helper helper, int nth) {
    Row& row = table()[static_cast<size_t>(helper)];
    PYJION_CHECK(row.injected != nullptr, "helper {} cannot fail", row.info.name);
    PYJION_CHECK(nth >= 1, "calls are counted from 1");
    row.info.address = row.injected;
    callsToFailure[static_cast<size_t>(helper)] = nth;
}

void clearInjectedFailures() {
    static const std::array<const void*, kHelperCount> kAddresses = {
#define HELPER(name, function, effects) reinterpret_cast<const void*>(&function),
#include "runtime/helpers.def"
#undef HELPER
    };
    for (size_t i = 0; i < kHelperCount; i++) {
        table()[i].info.address = kAddresses[i];
        callsToFailure[i] = 0;
    }
}

const InjectionCounts& injectionCounts(Helper helper) {
    return counts[static_cast<size_t>(helper)];
}

}  // namespace pyjion::runtime
