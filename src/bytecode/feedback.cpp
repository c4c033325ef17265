// SPDX-License-Identifier: MIT
#include "bytecode/feedback.h"

#include <array>
#include <cstring>

#include "python/frame.h"

namespace pyjion::bytecode {
namespace {

// What a specialised opcode says by being there.
struct Row {
    Opcode found;
    Operands operands;
    Place place;
};

constexpr std::array kRows = {
    Row{Opcode::BINARY_OP_ADD_INT, Operands::IntInt, Place::Unknown},
    Row{Opcode::BINARY_OP_SUBTRACT_INT, Operands::IntInt, Place::Unknown},
    Row{Opcode::BINARY_OP_MULTIPLY_INT, Operands::IntInt, Place::Unknown},
    Row{Opcode::BINARY_OP_ADD_FLOAT, Operands::FloatFloat, Place::Unknown},
    Row{Opcode::BINARY_OP_SUBTRACT_FLOAT, Operands::FloatFloat, Place::Unknown},
    Row{Opcode::BINARY_OP_MULTIPLY_FLOAT, Operands::FloatFloat, Place::Unknown},
    Row{Opcode::BINARY_OP_ADD_UNICODE, Operands::StrStr, Place::Unknown},
    Row{Opcode::BINARY_OP_INPLACE_ADD_UNICODE, Operands::StrStr, Place::Unknown},
    Row{Opcode::COMPARE_OP_INT_JUMP, Operands::IntInt, Place::Unknown},
    Row{Opcode::COMPARE_OP_FLOAT_JUMP, Operands::FloatFloat, Place::Unknown},
    Row{Opcode::COMPARE_OP_STR_JUMP, Operands::StrStr, Place::Unknown},
    Row{Opcode::BINARY_SUBSCR_LIST_INT, Operands::ListInt, Place::Unknown},
    Row{Opcode::BINARY_SUBSCR_TUPLE_INT, Operands::TupleInt, Place::Unknown},
    Row{Opcode::BINARY_SUBSCR_DICT, Operands::DictAny, Place::Unknown},
    Row{Opcode::BINARY_SUBSCR_GETITEM, Operands::WithGetItem, Place::Unknown},
    Row{Opcode::STORE_SUBSCR_LIST_INT, Operands::ListInt, Place::Unknown},
    Row{Opcode::STORE_SUBSCR_DICT, Operands::DictAny, Place::Unknown},
    Row{Opcode::UNPACK_SEQUENCE_TWO_TUPLE, Operands::TwoTuple, Place::Unknown},
    Row{Opcode::UNPACK_SEQUENCE_TUPLE, Operands::Tuple, Place::Unknown},
    Row{Opcode::UNPACK_SEQUENCE_LIST, Operands::List, Place::Unknown},
    Row{Opcode::LOAD_ATTR_INSTANCE_VALUE, Operands::Unknown, Place::InstanceValue},
    Row{Opcode::LOAD_ATTR_WITH_HINT, Operands::Unknown, Place::InstanceHint},
    Row{Opcode::LOAD_ATTR_SLOT, Operands::Unknown, Place::Slot},
    Row{Opcode::LOAD_ATTR_MODULE, Operands::Unknown, Place::Module},
    Row{Opcode::STORE_ATTR_INSTANCE_VALUE, Operands::Unknown, Place::InstanceValue},
    Row{Opcode::STORE_ATTR_WITH_HINT, Operands::Unknown, Place::InstanceHint},
    Row{Opcode::STORE_ATTR_SLOT, Operands::Unknown, Place::Slot},
    Row{Opcode::LOAD_METHOD_CLASS, Operands::Unknown, Place::Class},
    Row{Opcode::LOAD_METHOD_MODULE, Operands::Unknown, Place::Module},
    Row{Opcode::LOAD_METHOD_NO_DICT, Operands::Unknown, Place::TypeNoDict},
    Row{Opcode::LOAD_METHOD_WITH_DICT, Operands::Unknown, Place::TypeWithDict},
    Row{Opcode::LOAD_METHOD_WITH_VALUES, Operands::Unknown, Place::TypeWithValues},
    Row{Opcode::LOAD_GLOBAL_MODULE, Operands::Unknown, Place::Globals},
    Row{Opcode::LOAD_GLOBAL_BUILTIN, Operands::Unknown, Place::Builtins},
};

// The layouts of the inline caches, in code units behind the instruction's own (pycore_code.h).
constexpr int32_t kAttributeVersion = 1;
constexpr int32_t kAttributeIndex = 3;
constexpr int32_t kMethodTypeVersion = 1;
constexpr int32_t kMethodKeysVersion = 4;
constexpr int32_t kMethodDescriptor = 6;
constexpr int32_t kGlobalIndex = 1;
constexpr int32_t kGlobalKeysVersion = 2;
constexpr int32_t kGlobalBuiltinsVersion = 4;

template <typename T>
T readCache(const uint16_t* caches, int32_t unit) {
    T value;
    std::memcpy(&value, caches + unit, sizeof(T));
    return value;
}

// The first cache unit counts down to the next attempt. It is 0 when the code is quickened; after an attempt that found
// no form, or after a form missed too often, it is not.
Operands unspecialised(Opcode found, const uint16_t* caches) {
    const bool adaptive = found == Opcode::BINARY_OP_ADAPTIVE || found == Opcode::COMPARE_OP_ADAPTIVE ||
                          found == Opcode::BINARY_SUBSCR_ADAPTIVE || found == Opcode::STORE_SUBSCR_ADAPTIVE ||
                          found == Opcode::UNPACK_SEQUENCE_ADAPTIVE;
    return adaptive && caches[0] != 0 ? Operands::Mixed : Operands::Unknown;
}

void readAttribute(Feedback& feedback, const uint16_t* caches) {
    const auto version = readCache<uint32_t>(caches, kAttributeVersion);
    (feedback.place == Place::Module ? feedback.keysVersion : feedback.typeVersion) = version;
    feedback.index = caches[kAttributeIndex];
}

void readMethod(Feedback& feedback, const uint16_t* caches) {
    feedback.typeVersion = readCache<uint32_t>(caches, kMethodTypeVersion);
    feedback.keysVersion = readCache<uint32_t>(caches, kMethodKeysVersion);
    feedback.descriptor = readCache<PyObject*>(caches, kMethodDescriptor);
}

void readGlobal(Feedback& feedback, const uint16_t* caches) {
    feedback.index = caches[kGlobalIndex];
    feedback.keysVersion = readCache<uint32_t>(caches, kGlobalKeysVersion);
    feedback.builtinsVersion = caches[kGlobalBuiltinsVersion];
}

}  // namespace

Feedback readFeedback(const Code& code, const Instruction& instruction) {
    const uint16_t* unit = python::firstInstruction(code.object) + instruction.index;
    const uint16_t* caches = unit + 1;
    const auto found = static_cast<Opcode>(*unit & 0xff);
    Feedback feedback;
    for (const Row& row : kRows) {
        if (row.found == found) {
            feedback.operands = row.operands;
            feedback.place = row.place;
        }
    }
    if (feedback.place == Place::Unknown) {
        if (feedback.operands == Operands::Unknown) {
            feedback.operands = unspecialised(found, caches);
        }
        return feedback;
    }
    switch (instruction.opcode) {
        case Opcode::LOAD_ATTR:
        case Opcode::STORE_ATTR:
            readAttribute(feedback, caches);
            break;
        case Opcode::LOAD_METHOD:
            // LOAD_METHOD_MODULE uses the attribute's cache layout: what follows it is left over from other forms.
            if (feedback.place == Place::Module) {
                readAttribute(feedback, caches);
            } else {
                readMethod(feedback, caches);
            }
            break;
        case Opcode::LOAD_GLOBAL:
            readGlobal(feedback, caches);
            break;
        default:
            break;
    }
    return feedback;
}

std::string_view nameOf(Operands operands) {
    constexpr std::array<std::string_view, 12> kNames = {
        "Unknown",  "Mixed",   "IntInt",      "FloatFloat", "StrStr", "ListInt",
        "TupleInt", "DictAny", "WithGetItem", "TwoTuple",   "Tuple",  "List",
    };
    return kNames[static_cast<size_t>(operands)];
}

std::string_view nameOf(Place place) {
    constexpr std::array<std::string_view, 11> kNames = {
        "Unknown",    "InstanceValue", "InstanceHint",   "Slot",    "Module",   "Class",
        "TypeNoDict", "TypeWithDict",  "TypeWithValues", "Globals", "Builtins",
    };
    return kNames[static_cast<size_t>(place)];
}

}  // namespace pyjion::bytecode
