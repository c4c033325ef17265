// SPDX-License-Identifier: MIT
#include "bytecode/print.h"

#define FMT_HEADER_ONLY
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bytecode/feedback.h"
#include "python/names.h"
#include "python/ref.h"

namespace pyjion::bytecode {
namespace {

constexpr size_t kLongestConstant = 40;

std::string item(PyObject* tuple, uint32_t index) {
    if (static_cast<Py_ssize_t>(index) >= PyTuple_GET_SIZE(tuple)) {
        return "?";
    }
    return python::textOf(PyTuple_GET_ITEM(tuple, static_cast<Py_ssize_t>(index)));
}

/// repr() of an object whose class has none of its own making: numbers and bytes.
bool isPrintable(PyObject* value) {
    return value == Py_None || value == Py_Ellipsis || PyBool_Check(value) || PyLong_CheckExact(value) ||
           PyFloat_CheckExact(value) || PyComplex_CheckExact(value) || PyBytes_CheckExact(value);
}

std::string shortened(std::string text) {
    if (text.size() > kLongestConstant) {
        text.replace(kLongestConstant, std::string::npos, "...");
    }
    return text;
}

std::string plainConstant(PyObject* value) {
    if (PyUnicode_CheckExact(value)) {
        return fmt::format("'{}'", python::textOf(value, kLongestConstant));
    }
    if (PyCode_Check(value)) {
        return fmt::format("<code {}>", python::textOf(reinterpret_cast<PyCodeObject*>(value)->co_qualname));
    }
    // Code objects can be made that have any object for a constant.
    if (!isPrintable(value)) {
        return fmt::format("<{}>", Py_TYPE(value)->tp_name);
    }
    auto text = python::Ref<>::steal(PyObject_Repr(value));
    if (!text) {
        PyErr_Clear();  // more digits than int's own limit allows
        return fmt::format("<{}>", Py_TYPE(value)->tp_name);
    }
    return shortened(python::textOf(text.get()));
}

std::string constant(PyCodeObject* code, uint32_t index) {
    if (static_cast<Py_ssize_t>(index) >= PyTuple_GET_SIZE(code->co_consts)) {
        return "?";
    }
    PyObject* value = PyTuple_GET_ITEM(code->co_consts, static_cast<Py_ssize_t>(index));
    if (!PyTuple_CheckExact(value)) {
        return plainConstant(value);
    }
    std::string items;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value) && items.size() <= kLongestConstant; ++i) {
        items += (i == 0 ? "" : ", ") + plainConstant(PyTuple_GET_ITEM(value, i));
    }
    return shortened(fmt::format("({}{})", items, PyTuple_GET_SIZE(value) == 1 ? "," : ""));
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
    std::string text = fmt::format("bytecode of {}, {} values at most{}\n", python::textOf(code.object->co_qualname),
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
