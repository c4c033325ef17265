// SPDX-License-Identifier: MIT
// Objects as the interpreter of HIR knows them: numbers, ranges, and names that stand for anything else. References are
// counted, so that a copy too few or too many shows: an object that is used after its last reference went stays here to
// say so.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "hir/type.h"

namespace pyjion::oracle {

using Integer = __int128;

enum class Kind : uint8_t { Int, Float, Bool, None, Str, Range, RangeIter, Other };

struct Object {
    Kind kind = Kind::Other;
    Integer integer = 0;  // Int, Bool
    double real = 0;      // Float
    // Range and RangeIter: what is left of it.
    Integer next = 0;
    Integer step = 1;
    Integer count = 0;
    std::string name;  // Str, Other

    int64_t references = 0;
    bool immortal = false;   // kept alive by something outside of the function
    bool imaginary = false;  // made by exits alone, which own it

    bool isDead() const { return !immortal && !imaginary && references <= 0; }
    hir::Type type() const;
};

/// All objects of one run.
class Heap {
  public:
    Heap();
    Object* makeInt(Integer value);
    Object* makeFloat(double value);
    Object* boolean(bool value) { return value ? &true_ : &false_; }
    Object* none() { return &none_; }
    Object* make(Object object);
    /// An object from its text, see toText(); null when there is none such.
    Object* parse(std::string_view text);

    /// Why not every object has been given back; nothing when all have.
    std::optional<std::string> leak() const;

  private:
    std::deque<Object> objects_;
    std::deque<Object> smallInts_;
    Object true_, false_, none_;
};

/// 5, 1.5, nan, True, None, "text", range(next, step, count), <name>; - for null.
std::string toText(const Object* object);
std::string toText(Integer value);
std::string toText(double value);
/// Also 2^62-1, -2^53+1.
/// CPython has one object for each of these.
bool isSmallInt(Integer value);
std::optional<Integer> parseInteger(std::string_view text);

}  // namespace pyjion::oracle
