// SPDX-License-Identifier: MIT
#include "driver/facts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "bytecode/feedback.h"
#include "driver/callee_facts.h"
#include "driver/object_types.h"
#include "driver/rebound_names.h"
#include "python/iterators.h"
#include "python/names.h"
#include "runtime/boxing.h"

namespace pyjion::driver {

using bytecode::Opcode;

namespace {

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

std::vector<hir::Type> constantTypes(PyCodeObject* code) {
    std::vector<hir::Type> types;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); ++i) {
        types.push_back(typeOf(PyTuple_GET_ITEM(code->co_consts, i)));
    }
    return types;
}

namespace {

/// Empty for what is no tuple of strings.
std::vector<std::string> namesIn(PyObject* object) {
    std::vector<std::string> names;
    for (Py_ssize_t i = 0; PyTuple_CheckExact(object) && i < PyTuple_GET_SIZE(object); ++i) {
        if (!PyUnicode_CheckExact(PyTuple_GET_ITEM(object, i))) {
            return {};
        }
        names.push_back(python::textOf(PyTuple_GET_ITEM(object, i)));
    }
    return names;
}

passes::ConstantFact factOf(PyObject* object) {
    using Kind = passes::ConstantFact::Kind;
    if (object == Py_None) {
        return {Kind::None, 0, 0, {}};
    }
    if (PyBool_Check(object)) {
        return {Kind::Bool, object == Py_True ? 1 : 0, 0, {}};
    }
    if (PyFloat_CheckExact(object)) {
        return {Kind::Double, 0, PyFloat_AS_DOUBLE(object), {}};
    }
    if (PyLong_CheckExact(object)) {
        int64_t value = runtime::unboxIntSlow(object);
        return value == INT64_MIN ? passes::ConstantFact{} : passes::ConstantFact{Kind::Int, value, 0, {}};
    }
    return {Kind::Other, 0, 0, namesIn(object)};
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

std::vector<base::IteratorKind> iteratorsAt(PyObject** slots, int32_t count) {
    std::vector<base::IteratorKind> kinds;
    for (int32_t i = 0; i < count; ++i) {
        kinds.push_back(slots[i] != nullptr ? python::iteratorKindOf(slots[i]) : base::IteratorKind::Other);
    }
    return kinds;
}

void findIterators(const CodeRecord& record, const bytecode::Code& code, passes::CodeFacts& facts, CompiledCode& made) {
    const std::vector<uint32_t> numbers = frontend::numberSites(code);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] == frontend::kNoSite) {
            continue;
        }
        const runtime::Site& site = record.sites[numbers[ordinal]];
        const bytecode::Opcode opcode = code.instructions[ordinal].opcode;
        if (opcode == bytecode::Opcode::GET_ITER && site.iterator != base::IteratorKind::Unknown) {
            facts.iterators[numbers[ordinal]] = site.iterator;
        } else if (opcode == bytecode::Opcode::GET_ITER) {
            made.blindIterations.push_back(numbers[ordinal]);
        } else if (opcode == bytecode::Opcode::FOR_ITER && (site.seenRight & runtime::kOtherBit) != 0) {
            facts.otherIterators.insert(numbers[ordinal]);
        }
    }
}

bool isStackShared(python::Frame* frame) {
    PyObject** stack = python::stackBase(frame);
    return std::any_of(stack, stack + python::depth(frame), [](PyObject* object) {
        return object != nullptr && Py_IS_TYPE(object, &PyRangeIter_Type) && Py_REFCNT(object) > 1;
    });
}

namespace {

/// What instructions do with one name of the code.
struct NameUse {
    std::optional<uint32_t> site;  // of the first in a loop
    bool isStored = false;
    bool isDeleted = false;
    bool hasChanged = false;  // what it was bound to was guessed wrong
};

struct NameAccess {
    uint32_t name;
    enum class Kind : uint8_t { Load, Store, Delete } kind;
};

std::optional<NameAccess> accessOf(const bytecode::Instruction& instruction, bool namesAreGlobal) {
    using Kind = NameAccess::Kind;
    switch (instruction.opcode) {
        case Opcode::LOAD_GLOBAL:
            return NameAccess{instruction.argument >> 1, Kind::Load};
        case Opcode::STORE_GLOBAL:
            return NameAccess{instruction.argument, Kind::Store};
        case Opcode::DELETE_GLOBAL:
            return NameAccess{instruction.argument, Kind::Delete};
        case Opcode::LOAD_NAME:
            return namesAreGlobal ? std::optional(NameAccess{instruction.argument, Kind::Load}) : std::nullopt;
        case Opcode::STORE_NAME:
            return namesAreGlobal ? std::optional(NameAccess{instruction.argument, Kind::Store}) : std::nullopt;
        case Opcode::DELETE_NAME:
            return namesAreGlobal ? std::optional(NameAccess{instruction.argument, Kind::Delete}) : std::nullopt;
        default:
            return std::nullopt;
    }
}

std::map<uint32_t, NameUse> nameUses(const CodeRecord& record, const bytecode::Code& code, bool namesAreGlobal) {
    const std::vector<uint32_t> numbers = frontend::numberSites(code);
    std::map<uint32_t, NameUse> uses;
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        const std::optional<NameAccess> access = accessOf(instruction, namesAreGlobal);
        if (!access || instruction.depth == bytecode::kNone) {
            continue;
        }
        NameUse& use = uses[access->name];
        use.isStored = use.isStored || access->kind == NameAccess::Kind::Store;
        use.isDeleted = use.isDeleted || access->kind == NameAccess::Kind::Delete;
        if (numbers[ordinal] == frontend::kNoSite) {
            continue;
        }
        use.hasChanged = use.hasChanged || (record.sites[numbers[ordinal]].seenLeft & runtime::kOtherBit) != 0;
        if (!use.site && code.blocks[instruction.block].loop != bytecode::kNone) {
            use.site = numbers[ordinal];
        }
    }
    return uses;
}

}  // namespace

std::vector<hir::NameSlot> findNames(const CodeRecord& record, const bytecode::Code& code, PyObject* globals,
                                     bool namesAreGlobal) {
    // Each of them is a place in each exit's state.
    constexpr size_t kMostNames = 48;
    constexpr uint32_t kLastName = 50'000;  // exits number slots with 16 bits
    std::vector<hir::NameSlot> names;
    if (!python::looksUpQuietly(globals)) {
        return names;
    }
    const std::map<uint32_t, NameUse> uses = nameUses(record, code, namesAreGlobal);
    const bool storesInLoop = std::any_of(uses.begin(), uses.end(), [](const auto& use) {
        return use.second.site && use.second.isStored && !use.second.isDeleted;
    });
    for (const auto& [name, use] : uses) {
        PyObject* object = python::quietLookup(globals, PyTuple_GET_ITEM(record.code->co_names, name));
        // What is never stored here is found as a constant, or by its dict's version.
        const bool isChosen = storesInLoop && use.isStored && use.site && !use.isDeleted && object != nullptr;
        if (isChosen && names.size() < kMostNames && name <= kLastName) {
            names.push_back({name, *use.site, use.hasChanged ? hir::kBottom : typeOf(object)});
        }
    }
    return names;
}

void findGlobals(const CodeRecord& record, const bytecode::Code& code, PyObject* globals, PyObject* builtins,
                 bool namesAreGlobal, passes::CodeFacts& facts, CompiledCode& made) {
    if (!python::looksUpQuietly(globals) || !python::looksUpQuietly(builtins)) {
        return;
    }
    std::vector<uint32_t> numbers = frontend::numberSites(code);
    std::vector<bool> changes(static_cast<size_t>(PyTuple_GET_SIZE(record.code->co_names)));
    for (const auto& [name, use] : nameUses(record, code, namesAreGlobal)) {
        changes[name] = use.isStored || use.isDeleted;
    }
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        const std::optional<NameAccess> access = accessOf(instruction, namesAreGlobal);
        if (!access || access->kind != NameAccess::Kind::Load || changes[access->name] ||
            numbers[ordinal] == frontend::kNoSite) {
            continue;
        }
        if ((record.sites[numbers[ordinal]].seenLeft & runtime::kOtherBit) != 0) {
            facts.loudNames.insert(numbers[ordinal]);
        }
        PyObject* name = PyTuple_GET_ITEM(record.code->co_names, access->name);
        if (wasRebound(globals, name)) {
            continue;
        }
        PyObject* object = python::quietLookup(globals, name);
        const bool isBuiltin = object == nullptr;
        if (isBuiltin) {
            object = python::quietLookup(builtins, name);
        }
        if (object == nullptr) {
            continue;
        }
        hir::Type type = typeOf(object);
        // Kept alive by the code: only what holds nothing else alive, or is the interpreter's own, or of C's library.
        bool fact = type.isSubtypeOf(hir::kPlainData) ||
                    (isBuiltin && (type.isSubtypeOf(hir::kBuiltinExact) || isOwnClass(object))) ||
                    object == reinterpret_cast<PyObject*>(&PyRange_Type) || mathFunctionOf(object).has_value();
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
