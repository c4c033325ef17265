// SPDX-License-Identifier: MIT
#include "lower.h"

#include <cstdio>
#include <string>
#include <vector>

#include "base/check.h"
#include "cil/encode.h"
#include "cil/print.h"
#include "cil/verify.h"
#include "deopt/metadata.h"
#include "hir/verify.h"
#include "lower/lower.h"
#include "lower/text_input.h"

namespace pyjion {

int lowerAndPrint(const hir::Function& function, const LowerOptions& options) {
    std::vector<hir::VerifyError> broken = hir::verify(function, hir::Stage::Lowerable);
    if (!broken.empty()) {
        fmt::print(stderr, "{}", hir::printErrors(function, broken));
        return 1;
    }
    lower::Input input = lower::inputForText(function);
    input.quick = options.quick;
    input.spillAll = options.spillAll;
    auto lowered = lower::lower(input);
    if (!lowered) {
        fmt::print(stderr, "{}\n", lowered.error());
        return 1;
    }
    std::vector<cil::VerifyError> errors = cil::verify(lowered->body);
    auto encoded = cil::encode(lowered->body);
    if (options.listing && encoded) {
        fmt::print("{}", cil::listing(lowered->body, *encoded));
    } else {
        fmt::print("{}", cil::annotate(lowered->body, errors));
    }
    std::string exits = deopt::print(lowered->exits);
    fmt::print("\n// exits\n{}", exits);
    fmt::print("// {} IL bytes, {} exits, {} errors\n", encoded ? encoded->il.size() : 0, lowered->exits.exits.size(),
               errors.size());
    return errors.empty() && encoded ? 0 : 1;
}

}  // namespace pyjion
