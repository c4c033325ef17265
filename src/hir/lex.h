// SPDX-License-Identifier: MIT
// Splits the text form of HIR into tokens. Never fails: what is no token becomes one of kind Unknown, which no rule of
// the parser accepts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pyjion::hir {

enum class TokenKind : uint8_t {
    Word,         // block0, v1, Object, true
    Number,       // 12, -3, 1.5e-7, 0x7ff8000000000000, -inf
    Name,         // what follows %, quotes included
    Punctuation,  // one of ( ) { } : , = @ | -
    Comment,      // what follows ; up to the end of the line, without spaces around it
    LineEnd,
    End,
    Unknown,
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string_view text;
    uint32_t line = 1;
    uint32_t column = 1;
};

/// The text must outlive the tokens. The last one is End.
std::vector<Token> lex(std::string_view text);

}  // namespace pyjion::hir
