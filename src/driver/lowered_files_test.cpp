// SPDX-License-Identifier: MIT
// Runs the files of tests/filetests with `; test: lower`: what a function becomes as CIL, with its exits, and what its
// machine code does. Directives are those of passes/filetests_test.cpp; `; quick` lowers it as quick code. A line
// `; run:` (oracle/run_lines.h) is run in the interpreter of HIR and as machine code, made in every way.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>

#include "cil/print.h"
#include "cil/verify.h"
#include "deopt/metadata.h"
#include "driver/native_run_test.h"
#include "hir/parse.h"
#include "hir/verify.h"
#include "lower/text_input.h"
#include "oracle/facts.h"
#include "oracle/run_lines.h"
#include "passes/facts_text.h"
#include "passes/pass_scope.h"
#include "passes/pipeline.h"

namespace pyjion::driver {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeparator = "; ---\n";

/// Names of the files of a folder.
std::vector<std::string> filesOf(std::string_view folder) {
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(PYJION_FILETESTS_DIR) / folder)) {
        files.push_back(entry.path().stem().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string listing(const hir::Function& function, bool quick) {
    lower::Input input = lower::inputForText(function);
    input.quick = quick;
    auto lowered = lower::lower(input);
    if (!lowered) {
        return lowered.error();
    }
    return fmt::format("{}\n// exits\n{}", cil::annotate(lowered->body, cil::verify(lowered->body)),
                       deopt::print(lowered->exits));
}

class File : public testing::TestWithParam<std::string> {
  protected:
    void read(std::string_view folder) {
        path_ = fs::path(PYJION_FILETESTS_DIR) / folder / (GetParam() + ".hir");
        std::ifstream in(path_);
        std::stringstream content;
        content << in.rdbuf();
        text_ = content.str();
        const size_t separator = text_.find(kSeparator);
        hasExpected_ = separator != std::string::npos;
        if (hasExpected_) {
            expected_ = text_.substr(separator + kSeparator.size());
            text_.resize(separator);
        }
        auto parsed = hir::parse(text_);
        ASSERT_TRUE(parsed) << parsed.error().line << ": " << parsed.error().message;
        function_ = std::move(*parsed);
        ASSERT_FALSE(passes::readFacts(text_, function_, context_.facts));
        code_ = oracle::codeOf(context_.facts);
        lines_ = oracle::readRunLines(text_);
        ASSERT_EQ(lines_.problem, "");
    }

    /// The function's machine code, made in these ways, ends each run as `outcomes` says.
    void expectRuns(const std::vector<oracle::Outcome>& outcomes, std::span<const test::Variant> variants) {
        for (const test::Variant& variant : variants) {
            test::NativeRun native(function_, code_, variant);
            ASSERT_EQ(native.problem, "");
            for (size_t i = 0; i < lines_.runs.size() && !native.needsOptimiser; ++i) {
                const std::string got = native.run(lines_.runs[i].entry);
                const oracle::RunLine& line = lines_.runs[i];
                // Spilled code has no shorter forms for constants, and other places at which it gives up.
                const bool exact = !line.swept && !variant.spillAll;
                const bool good = exact ? got == line.instead.value_or(outcomes[i].text) : outcomes[i].allows(got);
                ASSERT_TRUE(good) << line.text << ", " << variant.name << ": " << got
                                  << "\n  by definition: " << outcomes[i].text;
            }
        }
    }

    fs::path path_;
    std::string text_;
    std::string expected_;
    bool hasExpected_ = false;
    hir::Function function_;
    passes::PassContext context_;
    oracle::Code code_;
    oracle::RunLines lines_;
};

class LoweredFile : public File {
    void SetUp() override { read("lower"); }
};
class PipelineFile : public File {
    void SetUp() override { read("pipeline"); }
};

INSTANTIATE_TEST_SUITE_P(Each, LoweredFile, testing::ValuesIn(filesOf("lower")),
                         [](const auto& info) { return info.param; });

TEST_P(LoweredFile, IsSoundAndListedAsExpected) {
    const std::vector<hir::VerifyError> errors = hir::verify(function_, hir::Stage::Lowerable);
    ASSERT_TRUE(errors.empty()) << hir::printErrors(function_, errors);
    ASSERT_TRUE(hasExpected_ || !lines_.runs.empty()) << "nothing is expected";
    if (!hasExpected_) {
        return;
    }
    const std::string output = listing(function_, text_.find("\n; quick\n") != std::string::npos);
    const char* bless = std::getenv("BLESS");
    if (bless != nullptr && std::string_view(bless) == "1") {
        std::ofstream(path_) << text_ << kSeparator << output;
        return;
    }
    EXPECT_EQ(output, expected_);
}

TEST_P(LoweredFile, RunsAsDefined) {
    std::vector<oracle::Outcome> outcomes;
    for (const oracle::RunLine& line : lines_.runs) {
        outcomes.push_back(oracle::interpret(function_, code_, line.entry));
        ASSERT_EQ(outcomes.back().text.find("broken"), std::string::npos) << line.text << ": " << outcomes.back().text;
        if (!line.swept) {
            ASSERT_EQ(outcomes.back().text, line.expected) << line.text;
        }
    }
    if (!lines_.runs.empty()) {
        expectRuns(outcomes, test::kVariants);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, PipelineFile, testing::ValuesIn(filesOf("pipeline")),
                         [](const auto& info) { return info.param; });

/// What all passes make of a function runs as that is defined. (That they keep its meaning is compared without RyuJIT.)
TEST_P(PipelineFile, RunsAsDefined) {
    passes::runPasses(passes::kPipeline, function_, context_);
    std::vector<oracle::Outcome> outcomes;
    for (const oracle::RunLine& line : lines_.runs) {
        outcomes.push_back(oracle::interpret(function_, code_, line.entry));
    }
    expectRuns(outcomes, std::span(test::kVariants).first(1));
}

}  // namespace
}  // namespace pyjion::driver
