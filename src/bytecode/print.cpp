// SPDX-License-Identifier: MIT
#include "bytecode/print.h"

#define FMT_HEADER_ONLY
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bytecode/feedback.h"
#include "python/ref.h"

namespace pyjion::bytecode {
namespace {

constexpr size_t kLongestConstant = 40;

std::string item(PyObject* tuple, uint32_t index) {
    if (static_cast<Py_ssize_t>(index) >= PyTuple_GET_SIZE(tuple)) {
        return "?";
    }
    const char* text = PyUnicode_AsUTF8(PyTuple_GET_ITEM(tuple, static_cast<Py_ssize_t>(index)));
    if (text == nullptr) {
        PyErr_Clear();
        return "?";
    }
    return text;
}

std::string constant(PyCodeObject* code, uint32_t index) {
    if (static_cast<Py_ssize_t>(index) >= PyTuple_GET_SIZE(code->co_consts)) {
        return "?";
    }
    PyObject* value = PyTuple_GET_ITEM(code->co_consts, static_cast<Py_ssize_t>(index));
    if (PyCode_Check(value)) {
        // repr() would print an address.
        return fmt::format("<code {}>", PyUnicode_AsUTF8(reinterpret_cast<PyCodeObject*>(value)->co_qualname));
    }
    auto text = python::Ref<>::steal(PyObject_ASCII(value));
    if (!text) {
        PyErr_Clear();
        return "?";
    }
    std::string result = PyUnicode_AsUTF8(text.get());
    if (result.size() > kLongestConstant) {
        result.replace(kLongestConstant, std::string::npos, "...");
    }
    return result;
}

std::string meaning(const Code& code, const Instruction& instruction) {
    const uint32_t argument = instruction.argument;
    switch (info(instruction.opcode).argument) {
        case Argument::None:
        case Argument::Number:
            return {};
        case Argument::Constant:
            return constant(code.object, argument);
        case Argument::Name:
            return item(code.object->co_names, argument);
        case Argument::ShiftedName:
            return fmt::format("{}{}", (argument & 1) != 0 ? "NULL + " : "",
                               item(code.object->co_names, argument >> 1));
        case Argument::Local:
        case Argument::Free:
            return item(code.object->co_localsplusnames, argument);
        case Argument::Comparison:
            return std::string(textOf(static_cast<Comparison>(argument)));
        case Argument::BinaryOperator:
            return std::string(textOf(static_cast<BinaryOperator>(argument)));
        case Argument::Target:
            return fmt::format("to {}", instruction.target);
    }
    return {};
}

std::string learnt(const Code& code, const Instruction& instruction) {
    const Operands operands = operandsSeen(code, instruction);
    return operands == Operands::Unknown ? "" : fmt::format(" ; {}", nameOf(operands));
}

std::string blockHead(const Code& code, size_t number) {
    const Block& block = code.blocks[number];
    std::string text = fmt::format("block {}", number);
    if (!block.reachable) {
        text += block.isHandler ? " (handler)" : " (not reached)";
    }
    if (block.loop != kNone) {
        const Loop& loop = code.loops[static_cast<size_t>(block.loop)];
        text += fmt::format(" (loop {}, depth {}{})", block.loop, loop.depth, loop.header == number ? ", header" : "");
    }
    return block.successors.empty() ? text : text + fmt::format(" -> {}", fmt::join(block.successors, ", "));
}

}  // namespace

std::string print(const Code& code, const Instruction& instruction) {
    std::string text(nameOf(instruction.opcode));
    if (info(instruction.opcode).argument != Argument::None) {
        text += fmt::format(" {}", instruction.argument);
    }
    const std::string explained = meaning(code, instruction);
    return explained.empty() ? text : text + fmt::format(" ({})", explained);
}

std::string print(const Code& code) {
    std::string text = fmt::format("bytecode of {}, {} values at most{}\n", PyUnicode_AsUTF8(code.object->co_qualname),
                                   code.maxDepth, code.reducible ? "" : ", irreducible");
    for (size_t number = 0; number < code.blocks.size(); number++) {
        const Block& block = code.blocks[number];
        text += blockHead(code, number) + "\n";
        for (uint32_t ordinal = block.first; ordinal <= block.last; ordinal++) {
            const Instruction& instruction = code.instructions[ordinal];
            text +=
                fmt::format("{:>6} {:>5}  {:<40} [{}]{}\n",
                            instruction.line == kNone ? std::string() : std::to_string(instruction.line),
                            instruction.start, print(code, instruction), instruction.depth, learnt(code, instruction));
        }
    }
    for (const python::ExceptionEntry& handler : code.handlers) {
        text += fmt::format("exceptions of {} to {} go to {}, {} values stay{}\n", handler.start, handler.end - 1,
                            handler.target, handler.depth, handler.pushesIndex ? ", with the index" : "");
    }
    return text;
}

}  // namespace pyjion::bytecode
