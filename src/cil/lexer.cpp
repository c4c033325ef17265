// SPDX-License-Identifier: MIT
#include "cil/lexer.h"

#include <charconv>

namespace pyjion::cil {
namespace {

// Not <cctype>: the text form does not depend on the locale.
bool isWordChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '+' || c == '-';
}

constexpr std::string_view kPunctuation = "(),:@#";

Token bad(Token token, std::string message) {
    token.kind = TokenKind::Bad;
    token.text = std::move(message);
    return token;
}

}  // namespace

void Lexer::skipBlanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r') {
        ++at_;
    }
    if (peek() == '/' && peek(1) == '/') {
        while (at_ < text_.size() && peek() != '\n') {
            ++at_;
        }
    }
}

Token Lexer::next() {
    skipBlanks();
    Token token;
    token.line = line_;
    token.column = static_cast<uint32_t>(at_ - lineStart_ + 1);
    if (at_ >= text_.size()) {
        return token;
    }
    const char c = peek();
    if (c == '\n') {
        ++at_;
        ++line_;
        lineStart_ = at_;
        token.kind = TokenKind::NewLine;
        return token;
    }
    if (c == '"') {
        return string(std::move(token));
    }
    if (kPunctuation.find(c) != std::string_view::npos) {
        ++at_;
        token.kind = TokenKind::Punctuation;
        token.text = c;
        return token;
    }
    if (isWordChar(c)) {
        return word(std::move(token));
    }
    ++at_;
    return bad(std::move(token), "unexpected character");
}

Token Lexer::word(Token token) {
    const size_t start = at_;
    while (at_ < text_.size() && isWordChar(peek())) {
        ++at_;
    }
    token.kind = TokenKind::Word;
    token.text = text_.substr(start, at_ - start);
    return token;
}

Token Lexer::string(Token token) {
    token.kind = TokenKind::String;
    for (++at_; at_ < text_.size() && peek() != '\n'; ++at_) {
        if (peek() == '"') {
            ++at_;
            return token;
        }
        if (peek() != '\\') {
            token.text += peek();
        } else if (!escape(token.text)) {
            return bad(std::move(token), "unknown escape in a string");
        }
    }
    return bad(std::move(token), "the string has no end");
}

/// Reads \" \\ or \xNN; stops on its last character.
bool Lexer::escape(std::string& out) {
    ++at_;
    if (peek() == '"' || peek() == '\\') {
        out += peek();
        return true;
    }
    const std::string_view digits = at_ + 3 <= text_.size() ? text_.substr(at_ + 1, 2) : std::string_view();
    uint8_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (peek() != 'x' || digits.empty() || error != std::errc() || end != digits.data() + 2) {
        return false;
    }
    out += static_cast<char>(value);
    at_ += 2;
    return true;
}

}  // namespace pyjion::cil
