// SPDX-License-Identifier: MIT
// How calls end whose callee is a part of something larger: said in HIR, in exits, and by what ends them.
#pragma once

#include <cstdint>

namespace pyjion::base {

/// What becomes of the result of a callee whose code is inlined. Its number is how many of the callers' values, the
/// last ones, are for that.
enum class CallEnd : uint8_t {
    Plain,     // it is the call's
    Instance,  // an __init__: one, the instance, which is the call's result
    Operator,  // the method of an operator: the right and the left operand
};

/// An operator that a class may define: the argument of BINARY_OP, or this for BINARY_SUBSCR, which gives what its
/// method returns, whatever that is.
using OperatorNumber = uint32_t;
inline constexpr OperatorNumber kSubscription = 26;

}  // namespace pyjion::base
