// SPDX-License-Identifier: MIT
// The text form of a body, and the pieces of text that the listing shares with it.
//
//   .method int64 "f"(native int, int64)
//   .local l0 int64 "n"
//   .pool p0 "PyLong_FromLongLong"
//   .helper m0 native int "PyLong_FromLongLong"(int64) p0
//   .intrinsic m1 float64 "System.Math::Sqrt"(float64) "System" "Math" "Sqrt"
//   .signature s0 int32 (native int)
//   .code
//       mark @4 line 2
//   L0:
//       ldarg 1                         // [0]
#include "cil/print.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"
#include "cil/flow.h"
#include "cil/text.h"

namespace pyjion::cil {

std::string_view typeName(Type type) {
    switch (type) {
        case Type::Void:
            return "void";
        case Type::Int32:
            return "int32";
        case Type::Int64:
            return "int64";
        case Type::NativeInt:
            return "native int";
        case Type::Double:
            return "float64";
    }
    return "?";
}

namespace {

std::string paramsText(const std::vector<Type>& params) {
    std::string text = "(";
    for (size_t i = 0; i < params.size(); ++i) {
        text += fmt::format("{}{}", i == 0 ? "" : ", ", typeName(params[i]));
    }
    return text + ")";
}

}  // namespace

std::string signatureText(std::string_view name, const Signature& signature) {
    return fmt::format("{}{}{}{}", typeName(signature.result), name.empty() ? "" : " ", name,
                       paramsText(signature.params));
}

std::string floatText(uint64_t bits) {
    auto value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) {
        return fmt::format("float64(0x{:016x})", bits);
    }
    std::string text = fmt::format("{}", value);
    // fmt leaves out ".0", and an integer would not look like a float.
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string escaped(std::string_view text) {
    std::string result;
    for (char c : text) {
        if (c == '"' || c == '\\') {
            result += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result;
}

std::string commentLines(std::string_view text, std::string_view indent) {
    std::string result;
    while (!text.empty()) {
        size_t end = text.find('\n');
        result += fmt::format("{}// {}\n", indent, text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return result;
}

namespace {

constexpr size_t kCommentColumn = 36;

class BodyPrinter {
  public:
    BodyPrinter(const Body& body, const InstructionNote& note) : body_(body), note_(note), depths_(stackDepths(body)) {}

    std::string run() {
        out_ = fmt::format(".method {} {}{}\n", typeName(body_.signature.result), quoted(body_.name),
                           paramsText(body_.signature.params));
        printTables();
        out_ += ".code\n";
        for (size_t i = 0; i < body_.code.size(); ++i) {
            printInstruction(i);
        }
        return std::move(out_);
    }

  private:
    static std::string quoted(std::string_view text) { return fmt::format("\"{}\"", escaped(text)); }

    void printTables() {
        for (size_t i = 0; i < body_.locals.size(); ++i) {
            out_ += fmt::format(".local l{} {} {}\n", i, typeName(body_.locals[i]), quoted(localName(i)));
        }
        for (size_t i = 0; i < body_.pool.size(); ++i) {
            out_ += fmt::format(".pool p{} {}\n", i, quoted(body_.pool[i].name));
        }
        for (size_t i = 0; i < body_.methods.size(); ++i) {
            printMethod(i, body_.methods[i]);
        }
        for (size_t i = 0; i < body_.signatures.size(); ++i) {
            const Signature& signature = body_.signatures[i];
            out_ += fmt::format(".signature s{} {} {}\n", i, typeName(signature.result), paramsText(signature.params));
        }
    }

    void printMethod(size_t index, const Method& method) {
        out_ +=
            fmt::format("{} m{} {} {}{}", method.isIntrinsic() ? ".intrinsic" : ".helper", index,
                        typeName(method.signature.result), quoted(method.name), paramsText(method.signature.params));
        if (method.isIntrinsic()) {
            out_ += fmt::format(" {} {} {}", quoted(method.intrinsicNamespace), quoted(method.intrinsicClass),
                                quoted(method.intrinsicMethod));
        }
        if (method.cell.valid()) {
            out_ += fmt::format(" p{}", method.cell.index());
        }
        out_ += '\n';
    }

    void printInstruction(size_t index) {
        const Instruction& instruction = body_.code[index];
        if (instruction.opcode == Opcode::Label) {
            out_ += fmt::format("L{}:\n", instruction.operand);
        } else if (instruction.opcode == Opcode::Mark) {
            out_ += fmt::format("    mark {}\n", positionText(instruction.operand));
        } else {
            std::string line = fmt::format("    {}{}", info(instruction.opcode).mnemonic, operandText(instruction));
            out_ += fmt::format("{:<{}}// {}\n", line, std::max(kCommentColumn, line.size() + 1), comment(index));
        }
        if (note_) {
            out_ += commentLines(note_(index), "    ");
        }
    }

    std::string positionText(int64_t index) const {
        if (static_cast<uint64_t>(index) >= body_.positions.size()) {
            return fmt::format("#{}", index);
        }
        const SourcePosition& position = body_.positions[index];
        return fmt::format("@{} line {}", position.bytecodeIndex, position.line);
    }

    std::string operandText(const Instruction& instruction) const {
        const int64_t operand = instruction.operand;
        switch (info(instruction.opcode).operand) {
            case OperandKind::None:
                return "";
            case OperandKind::ShortInt32:
            case OperandKind::Int32:
            case OperandKind::Int64:
            case OperandKind::ShortArgument:
            case OperandKind::Argument:
                return fmt::format(" {}", operand);
            case OperandKind::Float64:
                return " " + floatText(static_cast<uint64_t>(operand));
            case OperandKind::ShortLocal:
            case OperandKind::Local:
                return fmt::format(" l{}", operand);
            case OperandKind::Label:
                return fmt::format(" L{}", operand);
            case OperandKind::Switch:
                return switchText(switchTargets(body_, instruction));
            case OperandKind::Method:
                return fmt::format(" m{}", operand);
            case OperandKind::Signature:
                return fmt::format(" s{}", operand);
            case OperandKind::Pool:
                return fmt::format(" p{}", operand);
            case OperandKind::Position:
                return fmt::format(" #{}", operand);
        }
        return "";
    }

    static std::string switchText(std::span<const LabelId> targets) {
        std::string text = " (";
        for (size_t i = 0; i < targets.size(); ++i) {
            text += fmt::format("{}L{}", i == 0 ? "" : ", ", targets[i].index());
        }
        return text + ")";
    }

    /// Stack depth before the instruction, and the name behind its operand.
    std::string comment(size_t index) const {
        int32_t depth = depths_.before[index];
        std::string text = depth == StackDepths::kUnreachable ? "[-]" : fmt::format("[{}]", depth);
        std::string name = operandName(body_, body_.code[index]);
        return name.empty() ? text : text + " " + name;
    }

    std::string_view localName(size_t index) const {
        return index < body_.localNames.size() ? std::string_view(body_.localNames[index]) : std::string_view();
    }

    const Body& body_;
    const InstructionNote& note_;
    StackDepths depths_;
    std::string out_;
};

template <typename T>
const T* entryOf(const std::vector<T>& table, int64_t index) {
    return static_cast<uint64_t>(index) < table.size() ? &table[index] : nullptr;
}

}  // namespace

std::string operandName(const Body& body, const Instruction& instruction) {
    auto [opcode, operand] = generalForm(instruction.opcode, instruction.operand);
    if (const Signature* callee = calleeOf(body, instruction)) {
        bool direct = opcode == Opcode::Call;
        return escaped(signatureText(direct ? body.methods[operand].name : "", *callee));
    }
    if (info(opcode).operand == OperandKind::Local) {
        const std::string* name = entryOf(body.localNames, operand);
        return name ? escaped(*name) : "";
    }
    if (info(opcode).operand == OperandKind::Pool) {
        const PoolEntry* entry = entryOf(body.pool, operand);
        return entry ? escaped(entry->name) : "";
    }
    return "";
}

std::string printBody(const Body& body, const InstructionNote& note) {
    return BodyPrinter(body, note).run();
}

}  // namespace pyjion::cil
