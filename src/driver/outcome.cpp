// SPDX-License-Identifier: MIT
#include "driver/outcome.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "driver/places.h"

namespace pyjion::driver {

Outcome refuse(std::string reason, int32_t line) {
    return {Outcome::Kind::Refused, Refusal(std::move(reason), line)};
}

Outcome noMemory() {
    return {Outcome::Kind::NoMemory, Refusal("there was no memory for compiling it")};
}

bool Dumps::wants(std::string_view kind) const {
    return isListed(kinds, kind);
}

void Dumps::print(std::string_view what, std::string_view kind, const std::string& text) const {
    if (wants(kind)) {
        fmt::print(stderr, "; {}: {}\n{}\n", function, what, text);
    }
}

Outcome internalError(const Dumps& dumps, const std::string& stage, const std::string& report) {
    dumps.print(stage, "errors", report);
    Outcome outcome =
        refuse(fmt::format("an error inside of pyjion, in {}: {}", stage, report.substr(0, report.find('\n'))), 0);
    outcome.isInternalError = true;
    return outcome;
}

Outcome failureOf(const Dumps& dumps, const clr::CompileError& error) {
    switch (error.kind) {
        case clr::CompileErrorKind::OutOfMemory:
            return {Outcome::Kind::NoMemory, Refusal(error.message)};
        case clr::CompileErrorKind::ExecutionRefused:
            return {Outcome::Kind::ExecutionRefused, Refusal(error.message)};
        case clr::CompileErrorKind::CodeMemoryFull:
        case clr::CompileErrorKind::FrameTooLarge:
            return refuse(error.message, 0);
        default:
            return internalError(dumps, "the back end", error.message);
    }
}

}  // namespace pyjion::driver
