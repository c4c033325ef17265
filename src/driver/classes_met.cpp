// SPDX-License-Identifier: MIT
#include "driver/classes_met.h"

#include <vector>

#include "bytecode/decode.h"
#include "driver/access_facts.h"
#include "driver/super_calls.h"
#include "frontend/build.h"
#include "python/instance.h"
#include "runtime/attribute_cache.h"
#include "runtime/dict_instances.h"
#include "runtime/operators.h"
#include "runtime/site.h"

namespace pyjion::driver {

namespace {

/// The operand whose class tells what the instruction does, which has its operands on top of the stack.
PyObject* ownerAt(python::Frame* frame, const bytecode::Instruction& instruction) {
    const int32_t below = operatorOf(instruction) ? 1 : 0;
    const int32_t place = python::depth(frame) - 1 - below;
    return place >= 0 ? python::stackBase(frame)[place] : nullptr;
}

void note(runtime::Site& site, const bytecode::Instruction& instruction, PyObject* owner) {
    if (const auto use = attributeUse(instruction.opcode)) {
        runtime::noteClass(&site, *use, owner);
    } else if (const auto op = operatorOf(instruction)) {
        runtime::noteOperand(&site, owner, *op);
    }
}

/// An object of a class that was expected, but with a dict.
bool notesDict(PyObject* owner) {
    PyTypeObject* type = Py_TYPE(owner);
    const bool hasDict = python::hasManagedDict(type) && python::instanceDict(owner, type) != nullptr;
    if (!hasDict || runtime::hasDictInstances(type->tp_version_tag)) {
        return false;
    }
    runtime::noteDictInstance(type->tp_version_tag);
    return true;
}

/// The call stands before `super()`: its method is looked for in the class of the object.
bool notesObjectOfSuper(runtime::Site& site, const bytecode::Instruction& call, const SuperCall& super,
                        python::Frame* frame) {
    PyObject* object = call.argument != 0 && python::depth(frame) > 0
                           ? python::stackBase(frame)[python::depth(frame) - 1]
                           : python::local(frame, super.object);
    const uint32_t version = object != nullptr ? runtime::assuredVersion(Py_TYPE(object)) : 0;
    if (version == 0 || site.classes.isClosed() || site.classes.contains(version)) {
        return false;
    }
    site.classes.note(version);
    return true;
}

}  // namespace

bool notesClass(CodeRecord& record, int32_t index, python::Frame* frame) {
    auto decoded = bytecode::decode(record.code);
    if (record.sites.empty() || !decoded.ok()) {
        return false;
    }
    const bytecode::Instruction* at = decoded->at(index);
    if (at == nullptr || at->start != index) {
        return false;
    }
    const auto ordinal = static_cast<size_t>(at - decoded->instructions.data());
    const std::vector<uint32_t> numbers = frontend::numberSites(*decoded);
    if (numbers[ordinal] == frontend::kNoSite) {
        return false;
    }
    if (const auto super = superCallAt(*decoded, ordinal + 1)) {
        return notesObjectOfSuper(record.sites[numbers[ordinal + 1]], *at, *super, frame);
    }
    const runtime::ClassesSeen expected = expectedClasses(record, *decoded, numbers)[ordinal];
    PyObject* owner = ownerAt(frame, *at);
    if (owner == nullptr || expected.isEmpty() || expected.isClosed()) {
        return false;
    }
    if (expected.contains(Py_TYPE(owner)->tp_version_tag)) {
        return notesDict(owner);
    }
    runtime::Site& site = record.sites[numbers[ordinal]];
    site.classes = expected;
    note(site, *at, owner);
    notesDict(owner);  // where the code has expected a related class
    return site.classes.contains(Py_TYPE(owner)->tp_version_tag);
}

}  // namespace pyjion::driver
