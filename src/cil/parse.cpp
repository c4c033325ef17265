// SPDX-License-Identifier: MIT
// Recursive descent over lines. Every function that meets an error stores the first one and returns something harmless;
// the loops stop as soon as there is one.
#include "cil/parse.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "cil/lexer.h"
#include "cil/print.h"

namespace pyjion::cil {
namespace {

/// Highest index that a label may have. Tables are as long as the highest index says, so a typo must not exhaust
/// memory.
constexpr uint64_t kMaxLabel = 1u << 24;

class Parser {
  public:
    explicit Parser(std::string_view text) : lexer_(text) { advance(); }

    base::Result<Body, ParseError> run() {
        skipNewLines();
        parseHeader();
        parseTables();
        while (!failed() && token_.kind != TokenKind::End) {
            parseCodeLine();
            endLine();
        }
        if (failed()) {
            return base::fail(std::move(*error_));
        }
        return std::move(body_);
    }

  private:
    bool failed() const { return error_.has_value(); }

    void advance() {
        token_ = lexer_.next();
        if (token_.kind == TokenKind::Bad) {
            fail(token_.text);
        }
    }

    void fail(std::string message) {
        if (!error_) {
            error_ = ParseError{token_.line, token_.column, std::move(message)};
        }
        token_.kind = TokenKind::End;  // whatever asks next finds nothing that it could go on with
    }

    void skipNewLines() {
        while (token_.kind == TokenKind::NewLine) {
            advance();
        }
    }

    void endLine() {
        if (token_.kind != TokenKind::NewLine && token_.kind != TokenKind::End) {
            fail("expected the end of the line");
        }
        skipNewLines();
    }

    bool acceptWord(std::string_view text) {
        if (!token_.is(TokenKind::Word, text)) {
            return false;
        }
        advance();
        return true;
    }

    bool accept(char punctuation) {
        if (!token_.is(TokenKind::Punctuation, std::string_view(&punctuation, 1))) {
            return false;
        }
        advance();
        return true;
    }

    void expect(char punctuation) {
        if (!accept(punctuation)) {
            fail(fmt::format("expected '{}'", punctuation));
        }
    }

    void expectWord(std::string_view text) {
        if (!acceptWord(text)) {
            fail(fmt::format("expected {}", text));
        }
    }

    std::string expectString() {
        if (token_.kind != TokenKind::String) {
            fail("expected a string in quotes");
            return {};
        }
        std::string text = std::move(token_.text);
        advance();
        return text;
    }

    /// A whole word as an integer, decimal or 0x.
    template <typename T>
    static std::optional<T> integerOf(std::string_view text) {
        const bool hex = text.starts_with("0x");
        const std::string_view digits = hex ? text.substr(2) : text;
        T value{};
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
        if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
            (hex && digits.starts_with('-'))) {
            return std::nullopt;
        }
        return value;
    }

    template <typename T>
    T expectInteger(std::string_view what) {
        std::optional<T> value;
        if (token_.kind == TokenKind::Word) {
            value = integerOf<T>(token_.text);
        }
        if (!value) {
            fail(fmt::format("expected {}", what));
            return T{};
        }
        advance();
        return *value;
    }

    /// An index with its letter, such as l3 or L12.
    uint32_t expectIndex(char letter, std::string_view what) {
        std::optional<uint32_t> index;
        if (token_.kind == TokenKind::Word && token_.text.starts_with(letter)) {
            index = integerOf<uint32_t>(std::string_view(token_.text).substr(1));
        }
        if (!index) {
            fail(fmt::format("expected {}: {} and a number", what, letter));
            return 0;
        }
        advance();
        return *index;
    }

    /// The id of a table's next entry.
    void expectNextIndex(char letter, size_t next) {
        if (!acceptWord(fmt::format("{}{}", letter, next))) {
            fail(fmt::format("expected {}{}", letter, next));
        }
    }

    Type expectType() {
        for (Type type : {Type::Void, Type::Int32, Type::Int64, Type::Double}) {
            if (acceptWord(typeName(type))) {
                return type;
            }
        }
        if (acceptWord("native")) {
            expectWord("int");
            return Type::NativeInt;
        }
        fail("expected a type");
        return Type::Void;
    }

    std::vector<Type> expectParams() {
        std::vector<Type> params;
        expect('(');
        if (accept(')')) {
            return params;
        }
        do {
            params.push_back(expectType());
        } while (accept(','));
        expect(')');
        return params;
    }

    void parseHeader() {
        expectWord(".method");
        body_.signature.result = expectType();
        body_.name = expectString();
        body_.signature.params = expectParams();
        endLine();
    }

    void parseTables() {
        while (!failed() && !token_.is(TokenKind::Word, ".code")) {
            parseTableLine();
            endLine();
        }
        if (!failed()) {
            expectWord(".code");
            endLine();
        }
    }

    void parseTableLine() {
        if (acceptWord(".local")) {
            expectNextIndex('l', body_.locals.size());
            body_.locals.push_back(expectType());
            body_.localNames.push_back(expectString());
        } else if (acceptWord(".pool")) {
            expectNextIndex('p', body_.pool.size());
            body_.pool.push_back({expectString()});
        } else if (acceptWord(".helper")) {
            parseMethod(false);
        } else if (acceptWord(".intrinsic")) {
            parseMethod(true);
        } else if (acceptWord(".signature")) {
            expectNextIndex('s', body_.signatures.size());
            Type result = expectType();
            body_.signatures.push_back({result, expectParams()});
        } else {
            fail("expected .local, .pool, .helper, .intrinsic, .signature or .code");
        }
    }

    void parseMethod(bool intrinsic) {
        expectNextIndex('m', body_.methods.size());
        Method method;
        method.signature.result = expectType();
        method.name = expectString();
        method.signature.params = expectParams();
        if (intrinsic) {
            method.intrinsicNamespace = expectString();
            method.intrinsicClass = expectString();
            method.intrinsicMethod = expectString();
            if (method.intrinsicMethod.empty()) {
                fail("an intrinsic needs the name of a method");
            }
        }
        if (token_.kind == TokenKind::Word) {
            method.cell = PoolId(expectIndex('p', "a pool entry"));
        }
        body_.methods.push_back(std::move(method));
    }

    void parseCodeLine() {
        if (token_.kind == TokenKind::Word && token_.text.starts_with('L')) {
            emit(Opcode::Label, expectLabel());
            expect(':');
            return;
        }
        std::optional<Opcode> opcode;
        if (token_.kind == TokenKind::Word && token_.text != info(Opcode::Label).mnemonic) {
            opcode = opcodeOfMnemonic(token_.text);
        }
        if (!opcode) {
            fail("expected an instruction or a label");
            return;
        }
        advance();
        parseOperand(*opcode);
    }

    void emit(Opcode opcode, int64_t operand) { body_.code.push_back({opcode, operand}); }

    void parseOperand(Opcode opcode) {
        switch (info(opcode).operand) {
            case OperandKind::None:
                return emit(opcode, 0);
            case OperandKind::ShortInt32:
            case OperandKind::Int32:
                return emit(opcode, expectSigned<int32_t>("an int32"));
            case OperandKind::Int64:
                return emit(opcode, expectSigned<int64_t>("an int64"));
            case OperandKind::Float64:
                return emit(opcode, std::bit_cast<int64_t>(expectFloat()));
            case OperandKind::ShortArgument:
            case OperandKind::Argument:
                return emit(opcode, expectInteger<uint32_t>("the index of an argument"));
            case OperandKind::ShortLocal:
            case OperandKind::Local:
                return emit(opcode, expectIndex('l', "a local"));
            case OperandKind::Label:
                return emit(opcode, expectLabel());
            case OperandKind::Switch:
                return parseSwitch();
            case OperandKind::Method:
                return emit(opcode, expectIndex('m', "a method"));
            case OperandKind::Signature:
                return emit(opcode, expectIndex('s', "a signature"));
            case OperandKind::Pool:
                return emit(opcode, expectIndex('p', "a pool entry"));
            case OperandKind::Position:
                return parsePosition();
        }
    }

    /// Decimal as a signed number; hexadecimal as its bits, so that what the listing shows can be pasted.
    template <typename T>
    T expectSigned(std::string_view what) {
        if (token_.kind == TokenKind::Word && token_.text.starts_with("0x")) {
            return static_cast<T>(expectInteger<std::make_unsigned_t<T>>(what));
        }
        return expectInteger<T>(what);
    }

    double expectFloat() {
        if (acceptWord("float64")) {
            expect('(');
            auto bits = expectInteger<uint64_t>("the bits of a float64");
            expect(')');
            return std::bit_cast<double>(bits);
        }
        double value = 0;
        const std::string& text = token_.text;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        bool digits = text.find_first_of("0123456789") != std::string::npos;  // from_chars also takes inf and nan
        if (token_.kind != TokenKind::Word || !digits || error != std::errc() || end != text.data() + text.size()) {
            fail("expected a float64");
            return 0;
        }
        advance();
        return value;
    }

    uint32_t expectLabel() {
        uint32_t index = expectIndex('L', "a label");
        if (index > kMaxLabel) {
            fail(fmt::format("label L{} is above L{}", index, kMaxLabel));
            return 0;
        }
        body_.labelCount = std::max(body_.labelCount, index + 1);
        return index;
    }

    void parseSwitch() {
        std::vector<LabelId> targets;
        expect('(');
        if (!accept(')')) {
            do {
                targets.push_back(LabelId(expectLabel()));
            } while (accept(','));
            expect(')');
        }
        body_.switches.push_back(std::move(targets));
        emit(Opcode::Switch, static_cast<int64_t>(body_.switches.size() - 1));
    }

    void parsePosition() {
        if (accept('#')) {
            return emit(Opcode::Mark, expectInteger<int64_t>("an index"));
        }
        expect('@');
        auto bytecodeIndex = expectInteger<uint32_t>("the index of a bytecode");
        expectWord("line");
        auto line = expectInteger<uint32_t>("a line number");
        body_.positions.push_back({bytecodeIndex, line});
        emit(Opcode::Mark, static_cast<int64_t>(body_.positions.size() - 1));
    }

    Lexer lexer_;
    Token token_;
    Body body_;
    std::optional<ParseError> error_;
};

}  // namespace

base::Result<Body, ParseError> parseBody(std::string_view text) {
    return Parser(text).run();
}

}  // namespace pyjion::cil
