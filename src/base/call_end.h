// SPDX-License-Identifier: MIT
// How calls end whose callee is a part of something larger: said in HIR, in exits, and by what ends them.
#pragma once

#include <cstdint>

namespace pyjion::base {

/// What becomes of the result of a callee whose code is inlined.
enum class CallEnd : uint8_t {
    Plain,     // it is the call's
    Instance,  // an __init__: the instance is the call's result
    Operator,  // the method of an operator, which may ask on
    Getter,    // the function of a property: it is the attribute
};

/// How many of the callers' values, the last ones, are for that: the instance; the right and the left operand; the
/// object whose attribute it is.
constexpr uint32_t keptFor(CallEnd end) {
    return end == CallEnd::Plain ? 0 : end == CallEnd::Operator ? 2 : 1;
}

/// An operator that a class may define: the argument of BINARY_OP, or this for BINARY_SUBSCR, which gives what its
/// method returns, whatever that is.
using OperatorNumber = uint32_t;
inline constexpr OperatorNumber kSubscription = 26;

}  // namespace pyjion::base
