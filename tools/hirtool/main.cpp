// SPDX-License-Identifier: MIT
// Works on text files with one function in HIR, from the command line:
//
//   hirtool cat FILE [--no-snapshots]              print in canonical form
//   hirtool verify FILE                            print with the verifier's errors; status 1 when there are any
//   hirtool opt FILE [--passes a,b,c] [--no-PASS] [--fuel N] [--each] [--time]
//                                                  run passes (the whole pipeline unless named) and print
//   hirtool lower FILE [--quick] [--spill-all] [--listing]
//                                                  print the CIL, and the exits below it
//   hirtool dom FILE                               print dominators and loops
//   hirtool run FILE ENTRY...                      run it as defined, with each frame `(1, 2.5; range(0, 1, 3))`
//
// FILE may be - for the standard input. Comments `; fact:` are read as in filetests.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/dominators.h"
#include "analysis/loops.h"
#include "base/check.h"
#include "hir/parse.h"
#include "hir/print.h"
#include "hir/verify.h"
#include "lower.h"
#include "oracle/facts.h"
#include "oracle/run_lines.h"
#include "passes/facts_text.h"
#include "passes/pass_scope.h"
#include "passes/pipeline.h"

namespace pyjion {
namespace {

using Arguments = std::vector<std::string>;

int usage() {
    fmt::print(
        stderr,
        "usage: hirtool cat|verify|opt|lower|dom|run FILE [--no-snapshots] [--passes a,b,c] [--no-PASS] [--fuel N] "
        "[--each] "
        "[--time] [--quick] [--spill-all] [--listing]\npasses:\n");
    for (const passes::PassInfo& pass : passes::allPasses()) {
        fmt::print(stderr, "  {:<24} {}\n", pass.name, pass.doc);
    }
    return 2;
}

std::optional<std::string> readFile(const std::string& name) {
    std::ifstream file;
    if (name != "-") {
        file.open(name);
        if (!file) {
            return std::nullopt;
        }
    }
    std::istream& in = name == "-" ? std::cin : file;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

/// The word behind an option, or the part behind `=`; empty when the option is absent.
std::string valueOf(const Arguments& arguments, const std::string& option) {
    for (size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == option && i + 1 < arguments.size()) {
            return arguments[i + 1];
        }
        if (arguments[i].starts_with(option + "=")) {
            return arguments[i].substr(option.size() + 1);
        }
    }
    return "";
}

bool has(const Arguments& arguments, const std::string& option) {
    for (const std::string& argument : arguments) {
        if (argument == option) {
            return true;
        }
    }
    return false;
}

int cat(const hir::Function& function, const Arguments& arguments) {
    hir::PrintOptions options;
    options.snapshots = !has(arguments, "--no-snapshots");
    fmt::print("{}", hir::print(function, options));
    return 0;
}

int verify(const hir::Function& function) {
    std::vector<hir::VerifyError> errors = hir::verify(function, hir::Stage::Lowerable);
    fmt::print("{}", hir::printErrors(function, errors));
    fmt::print("; {} errors, {} unconditional exits\n", errors.size(), hir::countDeoptimise(function));
    return errors.empty() ? 0 : 1;
}

int dom(const hir::Function& function) {
    analysis::Dominators dominators(function);
    analysis::Loops loops(function, dominators);
    for (hir::BlockId block : dominators.order()) {
        analysis::LoopId loop = loops.innermost(block);
        fmt::print("{}: dominated by {}, loop depth {}{}\n", hir::toString(block),
                   hir::toString(dominators.immediate(block)), loop.valid() ? loops.all()[loop].depth : 0,
                   loops.isHeader(block) ? ", header" : "");
    }
    return 0;
}

std::optional<std::vector<passes::PassId>> chosenPasses(const Arguments& arguments) {
    std::string list = valueOf(arguments, "--passes");
    if (list.empty()) {
        return std::vector<passes::PassId>(std::begin(passes::kPipeline), std::end(passes::kPipeline));
    }
    std::vector<passes::PassId> chosen;
    std::istringstream names(list);
    for (std::string name; std::getline(names, name, ',');) {
        std::optional<passes::PassId> pass = passes::findPass(name);
        if (!pass) {
            fmt::print(stderr, "no pass is called '{}'\n", name);
            return std::nullopt;
        }
        chosen.push_back(*pass);
    }
    return chosen;
}

void printTimes(const passes::PassContext& context) {
    for (const passes::PassInfo& pass : passes::allPasses()) {
        const passes::PassStatistics& times = context.statistics[static_cast<size_t>(pass.id)];
        fmt::print(stderr, "{:<24} {} runs, {} with changes, {} us\n", pass.name, times.runs, times.changes,
                   times.nanoseconds / 1000);
    }
    for (const auto& [name, count] : context.counters) {
        fmt::print(stderr, "{:<48} {}\n", name, count);
    }
}

int opt(hir::Function& function, const std::string& text, const Arguments& arguments) {
    passes::PassContext context;
    context.verify = true;
    if (std::optional<std::string> problem = passes::readFacts(text, function, context.facts)) {
        fmt::print(stderr, "{}\n", *problem);
        return 1;
    }
    for (const passes::PassInfo& pass : passes::allPasses()) {
        bool off = !pass.enabledByDefault || has(arguments, std::string("--no-") + pass.name);
        context.disabled[static_cast<size_t>(pass.id)] = off;
    }
    std::string fuel = valueOf(arguments, "--fuel");
    if (!fuel.empty()) {
        context.fuel = passes::Fuel(std::strtoull(fuel.c_str(), nullptr, 10));
    }
    if (has(arguments, "--each")) {
        context.dump = [](std::string_view pass, const hir::Function& changed) {
            fmt::print("; after {}\n{}", pass, hir::print(changed));
        };
    }
    bool sound = true;
    context.onBroken = [&](std::string_view pass, const std::string& report) {
        fmt::print(stderr, "pass {} {}\n", pass, report);
        sound = false;
    };
    auto chosen = chosenPasses(arguments);
    if (!chosen) {
        return 2;
    }
    passes::runPasses(*chosen, function, context);
    fmt::print("{}", hir::print(function));
    if (has(arguments, "--time")) {
        printTimes(context);
    }
    return sound ? 0 : 1;
}

/// Prints how each run ends; 1 when one breaks a promise of HIR's definition, or does what is not modelled.
int runFunction(hir::Function& function, const std::string& text, const Arguments& arguments) {
    passes::PassContext context;
    if (std::optional<std::string> problem = passes::readFacts(text, function, context.facts)) {
        fmt::print(stderr, "{}\n", *problem);
        return 1;
    }
    const oracle::Code code = oracle::codeOf(context.facts);
    int status = 0;
    for (size_t i = 2; i < arguments.size(); ++i) {
        std::optional<oracle::Entry> entry = oracle::parseEntry(arguments[i]);
        if (!entry) {
            fmt::print(stderr, "'{}' is no frame: (locals; stack)\n", arguments[i]);
            return 2;
        }
        const oracle::Outcome outcome = oracle::interpret(function, code, *entry);
        fmt::print("{} == {}\n", arguments[i], outcome.text);
        const bool ended = !outcome.text.starts_with("broken") && !outcome.text.starts_with("not modelled");
        status = ended ? status : 1;
    }
    return status;
}

int run(const Arguments& arguments) {
    if (arguments.size() < 2) {
        return usage();
    }
    std::optional<std::string> text = readFile(arguments[1]);
    if (!text) {
        fmt::print(stderr, "cannot read {}\n", arguments[1]);
        return 1;
    }
    // What a filetest expects is behind this line.
    text->resize(std::min(text->size(), text->find("; ---\n")));
    auto function = hir::parse(*text);
    if (!function) {
        fmt::print(stderr, "{}:{}:{}: {}\n", arguments[1], function.error().line, function.error().column,
                   function.error().message);
        return 1;
    }
    const std::string& command = arguments[0];
    if (command == "cat") {
        return cat(*function, arguments);
    }
    if (command == "verify") {
        return verify(*function);
    }
    if (command == "lower") {
        return lowerAndPrint(*function, {.quick = has(arguments, "--quick"),
                                         .spillAll = has(arguments, "--spill-all"),
                                         .listing = has(arguments, "--listing")});
    }
    if (command == "dom") {
        return dom(*function);
    }
    if (command == "run") {
        return runFunction(*function, *text, arguments);
    }
    return command == "opt" ? opt(*function, *text, arguments) : usage();
}

}  // namespace
}  // namespace pyjion

int main(int count, char** words) {
    return pyjion::run({words + 1, words + count});
}
