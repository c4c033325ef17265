// SPDX-License-Identifier: MIT
#include "driver/super_facts.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "driver/access_facts.h"
#include "driver/known_objects.h"
#include "driver/object_types.h"
#include "driver/super_calls.h"
#include "frontend/build.h"
#include "python/live_classes.h"
#include "python/names.h"
#include "runtime/attribute_cache.h"
#include "runtime/super_methods.h"

namespace pyjion::driver {

namespace {

using bytecode::Opcode;

bool isSuper(const CodeRecord& record, const bytecode::Instruction& load, PyObject* globals, PyObject* builtins) {
    PyObject* name = PyTuple_GET_ITEM(record.code->co_names, load.argument >> 1);
    return _PyUnicode_EqualToASCIIString(name, "super") != 0 && python::quietLookup(globals, name) == nullptr &&
           python::quietLookup(builtins, name) == reinterpret_cast<PyObject*>(&PySuper_Type);
}

/// The slot that COPY_FREE_VARS fills with the cell of `__class__`.
std::optional<uint32_t> classCellOf(PyCodeObject* code) {
    for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; ++i) {
        if (_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(code->co_localsplusnames, i), "__class__") != 0) {
            return static_cast<uint32_t>(i);
        }
    }
    return std::nullopt;
}

bool isCell(PyCodeObject* code, uint32_t local) {
    constexpr int kCell = 0x40;  // CO_FAST_CELL in CPython's internal/pycore_code.h
    return (PyBytes_AS_STRING(code->co_localspluskinds)[local] & kCell) != 0;
}

/// The class in whose dict a function with this code is: the one that super() means there. Null for metaclasses: of an
/// object that is a class, super() may ask that class.
PyTypeObject* ownerOf(PyTypeObject* type, PyCodeObject* code) {
    PyObject* order = PyType_IsSubtype(type, &PyType_Type) != 0 ? nullptr : type->tp_mro;
    for (Py_ssize_t i = 0; order != nullptr && i < PyTuple_GET_SIZE(order); ++i) {
        auto* owner = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(order, i));
        PyObject* found = python::quietLookup(owner->tp_dict, code->co_name);
        const bool isCode = found != nullptr && PyFunction_Check(found) &&
                            PyFunction_GET_CODE(found) == reinterpret_cast<PyObject*>(code);
        if (isCode) {
            return owner;
        }
    }
    return nullptr;
}

class SuperFacts {
  public:
    SuperFacts(const CodeRecord& record, passes::CodeFacts& facts, CompiledCode& made)
        : record_(record), facts_(facts), made_(made) {}

    void find(uint32_t site, PyObject* name, const runtime::ClassesSeen& classes) {
        passes::SuperFact fact;
        PyTypeObject* owner = nullptr;
        PyObject* found = nullptr;
        size_t count = 0;
        for (uint32_t version : classes.versions()) {
            PyTypeObject* type = version != 0 ? python::liveClass(version) : nullptr;
            PyTypeObject* ownerHere = type != nullptr ? ownerOf(type, record_.code) : nullptr;
            PyObject* foundHere = ownerHere != nullptr ? runtime::findBehind(ownerHere, type, name) : nullptr;
            if (foundHere == nullptr) {
                continue;
            }
            if (found != nullptr && (found != foundHere || owner != ownerHere)) {
                return;  // which it is must be looked up
            }
            owner = ownerHere;
            found = foundHere;
            fact.versions[count++] = version;
        }
        if (found != nullptr) {
            const std::string behind = owner->tp_name;
            fact.type = nameObject(reinterpret_cast<PyObject*>(owner), behind, made_, facts_);
            fact.object = nameObject(found, behind + "." + python::textOf(name), made_, facts_);
            fact.objectType = typeOf(found);
            facts_.superMethods[site] = fact;
        }
    }

  private:
    const CodeRecord& record_;
    passes::CodeFacts& facts_;
    CompiledCode& made_;
};

}  // namespace

void findSupers(CodeRecord& record, const bytecode::Code& code, PyObject* globals, PyObject* builtins,
                python::Frame* frame, passes::CodeFacts& facts, CompiledCode& made) {
    if (!python::looksUpQuietly(globals) || !python::looksUpQuietly(builtins)) {
        return;
    }
    const std::vector<uint32_t> numbers = frontend::numberSites(code);
    std::vector<runtime::ClassesSeen> expected;
    SuperFacts methods(record, facts, made);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const auto found = superCallAt(code, ordinal);
        if (!found || numbers[ordinal] == frontend::kNoSite ||
            !isSuper(record, code.instructions[found->load], globals, builtins)) {
            continue;
        }
        const uint32_t site = numbers[ordinal];
        facts.superSites.insert(site);
        // It was something else before; or the object is in a cell.
        if (record.sites[numbers[found->call]].classes.isClosed() || isCell(record.code, found->object)) {
            continue;
        }
        facts.supers[numbers[found->call]] = runtime::assuredVersion(&PySuper_Type);
        facts.classCell = classCellOf(record.code);
        runtime::ClassesSeen& classes = record.sites[site].classes;
        PyObject* self = frame != nullptr ? python::local(frame, found->object) : nullptr;
        if (self != nullptr && found->object < static_cast<uint32_t>(record.code->co_argcount)) {
            classes.note(runtime::assuredVersion(Py_TYPE(self)));
        }
        expected = expected.empty() ? expectedClasses(record, code, numbers) : expected;
        runtime::ClassesSeen all = classes;
        for (size_t other = 0; other < numbers.size(); ++other) {
            if (operandLocal(code, other, 0) == found->object && !expected[other].isClosed()) {
                all.noteAll(expected[other]);
            }
        }
        if (!all.isClosed()) {
            methods.find(site, PyTuple_GET_ITEM(record.code->co_names, code.instructions[ordinal].argument), all);
        }
    }
}

}  // namespace pyjion::driver
