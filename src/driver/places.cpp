// SPDX-License-Identifier: MIT
#include "driver/places.h"

#include <fnmatch.h>

#include <algorithm>

namespace pyjion::driver {

bool matches(const std::string& pattern, const std::string& name) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

namespace {

/// Whether the module or a package that it is in matches. Code without a module is in none.
bool matchesModule(const std::string& pattern, const std::string& module) {
    for (size_t end = module.size(); end != std::string::npos && end != 0; end = module.rfind('.', end - 1)) {
        if (matches(pattern, module.substr(0, end))) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<std::string_view> splitList(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        size_t comma = text.find(',');
        std::string_view part = text.substr(0, comma);
        while (part.starts_with(' ')) {
            part.remove_prefix(1);
        }
        while (part.ends_with(' ')) {
            part.remove_suffix(1);
        }
        if (!part.empty()) {
            parts.push_back(part);
        }
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return parts;
}

bool isListed(std::string_view text, std::string_view name) {
    const std::vector<std::string_view> parts = splitList(text);
    return std::find(parts.begin(), parts.end(), name) != parts.end();
}

bool hasBlank(std::string_view text) {
    return text.find_first_of(" \t\n\v\f\r") != std::string_view::npos;
}

std::optional<std::vector<Place>> parsePlaces(std::string_view text) {
    std::vector<Place> places;
    for (std::string_view part : splitList(text)) {
        if (hasBlank(part)) {
            return std::nullopt;
        }
        const size_t colon = part.find(':');
        Place place{std::string(part.substr(0, colon)), {}};
        if (colon != std::string_view::npos) {
            place.function = part.substr(colon + 1);
            if (place.module.empty() || place.function.empty() || place.function.find(':') != std::string::npos) {
                return std::nullopt;
            }
        }
        places.push_back(std::move(place));
    }
    return places;
}

bool isIn(const std::vector<Place>& places, const std::string& module, const std::string& function) {
    return std::any_of(places.begin(), places.end(), [&](const Place& place) {
        // Functions are those of one module: those of its submodules have other qualified names.
        return place.function.empty() ? matchesModule(place.module, module)
                                      : matches(place.module, module) && matches(place.function, function);
    });
}

}  // namespace pyjion::driver
