// SPDX-License-Identifier: MIT
#include "driver/outcome.h"

#include <fmt/format.h>

#include <cstdio>

#include "driver/options.h"
#include "driver/statistics.h"

namespace pyjion::driver {

Outcome refuse(std::string reason, int32_t line) {
    statistics().refused++;
    return {Outcome::Kind::Refused, Refusal(std::move(reason), line)};
}

Outcome internalError(std::string_view function, const std::string& stage, const std::string& report) {
    statistics().internalErrors++;
    dump(function, stage, "errors", report);
    return refuse(fmt::format("an error inside of pyjion, in {}: {}", stage, report.substr(0, report.find('\n'))), 0);
}

bool isDumped(std::string_view kind) {
    return ("," + options().dump + ",").find("," + std::string(kind) + ",") != std::string::npos;
}

void dump(std::string_view function, std::string_view what, std::string_view kind, const std::string& text) {
    if (isDumped(kind)) {
        fmt::print(stderr, "; {}: {}\n{}\n", function, what, text);
    }
}

}  // namespace pyjion::driver
