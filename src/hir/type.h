// SPDX-License-Identifier: MIT
// The type lattice of HIR: a set of leaf types, as bits. Join is union, meet is intersection, the empty set is Bottom.
// Constants, ranges and ownership are tracked beside types, not in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pyjion::hir {

class Type {
  public:
    constexpr Type() = default;
    static constexpr Type fromBits(uint32_t bits) { return Type(bits); }
    constexpr uint32_t bits() const { return bits_; }

    constexpr bool isBottom() const { return bits_ == 0; }
    /// Every value of this type also has the other type.
    constexpr bool isSubtypeOf(Type other) const { return (bits_ & ~other.bits_) == 0; }
    constexpr bool mayBe(Type other) const { return (bits_ & other.bits_) != 0; }
    constexpr Type operator|(Type other) const { return Type(bits_ | other.bits_); }
    constexpr Type operator&(Type other) const { return Type(bits_ & other.bits_); }
    constexpr Type operator-(Type other) const { return Type(bits_ & ~other.bits_); }
    constexpr bool operator==(const Type&) const = default;

  private:
    constexpr explicit Type(uint32_t bits) : bits_(bits) {}
    uint32_t bits_ = 0;
};

// TYPE(name, bit): exact CPython types first, then "any other object", then what is no object.
#define PYJION_HIR_LEAF_TYPES(TYPE) \
    TYPE(LongExact, 0)              \
    TYPE(FloatExact, 1)             \
    TYPE(BoolExact, 2)              \
    TYPE(NoneExact, 3)              \
    TYPE(StrExact, 4)               \
    TYPE(TupleExact, 5)             \
    TYPE(ListExact, 6)              \
    TYPE(DictExact, 7)              \
    TYPE(RangeExact, 8)             \
    TYPE(RangeIterExact, 9)         \
    TYPE(FunctionExact, 10)         \
    TYPE(BuiltinExact, 11)          \
    TYPE(TypeObject, 12)            \
    TYPE(OtherObject, 15)           \
    TYPE(Null, 16)                  \
    TYPE(Int64, 17)                 \
    TYPE(Double, 18)                \
    TYPE(Bool, 19)

#define TYPE(name, bit) inline constexpr Type k##name = Type::fromBits(1u << (bit));
PYJION_HIR_LEAF_TYPES(TYPE)
#undef TYPE

inline constexpr Type kBottom = Type::fromBits(0);
inline constexpr Type kObject = Type::fromBits(0xFFFF);
inline constexpr Type kUnboxed = kInt64 | kDouble | kBool;

/// Objects whose release can be delayed without anybody noticing: no finalizer, nothing inside that has one.
inline constexpr Type kPlainData =
    kLongExact | kFloatExact | kBoolExact | kNoneExact | kStrExact | kRangeIterExact | kNull;

/// "LongExact", "Object|Null", "Bottom": leaf names joined by |, with Object for all object leaves.
std::string toString(Type type);
std::optional<Type> parseType(std::string_view text);

}  // namespace pyjion::hir
