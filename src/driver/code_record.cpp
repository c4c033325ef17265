// SPDX-License-Identifier: MIT
#include "driver/code_record.h"

#include <unordered_set>

#include "driver/statistics.h"
#include "python/code_extra.h"

namespace pyjion::driver {

namespace {

std::unordered_set<CodeRecord*>& records() {
    static auto* all = new std::unordered_set<CodeRecord*>;  // outlives every code object
    return *all;
}

void freeRecord(void* word) {
    auto* record = static_cast<CodeRecord*>(static_cast<runtime::CodeEntry*>(word));
    records().erase(record);
    statistics().forget(*record);
    delete record;
}

/// inspect.CO_OPTIMIZED, CO_NEWLOCALS, CO_VARARGS, CO_VARKEYWORDS, CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
constexpr int kOptimized = 0x1;
constexpr int kNewLocals = 0x2;
constexpr int kNotSimple = 0x4 | 0x8 | 0x20 | 0x80 | 0x100 | 0x200;

}  // namespace

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

CompiledCode::~CompiledCode() {
    for (PyObject* object : keptAlive) {
        Py_DECREF(object);
    }
}

std::vector<const CompiledCode*> CodeRecord::all() const {
    std::vector<const CompiledCode*> codes;
    if (full) {
        codes.push_back(full.get());
    }
    for (const auto& [header, code] : loops) {
        codes.push_back(code.get());
    }
    if (quick) {
        codes.push_back(quick.get());
    }
    for (const auto& code : retired) {
        codes.push_back(code.get());
    }
    return codes;
}

bool startRegistry() {
    return python::requestCodeExtra(freeRecord);
}

CodeRecord* recordFor(PyCodeObject* code) {
    if (auto* entry = runtime::entryOf(code)) {
        return static_cast<CodeRecord*>(entry);
    }
    auto* record = new CodeRecord;
    record->code = code;
    record->frameWords = static_cast<uint32_t>(python::sizeInWords(code));
    record->argumentCount = static_cast<uint16_t>(code->co_argcount);
    record->simpleParameters = (code->co_flags & (kOptimized | kNewLocals)) == (kOptimized | kNewLocals) &&
                               (code->co_flags & kNotSimple) == 0 && code->co_kwonlyargcount == 0 &&
                               code->co_argcount <= UINT16_MAX;
    if (!python::setCodeExtra(code, static_cast<runtime::CodeEntry*>(record))) {
        delete record;
        return nullptr;
    }
    records().insert(record);
    return record;
}

void forEachRecord(const std::function<void(const CodeRecord&)>& visit) {
    for (const CodeRecord* record : records()) {
        visit(*record);
    }
}

void attach(CodeRecord& record, bool enabled) {
    const CompiledCode* code = enabled && !record.suppressed ? record.current() : nullptr;
    record.attach(code != nullptr ? code->entry() : nullptr);
}

void attachAll(bool enabled) {
    for (CodeRecord* record : records()) {
        attach(*record, enabled);
    }
}

}  // namespace pyjion::driver
