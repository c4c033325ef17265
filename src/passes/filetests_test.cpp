// SPDX-License-Identifier: MIT
// Runs tests/filetests/**/*.hir, one test a file. A file is comments and one function:
//
//   ; test: <command>           cat, parse, verify, opt, or names of passes in the order in which they run
//   ; fact: ...                 what passes know about the code object (facts_text.h)
//   ; fuel: <number>            how many transformations passes may make
//   ; run: (1, 2) == return 3, ; sweep: ints ints
//                             what the function does before and after the passes (oracle/run_lines.h)
//   function %f(...) { ... }
//
// Files with `; test: lower` are those of another program (driver/lowered_files_test.cpp).
//
// What is expected: lines `; check: <text>`, to be found in lines of the output in this order; lines `; not: <text>`,
// to be found in none; or the whole output behind a line `; ---`. Without any of them, cat and verify expect the
// function as it stands (errors of verify are comments below what they are about), and parse expects `; error:
// <line>:<column>: <message>`. With BLESS=1 in the environment, whole outputs are rewritten instead of compared.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/check.h"
#include "hir/parse.h"
#include "hir/print.h"
#include "hir/verify.h"
#include "oracle/facts.h"
#include "oracle/run_lines.h"
#include "passes/facts_text.h"
#include "passes/pass.h"
#include "passes/pass_scope.h"
#include "passes/pipeline.h"

namespace pyjion::passes {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeparator = "; ---\n";

std::vector<std::string> listFiles() {
    std::vector<std::string> files;
    if (fs::exists(PYJION_FILETESTS_DIR)) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(PYJION_FILETESTS_DIR)) {
            if (entry.path().extension() == ".hir") {
                files.push_back(fs::relative(entry.path(), PYJION_FILETESTS_DIR).string());
            }
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// A test file, taken apart.
struct FileTest {
    fs::path path;
    std::string text;      // up to the separator
    std::string body;      // from the line of the function on
    std::string expected;  // behind the separator
    bool hasExpected = false;
    std::string command;
    std::vector<std::string> errors;
    std::vector<std::pair<bool, std::string>> checks;  // wanted or not, text
    std::optional<uint64_t> fuel;

    explicit FileTest(const std::string& name) : path(fs::path(PYJION_FILETESTS_DIR) / name) {
        std::ifstream in(path);
        std::stringstream content;
        content << in.rdbuf();
        text = content.str();
        size_t separator = text.find(kSeparator);
        if (separator != std::string::npos) {
            expected = text.substr(separator + kSeparator.size());
            text.resize(separator);
            hasExpected = true;
        }
        size_t start = text.starts_with("function") ? 0 : text.find("\nfunction");
        body = start == std::string::npos ? "" : text.substr(start == 0 ? 0 : start + 1);
        readDirectives();
    }

    void readDirectives() {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            auto argument = [&](std::string_view mark) -> std::optional<std::string> {
                return line.starts_with(mark) ? std::optional(line.substr(mark.size())) : std::nullopt;
            };
            if (auto value = argument("; test: ")) {
                command = *value;
            } else if (auto value = argument("; error: ")) {
                errors.push_back(*value);
            } else if (auto value = argument("; check: ")) {
                checks.emplace_back(true, *value);
            } else if (auto value = argument("; not: ")) {
                checks.emplace_back(false, *value);
            } else if (auto value = argument("; fuel: ")) {
                fuel = std::stoull(*value);
            }
        }
    }

    void bless(const std::string& output) const { std::ofstream(path) << text << kSeparator << output; }
};

void expectOutput(const FileTest& test, const std::string& output) {
    if (test.hasExpected) {
        const char* bless = std::getenv("BLESS");
        if (bless != nullptr && std::string_view(bless) == "1") {
            test.bless(output);
        } else {
            EXPECT_EQ(output, test.expected);
        }
    }
    size_t position = 0;
    for (const auto& [wanted, text] : test.checks) {
        if (!wanted) {
            EXPECT_EQ(output.find(text), std::string::npos) << "unwanted '" << text << "' in\n" << output;
            continue;
        }
        size_t found = output.find(text, position);
        ASSERT_NE(found, std::string::npos) << "no '" << text << "' behind the check before, in\n" << output;
        position = output.find('\n', found);
    }
}

void expectWholeOrChecked(const FileTest& test, const std::string& output) {
    if (!test.hasExpected && test.checks.empty()) {
        EXPECT_EQ(output, test.body);
    }
    expectOutput(test, output);
}

void expectRoundTrip(const hir::Function& function) {
    std::string text = hir::print(function);
    auto again = hir::parse(text);
    ASSERT_TRUE(again) << again.error().line << ":" << again.error().message << "\n" << text;
    EXPECT_EQ(hir::print(*again), text);
}

void runParse(const FileTest& test) {
    auto function = hir::parse(test.text);
    ASSERT_FALSE(function) << "was parsed";
    ASSERT_EQ(test.errors.size(), 1u) << "expects one `; error:`";
    const hir::ParseError& error = function.error();
    EXPECT_EQ(fmt::format("{}:{}: {}", error.line, error.column, error.message), test.errors[0]);
}

std::optional<std::vector<PassId>> passesOf(const std::string& command) {
    if (command == "opt") {
        return std::vector<PassId>(std::begin(kPipeline), std::end(kPipeline));
    }
    std::vector<PassId> passes;
    std::istringstream names(command);
    for (std::string name; names >> name;) {
        std::optional<PassId> pass = findPass(name);
        if (!pass) {
            return std::nullopt;
        }
        passes.push_back(*pass);
    }
    return passes;
}

/// The runs of the file end alike before and after the passes.
void expectSameRuns(const FileTest& test, const hir::Function& before, const hir::Function& after,
                    const CodeFacts& facts) {
    const oracle::RunLines lines = oracle::readRunLines(test.text);
    EXPECT_EQ(lines.problem, "");
    const oracle::Code code = oracle::codeOf(facts);
    size_t modelled = 0;
    for (const oracle::RunLine& line : lines.runs) {
        const oracle::Comparison comparison = oracle::compareRuns(before, after, code, line);
        ASSERT_EQ(comparison.difference, "") << "what was run:\n" << hir::print(after);
        modelled += comparison.modelled ? 1 : 0;
    }
    EXPECT_GE(2 * modelled, lines.runs.size()) << "most of a sweep says nothing";
}

void runPassesOn(const FileTest& test, hir::Function& function) {
    std::vector<hir::VerifyError> errors = hir::verify(function, hir::Stage::Optimised);
    ASSERT_TRUE(errors.empty()) << "the input is wrong:\n" << hir::printErrors(function, errors);
    std::optional<std::vector<PassId>> passes = passesOf(test.command);
    ASSERT_TRUE(passes && !passes->empty()) << "no such command: " << test.command;
    bool runs = test.text.find("\n; run: ") != std::string::npos || test.text.find("\n; sweep: ") != std::string::npos;
    ASSERT_TRUE(test.hasExpected || !test.checks.empty() || runs) << "nothing is expected";
    PassContext context;
    context.verify = true;
    context.fuel = test.fuel ? Fuel(*test.fuel) : Fuel();
    context.onBroken = [](std::string_view pass, const std::string& report) {
        ADD_FAILURE() << "pass " << pass << " " << report;
    };
    std::optional<std::string> problem = readFacts(test.text, function, context.facts);
    ASSERT_FALSE(problem) << *problem;
    const hir::Function before = function;
    passes::runPasses(*passes, function, context);
    expectRoundTrip(function);
    expectOutput(test, hir::print(function));
    expectSameRuns(test, before, function, context.facts);
}

class FileTests : public testing::TestWithParam<std::string> {};

TEST_P(FileTests, Run) {
    FileTest test(GetParam());
    if (test.command == "lower") {
        return;
    }
    if (test.command == "parse") {
        runParse(test);
        return;
    }
    auto function = hir::parse(test.text);
    ASSERT_TRUE(function) << function.error().line << ":" << function.error().column << ": "
                          << function.error().message;
    expectRoundTrip(*function);
    if (test.command == "cat") {
        std::string output = hir::print(*function);
        expectWholeOrChecked(test, output);
    } else if (test.command == "verify") {
        std::string output = hir::printErrors(*function, hir::verify(*function, hir::Stage::Lowerable));
        expectWholeOrChecked(test, output);
    } else {
        runPassesOn(test, *function);
    }
}

INSTANTIATE_TEST_SUITE_P(Hir, FileTests, testing::ValuesIn(listFiles()), [](const auto& info) {
    std::string name = info.param;
    for (char& c : name) {
        c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    }
    return name;
});

TEST(FileTestsFolder, IsNotEmpty) {
    EXPECT_GT(listFiles().size(), 20u) << PYJION_FILETESTS_DIR;
}

}  // namespace
}  // namespace pyjion::passes
