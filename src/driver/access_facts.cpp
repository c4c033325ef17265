// SPDX-License-Identifier: MIT
#include "driver/access_facts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "bytecode/feedback.h"
#include "driver/known_objects.h"
#include "driver/object_types.h"
#include "driver/rebound_names.h"
#include "driver/related_classes.h"
#include "frontend/build.h"
#include "hir/constants.h"
#include "python/elements.h"
#include "python/inline_caches.h"
#include "python/instance.h"
#include "python/live_classes.h"
#include "python/names.h"
#include "python/properties.h"
#include "runtime/dict_instances.h"

namespace pyjion::driver {

namespace {

using bytecode::Opcode;
using passes::AccessFact;
using runtime::AttributeKind;
using runtime::ClassesSeen;
using Kind = AccessFact::Kind;

/// What the class has, and which of its instances have nothing of their own under the name.
AccessFact ofClass(Kind kind, const runtime::Site& found, PyTypeObject* type) {
    AccessFact fact;
    fact.kind = kind;
    fact.type = typeOf(found.object);
    if (python::hasManagedDict(type)) {
        fact.sharedNames = found.attribute.sharedNames;
        fact.mayHaveDict = runtime::mayHaveDict(type, found.attribute.typeVersion);
    } else if (found.attribute.sharedNames == runtime::kSomeHides) {
        fact.sharedNames = hir::kNoPlace;
        fact.mayHaveDict = true;
    }
    return fact;
}

std::optional<AccessFact> factOf(const runtime::Site& found, PyTypeObject* type) {
    AccessFact fact;
    fact.place = found.attribute.index;
    switch (found.attribute.kind) {
        case AttributeKind::InlineValue:
            fact.kind = Kind::Field;
            fact.mayHaveDict = runtime::mayHaveDict(type, found.attribute.typeVersion);
            return fact;
        case AttributeKind::DictEntry:
            fact.kind = Kind::Field;
            fact.place = hir::kNoPlace;
            fact.mayHaveDict = true;
            return fact;
        case AttributeKind::Slot:
            fact.kind = Kind::Member;
            return fact;
        case AttributeKind::Method:
        case AttributeKind::HiddenMethod:
            return ofClass(Kind::Method, found, type);
        case AttributeKind::ClassValue:
            return ofClass(Kind::OfClass, found, type);
        case AttributeKind::Getter:
            fact.kind = Kind::Getter;
            fact.place = python::getterOffset();
            return fact;
        default:
            return std::nullopt;
    }
}

/// The version of the class in whose instances the interpreter's specialised instruction finds an attribute; 0 when it
/// is not specialised so. Where these have dicts, note is taken of that.
uint32_t classSeen(PyCodeObject* code, const bytecode::Code& decoded, const bytecode::Instruction& instruction) {
    switch (bytecode::accessSeen(decoded, instruction)) {
        case bytecode::Access::FieldOfDict:
        case bytecode::Access::MethodOfDict: {
            const uint32_t version = python::classVersion(code, instruction.index);
            runtime::noteDictInstance(version);
            return version;
        }
        case bytecode::Access::Field:
        case bytecode::Access::Member:
        case bytecode::Access::Method:
        case bytecode::Access::MethodOfInstance:
            return python::classVersion(code, instruction.index);
        default:
            return 0;
    }
}

/// By the site's own notes or, before there are any, by the interpreter's cache.
ClassesSeen classesMet(const CodeRecord& record, const bytecode::Code& code, uint32_t number,
                       const bytecode::Instruction& instruction) {
    ClassesSeen classes = record.sites[number].classes;
    const uint32_t seen = classSeen(record.code, code, instruction);
    if (classes.isEmpty() && seen != 0) {
        classes.note(seen);
    }
    return classes;
}

/// The local that an attribute or a method is looked for in, as far as the instructions in front tell.
std::optional<uint32_t> ownerLocal(const bytecode::Code& code, size_t ordinal) {
    return operandLocal(code, ordinal, operatorOf(code.instructions[ordinal]) ? 1 : 0);
}

/// Whether what the instruction does is told by the class of an operand.
bool asksClass(const bytecode::Instruction& instruction) {
    return attributeUse(instruction.opcode) || operatorOf(instruction);
}

class AccessFacts {
  public:
    AccessFacts(const CodeRecord& record, const bytecode::Code& code, PyObject* globals, passes::CodeFacts& facts,
                CompiledCode& made)
        : record_(record), code_(code), globals_(globals), facts_(facts), made_(made) {}

    /// What a module has, one that a global name is bound to or another one has: functions, modules and plain data.
    /// Names of modules seldom change.
    bool findOfModule(uint32_t number, size_t ordinal) {
        const bytecode::Instruction& instruction = code_.instructions[ordinal];
        const bool isLoad = instruction.opcode == Opcode::LOAD_ATTR || instruction.opcode == Opcode::LOAD_METHOD;
        PyObject* module = isLoad && ordinal != 0 ? moduleLoadedBy(ordinal - 1) : nullptr;
        PyObject* found = module != nullptr ? inModule(module, nameOf(instruction)) : nullptr;
        if (found == nullptr || !seldomChanges(found)) {
            return false;
        }
        AccessFact fact;
        fact.kind = Kind::OfModule;
        fact.dictVersion = reinterpret_cast<PyDictObject*>(PyModule_GetDict(module))->ma_version_tag;
        fact.type = typeOf(found);
        objects_ = {found};
        keepObjects(number, {fact}, [&](PyObject*) { return python::textOf(nameOf(instruction)); });
        return true;
    }

    void find(uint32_t number, const bytecode::Instruction& instruction, const ClassesSeen& classes) {
        const runtime::Site& site = record_.sites[number];
        if (const auto use = attributeUse(instruction.opcode)) {
            findAttribute(number, *use, instruction, classes);
        } else if (const auto op = operatorOf(instruction); op && findOperator(number, *op, classes)) {
            return;
        } else if ((site.seenLeft & runtime::kOtherBit) != 0) {
            return;
        } else if (const auto fact = itemOf(site, instruction)) {
            facts_.accesses[number] = {*fact};
        }
    }

  private:
    /// The module that the instruction loads, as far as it can be told; no guess about one whose names were bound anew.
    PyObject* moduleLoadedBy(size_t ordinal) const {
        const bytecode::Instruction& load = code_.instructions[ordinal];
        PyObject* found = nullptr;
        if (load.opcode == Opcode::LOAD_GLOBAL) {
            PyObject* name = PyTuple_GET_ITEM(record_.code->co_names, load.argument >> 1);
            found = wasRebound(globals_, name) ? nullptr : python::quietLookup(globals_, name);
        } else if (load.opcode == Opcode::LOAD_ATTR && ordinal != 0) {
            PyObject* module = moduleLoadedBy(ordinal - 1);
            found = module != nullptr ? inModule(module, nameOf(load)) : nullptr;
        }
        return found != nullptr && PyModule_CheckExact(found) ? found : nullptr;
    }

    /// What is in its dict, unless the type of modules has something that may come first. Borrowed, may be null.
    static PyObject* inModule(PyObject* module, PyObject* name) {
        return _PyType_Lookup(&PyModule_Type, name) == nullptr ? python::quietLookup(PyModule_GetDict(module), name)
                                                               : nullptr;
    }

    static bool seldomChanges(PyObject* object) {
        return PyCFunction_CheckExact(object) || PyFunction_Check(object) || PyModule_CheckExact(object) ||
               typeOf(object).isSubtypeOf(hir::kPlainData);
    }

    /// Whether one of the classes has a method for it.
    bool findOperator(uint32_t number, python::OperatorNumber op, const ClassesSeen& classes) {
        objects_.clear();
        std::vector<AccessFact> found;
        for (uint32_t version : classes.versions()) {
            PyTypeObject* type = python::liveClass(version);
            PyFunctionObject* method = type != nullptr ? python::operatorMethod(type, op) : nullptr;
            if (method != nullptr) {
                AccessFact fact;
                fact.kind = Kind::Operator;
                fact.place = op;
                fact.type = hir::kFunctionExact;
                addPlace(found, fact, reinterpret_cast<PyObject*>(method), version);
            }
        }
        keepObjects(number, std::move(found), [](PyObject* method) {
            return python::textOf(reinterpret_cast<PyFunctionObject*>(method)->func_name);
        });
        return facts_.accesses.contains(number);
    }

    void findAttribute(uint32_t number, runtime::AttributeUse use, const bytecode::Instruction& instruction,
                       const ClassesSeen& classes) {
        objects_.clear();
        std::vector<AccessFact> found;
        for (uint32_t version : classes.versions()) {
            add(found, version, use, instruction);
        }
        keepObjects(number, std::move(found), [&](PyObject*) { return python::textOf(nameOf(instruction)); });
    }

    /// The facts of a site, whose objects code can name from now on.
    template <typename NameOf>
    void keepObjects(uint32_t number, std::vector<AccessFact> found, NameOf objectName) {
        for (size_t i = 0; i < found.size(); ++i) {
            if (objects_[i] != nullptr) {
                found[i].object = nameObject(objects_[i], objectName(objects_[i]), made_, facts_);
            }
        }
        if (!found.empty()) {
            facts_.accesses[number] = std::move(found);
        }
    }

    PyObject* nameOf(const bytecode::Instruction& instruction) const {
        return PyTuple_GET_ITEM(record_.code->co_names, instruction.argument);
    }

    /// Classes of which nothing can be said are left out: code that meets them is left.
    void add(std::vector<AccessFact>& found, uint32_t version, runtime::AttributeUse use,
             const bytecode::Instruction& instruction) {
        PyTypeObject* type = python::liveClass(version);
        if (type == nullptr) {
            return;
        }
        runtime::Site inClass;
        inClass.name = nameOf(instruction);
        runtime::cacheOfClass(&inClass, use, type);
        const std::optional<AccessFact> fact = factOf(inClass, type);
        if (!fact) {
            return;
        }
        const bool isOfClass = fact->kind == Kind::Method || fact->kind == Kind::OfClass || fact->kind == Kind::Getter;
        addPlace(found, *fact, isOfClass ? inClass.object : nullptr, version);
    }

    /// The place is one for all classes that have it.
    void addPlace(std::vector<AccessFact>& found, const AccessFact& fact, PyObject* object, uint32_t version) {
        size_t same = 0;
        while (same < found.size() && !(isSamePlace(found[same], fact) && objects_[same] == object)) {
            ++same;
        }
        if (same == found.size()) {
            found.push_back(fact);
            objects_.push_back(object);
        }
        *std::find(found[same].versions.begin(), found[same].versions.end(), 0) = version;
    }

    static bool isSamePlace(const AccessFact& a, const AccessFact& b) {
        return a.kind == b.kind && a.place == b.place && a.sharedNames == b.sharedNames &&
               a.mayHaveDict == b.mayHaveDict;
    }

    std::optional<AccessFact> itemOf(const runtime::Site& site, const bytecode::Instruction& instruction) const {
        AccessFact fact;
        switch (bytecode::accessSeen(code_, instruction)) {
            case bytecode::Access::ListItem:
                fact.kind = Kind::ListItem;
                return fact;
            case bytecode::Access::TupleItem:
                fact.kind = Kind::TupleItem;
                return fact;
            default:
                break;
        }
        const bool isStore = instruction.opcode == Opcode::STORE_SUBSCR;
        return isStore || instruction.opcode == Opcode::BINARY_SUBSCR ? element(site, isStore) : std::nullopt;
    }

    /// What compiled code has learnt, where the interpreter has no form of its own.
    static std::optional<AccessFact> element(const runtime::Site& site, bool isStored) {
        if (site.seenLeft != runtime::kElementsBit || (isStored && !python::kElements[site.elements.kind].isMutable)) {
            return std::nullopt;
        }
        AccessFact fact;
        fact.kind = Kind::Element;
        fact.versions[0] = site.elements.typeVersion;
        fact.place = site.elements.kind;
        fact.type = python::kElements[fact.place].isDouble ? hir::kFloatExact : hir::kLongExact;
        fact.stored = site.seenRight == runtime::kIntBit ? hir::kLongExact : fact.type;
        return fact;
    }

    const CodeRecord& record_;
    const bytecode::Code& code_;
    PyObject* globals_;
    passes::CodeFacts& facts_;
    CompiledCode& made_;
    std::vector<PyObject*> objects_;  // of the facts in work: what the class has, or null
};

}  // namespace

std::optional<runtime::AttributeUse> attributeUse(Opcode opcode) {
    switch (opcode) {
        case Opcode::LOAD_ATTR:
            return runtime::AttributeUse::Load;
        case Opcode::LOAD_METHOD:
            return runtime::AttributeUse::Method;
        case Opcode::STORE_ATTR:
            return runtime::AttributeUse::Store;
        default:
            return std::nullopt;
    }
}

std::optional<python::OperatorNumber> operatorOf(const bytecode::Instruction& instruction) {
    switch (instruction.opcode) {
        case Opcode::BINARY_OP:
            return instruction.argument;
        case Opcode::BINARY_SUBSCR:
            return python::kSubscription;
        default:
            return std::nullopt;
    }
}

std::optional<uint32_t> operandLocal(const bytecode::Code& code, size_t ordinal, size_t below) {
    for (size_t back = 1; back <= below + 1 && back <= ordinal; ++back) {
        const bytecode::Instruction& load = code.instructions[ordinal - back];
        const bool isLocal = load.opcode == Opcode::LOAD_FAST;
        if (back == below + 1) {
            return isLocal ? std::optional(load.argument) : std::nullopt;
        }
        if (!isLocal && load.opcode != Opcode::LOAD_CONST) {
            break;
        }
    }
    return std::nullopt;
}

std::vector<ClassesSeen> expectedClasses(const CodeRecord& record, const bytecode::Code& code,
                                         const std::vector<uint32_t>& numbers) {
    std::vector<ClassesSeen> expected(numbers.size());
    std::map<uint32_t, ClassesSeen> ofLocals;
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] == frontend::kNoSite || !asksClass(code.instructions[ordinal])) {
            continue;
        }
        expected[ordinal] = classesMet(record, code, numbers[ordinal], code.instructions[ordinal]);
        if (const auto local = ownerLocal(code, ordinal)) {
            ofLocals[*local].noteAll(expected[ordinal]);
        }
    }
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const auto local = ownerLocal(code, ordinal);
        const auto ofLocal = local ? ofLocals.find(*local) : ofLocals.end();
        if (ofLocal != ofLocals.end() && !ofLocal->second.isClosed() && !expected[ordinal].isClosed() &&
            asksClass(code.instructions[ordinal])) {
            expected[ordinal].noteAll(ofLocal->second);
        }
    }
    return expected;
}

namespace {

/// The interpreter's cache shows the class that it met last, the code is made for the one that it shows now: what an
/// exit teaches is told from what the code expected. Classes that are gone make room.
void keepClasses(CodeRecord& record, const bytecode::Code& code, const std::vector<uint32_t>& numbers) {
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] == frontend::kNoSite || !asksClass(code.instructions[ordinal])) {
            continue;
        }
        ClassesSeen& classes = record.sites[numbers[ordinal]].classes;
        if (!classes.isClosed()) {
            const ClassesSeen met = classesMet(record, code, numbers[ordinal], code.instructions[ordinal]);
            classes = {};
            for (uint32_t version : met.versions()) {
                if (version != 0 && python::liveClass(version) != nullptr) {
                    classes.note(version);
                }
            }
        }
    }
}

/// Those of other sites that look for the same names.
void addRelatedClasses(const CodeRecord& record, const bytecode::Code& code, std::vector<ClassesSeen>& expected) {
    auto forEachName = [&](auto action) {
        for (size_t ordinal = 0; ordinal < expected.size(); ++ordinal) {
            if (attributeUse(code.instructions[ordinal].opcode) && !expected[ordinal].isEmpty()) {
                action(PyTuple_GET_ITEM(record.code->co_names, code.instructions[ordinal].argument), ordinal);
            }
        }
    };
    forEachName([&](PyObject* name, size_t ordinal) { noteClasses(name, expected[ordinal]); });
    forEachName([&](PyObject* name, size_t ordinal) {
        const bool isOfSelf = ownerLocal(code, ordinal) == 0U;
        addRelated(name, expected[ordinal], isOfSelf ? record.code : nullptr);
    });
}

}  // namespace

void findAccesses(CodeRecord& record, const bytecode::Code& code, PyObject* globals, passes::CodeFacts& facts,
                  CompiledCode& made) {
    const std::vector<uint32_t> numbers = frontend::numberSites(code);
    std::vector<ClassesSeen> expected = expectedClasses(record, code, numbers);
    keepClasses(record, code, numbers);
    addRelatedClasses(record, code, expected);
    AccessFacts found(record, code, globals, facts, made);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] != frontend::kNoSite && !expected[ordinal].isClosed() &&
            !facts.superSites.contains(numbers[ordinal]) && !found.findOfModule(numbers[ordinal], ordinal)) {
            found.find(numbers[ordinal], code.instructions[ordinal], expected[ordinal]);
        }
    }
}

}  // namespace pyjion::driver
