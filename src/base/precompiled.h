// SPDX-License-Identifier: MIT
// What nearly every source file includes, parsed once by the build (Meson's cpp_pch); no file relies on it.
// fmt comes first and without FMT_HEADER_ONLY: its implementation is compiled once, in format.cpp, and not in each of
// the files that format something. That is two thirds of the time that compiling everything takes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
