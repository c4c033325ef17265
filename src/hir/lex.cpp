// SPDX-License-Identifier: MIT
#include "hir/lex.h"

namespace pyjion::hir {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isWord(char c) {
    return isLetter(c) || isDigit(c);
}

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        while (position_ < text_.size()) {
            char c = text_[position_];
            if (c == ' ' || c == '\t' || c == '\r') {
                ++position_;
            } else if (c == '\n') {
                add(TokenKind::LineEnd, 1);
                ++line_;
                lineStart_ = position_;
            } else {
                token(c);
            }
        }
        add(TokenKind::End, 0);
        return std::move(tokens_);
    }

  private:
    char at(size_t offset) const { return position_ + offset < text_.size() ? text_[position_ + offset] : '\0'; }

    void add(TokenKind kind, size_t length) {
        tokens_.push_back({kind, text_.substr(position_, length), line_, column()});
        position_ += length;
    }

    uint32_t column() const { return static_cast<uint32_t>(position_ - lineStart_ + 1); }

    void token(char c) {
        if (c == ';') {
            comment();
        } else if (c == '%') {
            ++position_;
            name();
        } else if (isDigit(c) || (c == '-' && isDigit(at(1)))) {
            number();
        } else if (text_.substr(position_).starts_with("-inf")) {
            add(TokenKind::Number, 4);
        } else if (isLetter(c)) {
            size_t length = 1;
            while (isWord(at(length))) {
                ++length;
            }
            add(TokenKind::Word, length);
        } else if (std::string_view("(){}:,=@|-").find(c) != std::string_view::npos) {
            add(TokenKind::Punctuation, 1);
        } else {
            add(TokenKind::Unknown, 1);
        }
    }

    void number() {
        size_t length = 1;
        while (true) {
            char c = at(length);
            bool isExponentSign = (c == '+' || c == '-') && (at(length - 1) == 'e' || at(length - 1) == 'E');
            if (!isWord(c) && c != '.' && !isExponentSign) {
                break;
            }
            ++length;
        }
        add(TokenKind::Number, length);
    }

    void name() {
        size_t length = 0;
        if (at(0) == '"') {
            length = 1;
            while (at(length) != '"' && at(length) != '\n' && at(length) != '\0') {
                length += at(length) == '\\' && at(length + 1) != '\0' ? 2 : 1;
            }
            length += at(length) == '"' ? 1 : 0;
        } else {
            while (isWord(at(length)) || at(length) == '.') {
                ++length;
            }
        }
        add(TokenKind::Name, length);
    }

    void comment() {
        size_t end = text_.find('\n', position_);
        end = end == std::string_view::npos ? text_.size() : end;
        uint32_t start = column();
        std::string_view body = text_.substr(position_ + 1, end - position_ - 1);
        while (!body.empty() && (body.front() == ' ' || body.front() == '\t')) {
            body.remove_prefix(1);
        }
        while (!body.empty() && (body.back() == ' ' || body.back() == '\t' || body.back() == '\r')) {
            body.remove_suffix(1);
        }
        tokens_.push_back({TokenKind::Comment, body, line_, start});
        position_ = end;
    }

    std::string_view text_;
    size_t position_ = 0;
    size_t lineStart_ = 0;
    uint32_t line_ = 1;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> lex(std::string_view text) {
    return Lexer(text).run();
}

}  // namespace pyjion::hir
