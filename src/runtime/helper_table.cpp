// SPDX-License-Identifier: MIT
// Makes the table of helpers from helpers.def, with signatures deduced from the functions, and the wrappers that let
// the n-th call of a helper fail in tests.
#include "runtime/helper_table.h"

#include <Python.h>

#include <array>
#include <type_traits>

#include "base/check.h"
#include "runtime/arithmetic.h"
#include "runtime/boxing.h"
#include "runtime/calls.h"
#include "runtime/comparison.h"
#include "runtime/exceptions.h"
#include "runtime/generators.h"
#include "runtime/globals.h"
#include "runtime/iteration.h"
#include "runtime/references.h"
#include "runtime/tiering.h"
#include "runtime/truth.h"

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
T failure() {
    if constexpr (std::is_pointer_v<T>) {
        return nullptr;
    } else {
        return T(-1);
    }
}

constexpr size_t kHelperCount = 0
#define HELPER(name, function, effects) +1
#include "runtime/helpers.def"
#undef HELPER
    ;

// Per helper: calls until the injected failure, 0 when none is due.
std::array<int, kHelperCount> callsToFailure;

bool failureIsDue(size_t index) {
    return callsToFailure[index] != 0 && --callsToFailure[index] == 0;
}

template <typename T>
void releaseOperand(T operand, bool consumed) {
    if constexpr (std::is_same_v<T, PyObject*>) {
        if (consumed) {
            Py_XDECREF(operand);
        }
    }
}

void releaseSlots(PyThreadState*, _PyInterpreterFrame*, PyObject** slots, int64_t nargs, const Site* = nullptr) {
    for (int64_t i = 0; i < nargs + 2; i++) {
        Py_XDECREF(slots[i]);
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
            releaseSlots(args...);
        }
        PyErr_NoMemory();
        return failure<R>();
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

}  // namespace pyjion::runtime
