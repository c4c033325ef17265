// SPDX-License-Identifier: MIT
#include "hir/type.h"

#include <array>

namespace pyjion::hir {

namespace {

struct NamedType {
    std::string_view name;
    Type type;
};

constexpr auto kLeaves = std::to_array<NamedType>({
#define TYPE(name, bit) {#name, k##name},
    PYJION_HIR_LEAF_TYPES(TYPE)
#undef TYPE
});

}  // namespace

std::string toString(Type type) {
    if (type.isBottom()) {
        return "Bottom";
    }
    std::string text;
    auto add = [&](std::string_view name) {
        if (!text.empty()) {
            text += '|';
        }
        text += name;
    };
    Type rest = type;
    if (kObject.isSubtypeOf(rest)) {
        add("Object");
        rest = rest - kObject;
    }
    for (const NamedType& leaf : kLeaves) {
        if (rest.mayBe(leaf.type)) {
            add(leaf.name);
            rest = rest - leaf.type;
        }
    }
    // Bits without a name (13 and 14 of the object bits) appear when kObject has lost a leaf.
    for (uint32_t bit = 0; bit < 32; ++bit) {
        if (rest.bits() >> bit & 1) {
            add("Bit" + std::to_string(bit));
        }
    }
    return text;
}

std::optional<Type> parseType(std::string_view text) {
    Type type = kBottom;
    if (text == "Bottom") {
        return type;
    }
    while (true) {
        size_t bar = text.find('|');
        std::string_view name = text.substr(0, bar);
        std::optional<Type> found;
        if (name == "Object") {
            found = kObject;
        } else if (name.starts_with("Bit") && name.size() >= 4 && name.size() <= 5) {
            uint32_t bit = 0;
            for (char digit : name.substr(3)) {
                if (digit < '0' || digit > '9') {
                    return std::nullopt;
                }
                bit = bit * 10 + static_cast<uint32_t>(digit - '0');
            }
            if (bit < 32) {
                found = Type::fromBits(1u << bit);
            }
        } else {
            for (const NamedType& leaf : kLeaves) {
                if (leaf.name == name) {
                    found = leaf.type;
                }
            }
        }
        if (!found) {
            return std::nullopt;
        }
        type = type | *found;
        if (bar == std::string_view::npos) {
            return type;
        }
        text.remove_prefix(bar + 1);
    }
}

}  // namespace pyjion::hir
