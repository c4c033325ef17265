// SPDX-License-Identifier: MIT
#include "lower.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/check.h"
#include "cil/encode.h"
#include "cil/print.h"
#include "cil/verify.h"
#include "deopt/metadata.h"
#include "hir/generated/opcode.h"
#include "hir/verify.h"
#include "lower/lower.h"

namespace pyjion {
namespace {

/// A file has no code object: each bytecode is one code unit long, names are numbers, and callees have no locals beside
/// their arguments.
lower::Input inputFor(const hir::Function& function, const LowerOptions& options) {
    lower::Input input;
    input.function = &function;
    input.quick = options.quick;
    input.spillAll = options.spillAll;
    uint32_t last = function.entryBytecode;
    for (const hir::Instr& instr : function.instrs) {
        last = std::max(last, instr.bytecode);
        bool isCall = instr.opcode == hir::Opcode::CallFunction || instr.opcode == hir::Opcode::CallFunctionInt;
        if (isCall) {
            auto callee = static_cast<size_t>(instr.immediates[0].integer);
            auto arguments = static_cast<uint32_t>(instr.operands.size() - 1);
            input.callees.resize(std::max(input.callees.size(), callee + 1));
            input.callees[callee] = {arguments + 16, arguments, 0};
        }
    }
    for (const hir::Snapshot& snapshot : function.snapshots) {
        last = std::max(last, snapshot.bytecode);
    }
    for (uint32_t unit = 0; unit <= last; ++unit) {
        input.bounds.push_back({unit, unit + 1, 0, nullptr});
    }
    constexpr size_t kNames = 256;
    for (size_t name = 0; name < kNames; ++name) {
        input.names.push_back(fmt::format("name {}", name));
    }
    return input;
}

}  // namespace

int lowerAndPrint(const hir::Function& function, const LowerOptions& options) {
    std::vector<hir::VerifyError> broken = hir::verify(function, hir::Stage::Lowerable);
    if (!broken.empty()) {
        fmt::print(stderr, "{}", hir::printErrors(function, broken));
        return 1;
    }
    const lower::Input input = inputFor(function, options);
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
