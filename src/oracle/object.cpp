// SPDX-License-Identifier: MIT
#include "oracle/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pyjion::oracle {

namespace {

constexpr int kFirstSmall = -5;
constexpr int kLastSmall = 256;

bool readDigits(std::string_view text, Integer& value) {
    value = 0;
    for (char c : text) {
        if (c < '0' || c > '9' || value > (Integer(1) << 122)) {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    return !text.empty();
}

bool readRange(std::string_view text, Object& range) {
    constexpr std::string_view kStart = "range(";
    if (!text.starts_with(kStart) || !text.ends_with(")")) {
        return false;
    }
    text = text.substr(kStart.size(), text.size() - kStart.size() - 1);
    Integer* const fields[] = {&range.next, &range.step, &range.count};
    for (size_t i = 0; i < 3; ++i) {
        const size_t comma = text.find(", ");
        if ((comma == std::string_view::npos) != (i == 2)) {
            return false;
        }
        std::optional<Integer> value = parseInteger(text.substr(0, comma));
        if (!value) {
            return false;
        }
        *fields[i] = *value;
        text = i == 2 ? "" : text.substr(comma + 2);
    }
    return true;
}

}  // namespace

hir::Type Object::type() const {
    switch (kind) {
        case Kind::Int:
            return hir::kLongExact;
        case Kind::Float:
            return hir::kFloatExact;
        case Kind::Bool:
            return hir::kBoolExact;
        case Kind::None:
            return hir::kNoneExact;
        case Kind::Str:
            return hir::kStrExact;
        case Kind::Range:
            return hir::kRangeExact;
        case Kind::RangeIter:
            return hir::kRangeIterExact;
        case Kind::Other:
            break;
    }
    return name.starts_with("builtins.") ? hir::kTypeObject : hir::kOtherObject;
}

Heap::Heap() {
    true_.kind = false_.kind = Kind::Bool;
    true_.integer = 1;
    none_.kind = Kind::None;
    true_.immortal = false_.immortal = none_.immortal = true;
    for (int value = kFirstSmall; value <= kLastSmall; ++value) {
        Object& object = smallInts_.emplace_back();
        object.kind = Kind::Int;
        object.integer = value;
        object.immortal = true;
    }
}

Object* Heap::make(Object object) {
    object.references = 1;
    return &objects_.emplace_back(std::move(object));
}

Object* Heap::makeInt(Integer value) {
    if (isSmallInt(value)) {
        return &smallInts_[static_cast<size_t>(value - kFirstSmall)];
    }
    Object object;
    object.kind = Kind::Int;
    object.integer = value;
    return make(std::move(object));
}

Object* Heap::makeFloat(double value) {
    Object object;
    object.kind = Kind::Float;
    object.real = value;
    return make(std::move(object));
}

Object* Heap::parse(std::string_view text) {
    if (text == "True" || text == "False") {
        return boolean(text == "True");
    }
    if (text == "None") {
        return none();
    }
    if (std::optional<Integer> integer = parseInteger(text)) {
        return makeInt(*integer);
    }
    Object object;
    if (readRange(text, object)) {
        object.kind = Kind::RangeIter;
        return make(std::move(object));
    }
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    const bool named = text.size() >= 2 && text.front() == '<' && text.back() == '>';
    if (quoted || named) {
        object.kind = quoted ? Kind::Str : Kind::Other;
        object.name = text.substr(1, text.size() - 2);
        return make(std::move(object));
    }
    const std::string copy(text);
    char* end = nullptr;
    const double real = std::strtod(copy.c_str(), &end);
    return !copy.empty() && *end == '\0' ? makeFloat(real) : nullptr;
}

std::optional<std::string> Heap::leak() const {
    for (const Object& object : objects_) {
        if (!object.immortal && !object.imaginary && object.references != 0) {
            return fmt::format("{} ends with {} references", toText(&object), object.references);
        }
    }
    return std::nullopt;
}

bool isSmallInt(Integer value) {
    return value >= kFirstSmall && value <= kLastSmall;
}

std::string toText(Integer value) {
    std::string digits;
    unsigned __int128 rest = value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    do {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
        rest /= 10;
    } while (rest != 0);
    return value < 0 ? "-" + digits : digits;
}

std::string toText(double value) {
    if (std::isnan(value)) {
        return "nan";  // sign and payload are the machine's
    }
    std::string text = fmt::format("{}", value);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

std::string toText(const Object* object) {
    if (object == nullptr) {
        return "-";
    }
    switch (object->kind) {
        case Kind::Int:
            return toText(object->integer);
        case Kind::Float:
            return toText(object->real);
        case Kind::Bool:
            return object->integer != 0 ? "True" : "False";
        case Kind::None:
            return "None";
        case Kind::Str:
            return fmt::format("\"{}\"", object->name);
        case Kind::Range:
        case Kind::RangeIter:
            return fmt::format("range({}, {}, {})", toText(object->next), toText(object->step), toText(object->count));
        case Kind::Other:
            break;
    }
    return fmt::format("<{}>", object->name);
}

std::optional<Integer> parseInteger(std::string_view text) {
    const bool negative = text.starts_with("-");
    text = text.substr(negative ? 1 : 0);
    Integer value = 0;
    if (!text.starts_with("2^")) {
        return readDigits(text, value) ? std::optional(negative ? -value : value) : std::nullopt;
    }
    const size_t sign = std::min(text.size(), text.find_first_of("+-"));
    Integer exponent = 0;
    Integer delta = 0;
    if (!readDigits(text.substr(2, sign - 2), exponent) || exponent > 120 ||
        (sign < text.size() && !readDigits(text.substr(sign + 1), delta))) {
        return std::nullopt;
    }
    const Integer power = Integer(1) << static_cast<int>(exponent);
    value = negative ? -power : power;
    return sign < text.size() && text[sign] == '-' ? value - delta : value + delta;
}

}  // namespace pyjion::oracle
