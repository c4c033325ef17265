// SPDX-License-Identifier: MIT
#include "hir/parse.h"

#include <bit>
#include <charconv>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/instruction.h"
#include "hir/lex.h"

namespace pyjion::hir {

namespace {

/// Keeps a typing error in an id from asking for gigabytes.
constexpr uint32_t kMaxId = 1u << 20;

template <typename Number>
bool readNumber(std::string_view text, Number& number, int radix = 10) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
    return error == std::errc() && end == text.data() + text.size();
}

bool readDouble(std::string_view text, double& number) {
    if (text.starts_with("0x")) {
        uint64_t bits = 0;
        bool good = readNumber(text.substr(2), bits, 16);
        number = std::bit_cast<double>(bits);
        return good;
    }
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

std::optional<int64_t> findName(std::span<const char* const> names, std::string_view name) {
    for (size_t i = 0; i < names.size(); ++i) {
        if (name == names[i]) {
            return static_cast<int64_t>(i);
        }
    }
    return std::nullopt;
}

/// Recursive descent. A rule returns false after the first error, which stays in error_.
class Parser {
  public:
    explicit Parser(std::string_view text) : tokens_(lex(text)) {}

    base::Result<Function, ParseError> run() {
        if (parseFunction() && checkDefinitions()) {
            return std::move(function_);
        }
        return base::fail(std::move(error_));
    }

  private:
    // --- tokens -------------------------------------------------------------------------------------------------
    const Token& peek() const { return tokens_[next_]; }
    const Token& take() {
        const Token& token = tokens_[next_];
        if (token.kind != TokenKind::End) {
            ++next_;
        }
        return token;
    }
    bool isNext(std::string_view text) const {
        const Token& token = peek();
        return (token.kind == TokenKind::Word || token.kind == TokenKind::Punctuation) && token.text == text;
    }
    bool accept(std::string_view text) {
        bool found = isNext(text);
        next_ += found ? 1 : 0;
        return found;
    }
    bool failAt(const Token& token, std::string message) {
        error_ = {token.line, token.column, std::move(message)};
        return false;
    }
    bool failExpected(std::string_view what) {
        const Token& token = peek();
        std::string found = token.kind == TokenKind::End       ? "the end of the text"
                            : token.kind == TokenKind::LineEnd ? "the end of the line"
                                                               : fmt::format("'{}'", token.text);
        return failAt(token, fmt::format("expected {}, found {}", what, found));
    }
    bool expect(std::string_view text) { return accept(text) || failExpected(fmt::format("'{}'", text)); }
    void skipEmptyLines() {
        while (peek().kind == TokenKind::LineEnd || peek().kind == TokenKind::Comment) {
            ++next_;
        }
    }

    // --- pieces -------------------------------------------------------------------------------------------------
    bool parseCount(uint32_t& count) {
        if (peek().kind != TokenKind::Number || !readNumber(peek().text, count)) {
            return failExpected("a number");
        }
        take();
        return true;
    }
    bool parseNamedCount(std::string_view name, uint32_t& count) { return expect(name) && parseCount(count); }

    static bool isId(const Token& token, std::string_view prefix) {
        uint32_t index = 0;
        return token.kind == TokenKind::Word && token.text.starts_with(prefix) &&
               readNumber(token.text.substr(prefix.size()), index);
    }
    template <typename IdType>
    bool parseId(std::string_view prefix, std::string_view what, IdType& id) {
        if (!isId(peek(), prefix)) {
            return failExpected(what);
        }
        uint32_t index = 0;
        readNumber(peek().text.substr(prefix.size()), index);
        if (index >= kMaxId) {
            return failAt(peek(), fmt::format("'{}' is out of range", peek().text));
        }
        id = IdType(index);
        take();
        return true;
    }
    template <typename IdType, typename T>
    static void grow(base::EntityMap<IdType, T>& map, IdType id) {
        while (map.size() <= id.index()) {
            map.push({});
        }
    }

    bool parseValueUse(ValueId& value) {
        const Token& token = peek();
        if (!parseId("v", "a value", value)) {
            return false;
        }
        valueUses_.emplace(value, &token);
        return true;
    }
    bool parseSnapshotUse(SnapshotId& snapshot) {
        const Token& token = peek();
        if (!parseId("s", "a snapshot", snapshot)) {
            return false;
        }
        snapshotUses_.emplace(snapshot, &token);
        return true;
    }
    bool parseBlockUse(BlockId& block) {
        const Token& token = peek();
        if (!parseId("block", "a block", block)) {
            return false;
        }
        grow(function_.blocks, block);
        blockUses_.emplace(block, &token);
        return true;
    }
    /// Marks an id as defined; false when it was already.
    template <typename IdType>
    bool define(std::vector<bool>& defined, IdType id, const Token& token) {
        if (defined.size() <= id.index()) {
            defined.resize(id.index() + 1);
        }
        if (defined[id.index()]) {
            return failAt(token, fmt::format("'{}' is defined twice", token.text));
        }
        defined[id.index()] = true;
        return true;
    }

    bool parseTypeName(Type& type) {
        std::string text;
        do {
            if (peek().kind != TokenKind::Word) {
                return failExpected("a type");
            }
            const Token& token = take();
            std::optional<Type> leaf = parseType(token.text);
            if (!leaf) {
                return failAt(token, fmt::format("unknown type '{}'", token.text));
            }
            type = type | *leaf;
        } while (accept("|"));
        return true;
    }
    /// `v1: own Object`
    bool parseDefinition(ValueId& id) {
        const Token& token = peek();
        if (!parseId("v", "a value", id) || !define(valuesDefined_, id, token) || !expect(":")) {
            return false;
        }
        Value value;
        value.ownership = accept("own") ? Ownership::Owned : accept("borrow") ? Ownership::Borrowed : Ownership::None;
        if (!parseTypeName(value.type)) {
            return false;
        }
        grow(function_.values, id);
        function_.values[id] = value;
        return true;
    }
    /// `(v1, -, v2)`
    bool parseSlots(std::vector<ValueId>& values) {
        if (!expect("(")) {
            return false;
        }
        while (!isNext(")")) {
            ValueId value;
            if ((!values.empty() && !expect(",")) || (!accept("-") && !parseValueUse(value))) {
                return false;
            }
            values.push_back(value);
        }
        return expect(")");
    }
    /// `; 12` and the end of the line.
    bool parseLineEnd(Instr* instr) {
        if (peek().kind == TokenKind::Comment) {
            const Token& token = take();
            uint32_t bytecode = 0;
            if (instr != nullptr && readNumber(token.text, bytecode)) {
                instr->bytecode = bytecode;
            }
        }
        if (peek().kind != TokenKind::LineEnd) {
            return failExpected("the end of the line");
        }
        take();
        return true;
    }

    // --- instructions -------------------------------------------------------------------------------------------
    bool parseInstr(BlockId block) {
        Instr instr;
        instr.block = block;
        auto id = InstrId(static_cast<uint32_t>(function_.instrs.size()));
        bool good = isId(peek(), "s") ? parseSnapshot(id, instr) : parseOperation(id, instr);
        if (!good || !parseLineEnd(&instr)) {
            return false;
        }
        function_.instrs.push(std::move(instr));
        function_.blocks[block].instrs.push_back(id);
        return true;
    }

    bool parseSnapshot(InstrId id, Instr& instr) {
        const Token& token = peek();
        Snapshot state;
        state.owner = id;
        instr.opcode = Opcode::Snapshot;
        if (!parseId("s", "a snapshot", instr.snapshot) || !define(snapshotsDefined_, instr.snapshot, token) ||
            !expect("=") || !expect("Snapshot") || !expect("@") || !parseCount(state.bytecode) || !expect("locals") ||
            !parseSlots(state.locals) || !expect("stack") || !parseSlots(state.stack)) {
            return false;
        }
        if (accept("parent") && !parseSnapshotUse(state.parent)) {
            return false;
        }
        grow(function_.snapshots, instr.snapshot);
        function_.snapshots[instr.snapshot] = std::move(state);
        return true;
    }

    bool parseOperation(InstrId id, Instr& instr) {
        const Token& start = peek();
        bool definesValue = isId(start, "v");
        if (definesValue) {
            if (!parseDefinition(instr.result) || !expect("=")) {
                return false;
            }
            function_.values[instr.result].definition = id;
            function_.values[instr.result].block = instr.block;
        }
        if (peek().kind != TokenKind::Word) {
            return failExpected("an instruction");
        }
        const Token& token = take();
        std::optional<Opcode> opcode = parseOpcode(token.text);
        if (!opcode || *opcode == Opcode::Snapshot) {
            return failAt(token, fmt::format("unknown instruction '{}'", token.text));
        }
        instr.opcode = *opcode;
        const OpInfo& row = info(*opcode);
        if (row.hasResult() != definesValue) {
            return failAt(start, fmt::format("{} has {}", row.name, definesValue ? "no result" : "a result"));
        }
        return parseArguments(row, instr);
    }

    bool parseArguments(const OpInfo& row, Instr& instr) {
        bool first = true;
        auto separator = [&] { return std::exchange(first, false) || expect(","); };
        size_t fixed = row.operands.size() - (row.isVariadic() ? 1 : 0);
        for (size_t i = 0; i < fixed; ++i) {
            ValueId value;
            if (!separator() || !parseValueUse(value)) {
                return false;
            }
            instr.operands.push_back(value);
        }
        while (row.isVariadic() && (first ? isId(peek(), "v") : isNext(",") && isId(tokens_[next_ + 1], "v"))) {
            ValueId value;
            if (!separator() || !parseValueUse(value)) {
                return false;
            }
            instr.operands.push_back(value);
        }
        for (const ImmediateInfo& immediate : row.immediates) {
            Immediate value;
            if (!separator() || !expect(immediate.name) || !parseImmediate(immediate.kind, value)) {
                return false;
            }
            instr.immediates.push_back(value);
        }
        auto wantsTarget = [&] {
            bool any = row.targets == OpInfo::kAnyTargets && !instr.targets.empty();
            return any ? isNext(",") && isId(tokens_[next_ + 1], "block") : instr.targets.size() < row.targets;
        };
        while (wantsTarget()) {
            Target target;
            if (!separator() || !parseBlockUse(target.block) || (isNext("(") && !parseSlots(target.arguments))) {
                return false;
            }
            instr.targets.push_back(std::move(target));
        }
        bool hasExit = first ? isNext("exit") : isNext(",");
        return !hasExit || (separator() && expect("exit") && parseSnapshotUse(instr.snapshot));
    }

    bool parseImmediate(ImmediateKind kind, Immediate& value) {
        switch (kind) {
            case ImmediateKind::Int:
            case ImmediateKind::Index:
                return parseInteger(kind, value);
            case ImmediateKind::Double:
                return parseReal(value);
            case ImmediateKind::Type: {
                Type type;
                bool good = parseTypeName(type);
                value = makeImmediate(type);
                return good;
            }
            case ImmediateKind::Binary:
                return parseName(namesOfBinaryOperator(), "a binary operator", value);
            case ImmediateKind::Compare:
                return parseName(namesOfCompareOperator(), "a comparison", value);
            case ImmediateKind::Unary:
                return parseName(namesOfUnaryOperator(), "a unary operator", value);
            case ImmediateKind::Operation:
                return parseName(namesOfOperation(), "an operation", value);
            case ImmediateKind::Reason:
                return parseName(namesOfExitReason(), "an exit reason", value);
            case ImmediateKind::Flag:
                value = makeImmediate(isNext("true"));
                return accept("true") || accept("false") || failExpected("true or false");
        }
        return false;
    }

    bool parseInteger(ImmediateKind kind, Immediate& value) {
        int64_t number = 0;
        bool good = peek().kind == TokenKind::Number && readNumber(peek().text, number);
        if (good && kind == ImmediateKind::Index) {
            good = number >= 0 && number <= std::numeric_limits<uint32_t>::max();
        }
        if (!good) {
            return failExpected(kind == ImmediateKind::Index ? "an index" : "an integer");
        }
        take();
        value = makeImmediate(number);
        return true;
    }

    bool parseReal(Immediate& value) {
        double number = 0;
        bool isNumber = peek().kind == TokenKind::Number || isNext("inf");
        if (!isNumber || !readDouble(peek().text, number)) {
            return failExpected("a double");
        }
        take();
        value = makeImmediate(number);
        return true;
    }

    bool parseName(std::span<const char* const> names, std::string_view what, Immediate& value) {
        std::optional<int64_t> found = findName(names, peek().text);
        if (peek().kind != TokenKind::Word || !found) {
            return failExpected(what);
        }
        take();
        value = makeImmediate(*found);
        return true;
    }

    // --- blocks and function ------------------------------------------------------------------------------------
    bool parseLabel(BlockId& block) {
        const Token& token = peek();
        if (!parseId("block", "a block or '}'", block) || !define(blocksDefined_, block, token)) {
            return false;
        }
        grow(function_.blocks, block);
        if (accept("(")) {
            do {
                ValueId param;
                if (!parseDefinition(param)) {
                    return false;
                }
                function_.values[param].block = block;
                function_.blocks[block].params.push_back(param);
            } while (accept(","));
            if (!expect(")")) {
                return false;
            }
        }
        return expect(":") && parseLineEnd(nullptr);
    }

    bool parseHeader() {
        if (!expect("function")) {
            return false;
        }
        if (peek().kind != TokenKind::Name || !readName(peek().text)) {
            return failExpected("%name");
        }
        take();
        return expect("(") && parseNamedCount("locals", function_.localCount) && expect(",") &&
               parseNamedCount("stack", function_.stackSize) && expect(",") &&
               parseNamedCount("entry", function_.entryBytecode) && parseNameSlots() && expect(")") && expect("{") &&
               parseLineEnd(nullptr);
    }

    bool parseNameSlots() {
        while (accept(",")) {
            if (peek().text == "inlined") {
                return parseInlinedCalls();
            }
            NameSlot slot;
            if (!parseNamedCount("name", slot.name) || !parseNamedCount("site", slot.site) || !expect("seen") ||
                !parseTypeName(slot.seen)) {
                return false;
            }
            function_.names.push_back(slot);
        }
        return function_.names.size() <= function_.localCount || failExpected("as many locals as names");
    }

    /// Behind the comma.
    bool parseInlinedCalls() {
        do {
            InlinedCall call;
            if (!parseNamedCount("inlined", call.callee) || !parseNamedCount("call", call.callUnit) ||
                !parseNamedCount("units", call.firstUnit) || !parseNamedCount("count", call.unitCount) ||
                !parseNamedCount("depth", call.stackDepth) || !parseNamedCount("locals", call.localCount)) {
                return false;
            }
            if (peek().text == "instance") {
                take();
                call.end = InlinedCall::End::Instance;
            } else if (peek().text == "getter") {
                take();
                call.end = InlinedCall::End::Getter;
            } else if (peek().text == "operator") {
                call.end = InlinedCall::End::Operator;
                if (!parseNamedCount("operator", call.op)) {
                    return false;
                }
            }
            function_.inlined.push_back(call);
        } while (accept(","));
        return true;
    }

    bool readName(std::string_view text) {
        if (text.empty() || text.front() != '"') {
            function_.name = text;
            return !text.empty();
        }
        if (text.size() < 2 || text.back() != '"') {
            return false;
        }
        text = text.substr(1, text.size() - 2);
        for (size_t i = 0; i < text.size(); ++i) {
            unsigned byte = 0;
            if (text[i] != '\\') {
                function_.name += text[i];
            } else if (i + 3 < text.size() && text[i + 1] == 'x' && readNumber(text.substr(i + 2, 2), byte, 16)) {
                function_.name += static_cast<char>(byte);
                i += 3;
            } else if (i + 1 < text.size()) {
                function_.name += text[++i];
            } else {
                return false;
            }
        }
        return true;
    }

    bool parseFunction() {
        skipEmptyLines();
        if (!parseHeader()) {
            return false;
        }
        BlockId block;
        for (skipEmptyLines(); !isNext("}"); skipEmptyLines()) {
            if (!block.valid() || isId(peek(), "block")) {
                if (!parseLabel(block)) {
                    return false;
                }
                function_.entry = function_.entry.valid() ? function_.entry : block;
            } else if (!parseInstr(block)) {
                return false;
            }
        }
        take();
        skipEmptyLines();
        return peek().kind == TokenKind::End || failExpected("the end of the text");
    }

    template <typename Uses>
    bool checkUses(const Uses& uses, const std::vector<bool>& defined) {
        const Token* worst = nullptr;
        for (const auto& [id, token] : uses) {
            bool found = id.index() < defined.size() && defined[id.index()];
            if (!found && (worst == nullptr || token < worst)) {
                worst = token;
            }
        }
        return worst == nullptr || failAt(*worst, fmt::format("'{}' is not defined", worst->text));
    }
    bool checkDefinitions() {
        return checkUses(valueUses_, valuesDefined_) && checkUses(snapshotUses_, snapshotsDefined_) &&
               checkUses(blockUses_, blocksDefined_);
    }

    std::vector<Token> tokens_;
    size_t next_ = 0;
    Function function_;
    ParseError error_;
    std::vector<bool> valuesDefined_;
    std::vector<bool> snapshotsDefined_;
    std::vector<bool> blocksDefined_;
    // First use of each id, for the message when nothing defines it.
    std::unordered_map<ValueId, const Token*> valueUses_;
    std::unordered_map<SnapshotId, const Token*> snapshotUses_;
    std::unordered_map<BlockId, const Token*> blockUses_;
};

}  // namespace

base::Result<Function, ParseError> parse(std::string_view text) {
    return Parser(text).run();
}

}  // namespace pyjion::hir
