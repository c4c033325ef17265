// SPDX-License-Identifier: MIT
// Runs tests/filetests/cil/*.cil. A file is a comment `// test: <command>`, more comments if it likes, a body in the
// text form, and for some commands the expected output as comments below a line `// output:`.
//
//   cat          the body prints as it stands in the file; verify finds nothing
//   verify       the body prints as it stands in the file, with the errors that verify finds below the lines
//   listing      the output is the listing, with `@index line` comments for the marks; verify finds nothing
//   parse-error  the output is `line:column: message`; line 1 is the first line that is no comment
//
// BLESS=1 in the environment rewrites the files instead of comparing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/check.h"
#include "cil/parse.h"
#include "cil/print.h"
#include "cil/text.h"
#include "cil/verify.h"

namespace pyjion::cil {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCommandPrefix = "// test: ";
constexpr std::string_view kOutputLine = "// output:\n";

fs::path folder() {
    if (const char* root = std::getenv("PYJION_FILETESTS")) {
        return fs::path(root) / "cil";
    }
    return fs::path(PYJION_FILETESTS_DIR) / "cil";
}

std::vector<fs::path> files() {
    std::set<fs::path> found;
    std::error_code error;  // a missing folder becomes an empty list, which CilFileTests.Exist reports
    for (const fs::directory_entry& entry : fs::directory_iterator(folder(), error)) {
        if (entry.path().extension() == ".cil") {
            found.insert(entry.path());
        }
    }
    return {found.begin(), found.end()};
}

struct FileTest {
    std::string command;
    std::string header;  // the leading comments, the command among them
    std::string body;    // up to the output
    std::string output;  // without the comment signs
};

std::string readAll(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

FileTest readTest(const fs::path& path) {
    FileTest test;
    std::istringstream lines(readAll(path));
    std::string* part = &test.header;
    for (std::string line; std::getline(lines, line);) {
        line += '\n';
        if (part == &test.header && !line.starts_with("//")) {
            part = &test.body;
        }
        if (part == &test.body && line == kOutputLine) {
            part = &test.output;
        } else {
            *part += part == &test.output ? line.substr(std::min<size_t>(3, line.size())) : line;
        }
    }
    size_t command = test.header.find(kCommandPrefix);
    if (command != std::string::npos) {
        command += kCommandPrefix.size();
        test.command = test.header.substr(command, test.header.find('\n', command) - command);
    }
    return test;
}

std::string placeText(const ParseError& error) {
    return fmt::format("{}:{}: {}\n", error.line, error.column, error.message);
}

std::string listingText(const Body& body) {
    auto encoded = encode(body);
    if (!encoded) {
        return encoded.error() + "\n";
    }
    return listing(body, *encoded, [](const SourcePosition& position) {
        return fmt::format("@{} line {}", position.bytecodeIndex, position.line);
    });
}

/// What the file should look like: `test` with the parts replaced that its command makes.
FileTest expectedOf(FileTest test) {
    auto body = parseBody(test.body);
    if (test.command == "parse-error") {
        EXPECT_FALSE(body.ok()) << "parses";
        test.output = body.ok() ? "no error\n" : placeText(body.error());
        return test;
    }
    if (!body) {
        ADD_FAILURE() << "does not parse: " << placeText(body.error());
        return test;
    }
    std::vector<VerifyError> errors = verify(*body);
    test.body = annotate(*body, errors);
    EXPECT_EQ(errors.empty(), test.command != "verify") << test.body;
    EXPECT_EQ(printBody(*parseBody(printBody(*body))), printBody(*body)) << "print -> parse -> print differs";
    if (test.command == "listing") {
        test.output = listingText(*body);
    }
    return test;
}

std::string textOf(const FileTest& test) {
    std::string text = test.header + test.body;
    if (!test.output.empty()) {
        text += std::string(kOutputLine) + commentLines(test.output, "");
    }
    return text;
}

class CilFileTests : public testing::TestWithParam<fs::path> {};

TEST_P(CilFileTests, Run) {
    FileTest test = readTest(GetParam());
    const std::set<std::string> commands = {"cat", "verify", "listing", "parse-error"};
    ASSERT_TRUE(commands.contains(test.command)) << "unknown command '" << test.command << "'";
    const std::string expected = textOf(expectedOf(test));
    if (std::getenv("BLESS") != nullptr) {
        std::ofstream(GetParam(), std::ios::binary) << expected;
        return;
    }
    EXPECT_EQ(readAll(GetParam()), expected);
}

TEST(FileTestsFolder, HasFilesForEveryCommand) {
    std::set<std::string> commands;
    for (const fs::path& path : files()) {
        commands.insert(readTest(path).command);
    }
    EXPECT_EQ(commands, (std::set<std::string>{"cat", "verify", "listing", "parse-error"})) << folder();
}

std::string testName(const testing::TestParamInfo<fs::path>& info) {
    std::string name = info.param.stem().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cil, CilFileTests, testing::ValuesIn(files()), testName);

}  // namespace
}  // namespace pyjion::cil
