// SPDX-License-Identifier: MIT
#include "driver/code_record.h"

#include <algorithm>

#include "python/names.h"

namespace pyjion::driver {

const char* tierName(Tier tier) {
    switch (tier) {
        case Tier::Interpreter:
            return "interpreter";
        case Tier::Quick:
            return "quick";
        case Tier::Full:
            return "full";
    }
    return "";
}

uint64_t CompiledCode::learntByNow() const {
    uint64_t times = record->timesLearnt;
    for (const InlinedCode& code : inlined) {
        times += code.record->timesLearnt;
    }
    return times;
}

namespace {

void dropSpare(cil::Body& body, cil::Encoded& encoded, deopt::ExitTable& exits) {
    // Not `= {}`, which would keep the memory.
    std::vector<uint32_t>().swap(encoded.offsets);
    std::vector<cil::Instruction>().swap(body.code);
    encoded.il.shrink_to_fit();
    encoded.boundaries.shrink_to_fit();
    encoded.poolLoads.shrink_to_fit();
    encoded.positions.shrink_to_fit();
    body.locals.shrink_to_fit();
    body.localNames.shrink_to_fit();
    body.pool.shrink_to_fit();
    body.methods.shrink_to_fit();
    body.positions.shrink_to_fit();
    exits.exits.shrink_to_fit();
}

}  // namespace

void CompiledCode::dropSpareMemory() {
    dropSpare(body, encoded, exits);
    if (self) {
        dropSpare(self->body, self->encoded, self->exits);
    }
}

uint64_t CompiledCode::codeBytes() const {
    return native->description().codeSize + (self ? self->native->description().codeSize : 0);
}

Callee::Callee(CodeRecord& callee) : cache{callee.code}, record(&callee) {
    callee.callers.push_back(this);
}

Callee::~Callee() {
    if (record != nullptr) {
        std::erase(record->callers, this);
    }
}

CompiledCode::~CompiledCode() {
    for (PyObject* object : keptAlive) {
        Py_DECREF(object);
    }
}

void CodeRecord::noteModule(PyObject* globals) {
    if (module != nullptr) {
        return;
    }
    static PyObject* const key = PyUnicode_InternFromString("__name__");
    PyObject* name = key != nullptr ? python::quietLookup(globals, key) : nullptr;
    if (name != nullptr && PyUnicode_CheckExact(name)) {
        module = Py_NewRef(name);
    }
}

uint32_t CodeRecord::size() const {
    // Until it is decoded, code units are the measure: about two to an instruction, with its caches.
    return bytecodes != 0 ? bytecodes : static_cast<uint32_t>(Py_SIZE(code) / 2 + 1);
}

std::vector<const CompiledCode*> CodeRecord::all() const {
    std::vector<const CompiledCode*> codes;
    forEachCode([&codes](const CompiledCode& code) { codes.push_back(&code); });
    return codes;
}

}  // namespace pyjion::driver
