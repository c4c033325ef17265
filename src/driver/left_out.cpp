// SPDX-License-Identifier: MIT
#include "driver/left_out.h"

#include <string>
#include <vector>

#include "driver/options.h"
#include "driver/places.h"
#include "python/names.h"

namespace pyjion::driver {

namespace {

/// An option's text, taken apart when it has changed.
struct ParsedOption {
    std::string text;
    std::vector<Place> places;

    const std::vector<Place>& of(const std::string& current) {
        if (text != current) {
            text = current;
            places = parsePlaces(current).value_or(std::vector<Place>{});
        }
        return places;
    }
};

}  // namespace

const char* leftOutByOptions(const CodeRecord& record) {
    const Options& current = options();
    if (current.include.empty() && current.exclude.empty() && current.function_filter.empty()) {
        return nullptr;
    }
    static ParsedOption included;
    static ParsedOption excluded;
    const std::string module = record.module != nullptr ? python::textOf(record.module) : std::string();
    const std::string function = python::textOf(record.code->co_qualname);
    if (!current.function_filter.empty() && !matches(current.function_filter, function)) {
        return "the option function_filter leaves it out";
    }
    if (isIn(excluded.of(current.exclude), module, function)) {
        return "the option exclude leaves it out";
    }
    if (!current.include.empty() && !isIn(included.of(current.include), module, function)) {
        return "the option include leaves it out";
    }
    return nullptr;
}

}  // namespace pyjion::driver
