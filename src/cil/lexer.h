// SPDX-License-Identifier: MIT
// Splits the text form of a body into tokens, each with its place. Newlines are tokens, comments are skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pyjion::cil {

enum class TokenKind : uint8_t {
    Word,         // letters, digits, '.', '_', '+', '-': mnemonics, directives, ids, numbers
    String,       // text is the content without quotes and escapes
    Punctuation,  // one of ( ) , : @ #
    NewLine,
    End,
    Bad,  // text says what is wrong
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;
    uint32_t line = 1;    // from 1
    uint32_t column = 1;  // from 1, in bytes

    bool is(TokenKind wantedKind, std::string_view wantedText) const {
        return kind == wantedKind && text == wantedText;
    }
};

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    /// The next token; End again and again after the last.
    Token next();

  private:
    char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    void skipBlanks();
    Token word(Token token);
    Token string(Token token);
    bool escape(std::string& out);

    std::string_view text_;
    size_t at_ = 0;
    size_t lineStart_ = 0;
    uint32_t line_ = 1;
};

}  // namespace pyjion::cil
