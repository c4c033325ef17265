// SPDX-License-Identifier: MIT
#include "driver/facts.h"

#include "bytecode/feedback.h"
#include "python/names.h"
#include "runtime/boxing.h"

namespace pyjion::driver {

using bytecode::Opcode;

namespace {

/// The bit positions of runtime::TypeSet are those of hir::Type (a test compares them).
hir::Type toType(runtime::TypeSet seen) {
    return hir::Type::fromBits(seen) & (hir::kObject | hir::kNull);
}

frontend::Seen fromInterpreter(const bytecode::Code& code, const bytecode::Instruction& instruction) {
    switch (bytecode::operandsSeen(code, instruction)) {
        case bytecode::Operands::IntInt:
            return {hir::kLongExact, hir::kLongExact};
        case bytecode::Operands::FloatFloat:
            return {hir::kFloatExact, hir::kFloatExact};
        case bytecode::Operands::StrStr:
            return {hir::kStrExact, hir::kStrExact};
        default:
            return {};
    }
}

}  // namespace

hir::Type typeOf(PyObject* object) {
    return toType(runtime::typeBit(object));
}

std::vector<hir::Type> constantTypes(PyCodeObject* code) {
    std::vector<hir::Type> types;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); ++i) {
        types.push_back(typeOf(PyTuple_GET_ITEM(code->co_consts, i)));
    }
    return types;
}

namespace {

passes::ConstantFact factOf(PyObject* object) {
    using Kind = passes::ConstantFact::Kind;
    if (object == Py_None) {
        return {Kind::None, 0, 0};
    }
    if (PyBool_Check(object)) {
        return {Kind::Bool, object == Py_True ? 1 : 0, 0};
    }
    if (PyFloat_CheckExact(object)) {
        return {Kind::Double, 0, PyFloat_AS_DOUBLE(object)};
    }
    if (PyLong_CheckExact(object)) {
        int64_t value = runtime::unboxIntSlow(object);
        return value == INT64_MIN ? passes::ConstantFact{} : passes::ConstantFact{Kind::Int, value, 0};
    }
    return {};
}

}  // namespace

std::vector<passes::ConstantFact> constantFacts(PyCodeObject* code) {
    std::vector<passes::ConstantFact> facts;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); ++i) {
        facts.push_back(factOf(PyTuple_GET_ITEM(code->co_consts, i)));
    }
    return facts;
}

std::vector<frontend::Seen> seenTypes(const CodeRecord& record, const bytecode::Code& code) {
    std::vector<frontend::Seen> seen(record.sites.size());
    std::vector<uint32_t> numbers = frontend::numberSites(code);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] == frontend::kNoSite) {
            continue;
        }
        const runtime::Site& site = record.sites[numbers[ordinal]];
        frontend::Seen& entry = seen[numbers[ordinal]];
        entry = {toType(site.seenLeft), toType(site.seenRight)};
        if (entry.left.isBottom()) {
            entry = fromInterpreter(code, code.instructions[ordinal]);
        }
    }
    return seen;
}

namespace {

hir::Type slotType(PyObject* object) {
    return object == nullptr ? hir::kBottom : typeOf(object);
}

}  // namespace

std::vector<hir::Type> localTypes(python::Frame* frame) {
    std::vector<hir::Type> types;
    for (int32_t i = 0; i < python::code(frame)->co_nlocalsplus; ++i) {
        types.push_back(slotType(python::local(frame, static_cast<uint32_t>(i))));
    }
    return types;
}

std::vector<hir::Type> stackTypes(python::Frame* frame) {
    std::vector<hir::Type> types;
    for (int32_t i = 0; i < python::depth(frame); ++i) {
        types.push_back(slotType(python::stackBase(frame)[i]));
    }
    return types;
}

void findGlobals(const CodeRecord& record, const bytecode::Code& code, PyObject* globals, PyObject* builtins,
                 passes::CodeFacts& facts, CompiledCode& made) {
    if (!python::looksUpQuietly(globals) || !python::looksUpQuietly(builtins)) {
        return;
    }
    std::vector<uint32_t> numbers = frontend::numberSites(code);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        if (instruction.opcode != Opcode::LOAD_GLOBAL) {
            continue;
        }
        PyObject* name = PyTuple_GET_ITEM(record.code->co_names, instruction.argument >> 1);
        PyObject* object = python::quietLookup(globals, name);
        const bool isBuiltin = object == nullptr;
        if (isBuiltin) {
            object = python::quietLookup(builtins, name);
        }
        if (object == nullptr) {
            continue;
        }
        hir::Type type = typeOf(object);
        // Kept alive by the code: only what holds nothing else alive, or is the interpreter's own.
        bool fact = type.isSubtypeOf(hir::kPlainData) || (isBuiltin && type.isSubtypeOf(hir::kBuiltinExact)) ||
                    object == reinterpret_cast<PyObject*>(&PyRange_Type);
        if (!fact) {
            continue;
        }
        facts.globals[numbers[ordinal]] = {static_cast<uint32_t>(made.knownObjects.size()), type};
        facts.objects.push_back(object == reinterpret_cast<PyObject*>(&PyRange_Type) ? "builtins.range"
                                                                                     : python::textOf(name));
        made.knownObjects.push_back(object);
        // A reference of our own would show in sys.getrefcount().
        if (object != python::originalBuiltin(name)) {
            made.keptAlive.push_back(object);
            Py_INCREF(object);
        }
    }
}

}  // namespace pyjion::driver
