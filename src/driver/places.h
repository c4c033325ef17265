// SPDX-License-Identifier: MIT
// Texts of options: comma lists, and places in the program, as modules or as functions in modules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pyjion::driver {

/// A pattern of modules, whose submodules belong to them, and perhaps one of qualified names in them.
struct Place {
    std::string module;
    std::string function;  // empty: everything in the module
};

/// The parts between commas, without spaces around them and without empty ones.
std::vector<std::string_view> splitList(std::string_view text);
/// Whether one of these is the name.
bool isListed(std::string_view text, std::string_view name);

/// Whether there is white space in it, which no name has: a list without its commas, or something else entirely.
bool hasBlank(std::string_view text);

/// Of a comma list of `module` and `module:function`; none when one of them is neither.
std::optional<std::vector<Place>> parsePlaces(std::string_view text);

/// Whether a name is one that the pattern describes, with the wildcards of a shell.
bool matches(const std::string& pattern, const std::string& name);

/// Whether a function of this module is in one of these places.
bool isIn(const std::vector<Place>& places, const std::string& module, const std::string& function);

}  // namespace pyjion::driver
