// SPDX-License-Identifier: MIT
// Orders about one function, and the question that is one: whether it is compiled.
#include <fmt/format.h>

#include <string>

#include "driver/code_record.h"
#include "driver/engine.h"
#include "driver/install.h"
#include "driver/policy.h"
#include "driver/registry.h"
#include "driver/under_way.h"
#include "module/api.h"
#include "module/facts.h"
#include "module/subject.h"
#include "python/frame.h"

namespace pyjion::module {

using driver::CodeRecord;

namespace {

/// The record of what `x` is about, which is compiled if somebody who asks is all that it waits for. Where the JIT
/// cannot work there are no records: then null without an exception.
CodeRecord* findRecord(PyObject* x, Subject& subject) {
    if (!findSubject(x, subject) || driver::engine().unavailable()) {
        return nullptr;
    }
    CodeRecord* record = driver::recordFor(subject.code);
    if (record == nullptr) {
        PyErr_NoMemory();
        return nullptr;
    }
    driver::catchUp(*record, subject.globals, subject.builtins);
    driver::awaitFirstCode(*record);
    return record;
}

}  // namespace

PyObject* info(PyObject*, PyObject* x) {
    Subject subject;
    CodeRecord* record = findRecord(x, subject);
    if (record == nullptr && PyErr_Occurred() != nullptr) {
        return nullptr;
    }
    bool failed = record != nullptr && record->failed;
    bool compiled = record != nullptr && record->current() != nullptr;
    unsigned long long runs = record != nullptr ? record->entries() + record->inlinedRuns : 0;
    return Py_BuildValue("{s:N,s:N,s:K}", "failed", PyBool_FromLong(failed), "compiled", PyBool_FromLong(compiled),
                         "run_count", runs);
}

PyObject* compile(PyObject*, PyObject* args, PyObject* kwargs) {
    static const char* names[] = {"x", "full", "optimised", nullptr};
    PyObject* x = nullptr;
    int full = 0;
    int optimised = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|pp:compile", const_cast<char**>(names), &x, &full, &optimised)) {
        return nullptr;
    }
    Subject subject;
    CodeRecord* record = findRecord(x, subject);
    if (record == nullptr) {
        return PyErr_Occurred() != nullptr ? nullptr : Py_NewRef(Py_False);
    }
    bool compiled = driver::compileNow(*record, full != 0, subject.globals, subject.builtins);
    if (optimised != 0) {
        compiled = compiled && driver::compileOptimised(*record);
    }
    return PyBool_FromLong(compiled);
}

namespace {

PyObject* setSuppressed(PyObject* x, bool suppressed) {
    Subject subject;
    CodeRecord* record = findRecord(x, subject);
    if (record == nullptr) {
        return PyErr_Occurred() != nullptr ? nullptr : Py_NewRef(Py_None);
    }
    record->suppressed = suppressed;
    driver::attach(*record, driver::engine().compiles());
    Py_RETURN_NONE;
}

}  // namespace

PyObject* suppress(PyObject*, PyObject* x) {
    return setSuppressed(x, true);
}

PyObject* unsuppress(PyObject*, PyObject* x) {
    return setSuppressed(x, false);
}

namespace {

/// Whatever stands in the way of optimised code for all of the function; empty for nothing.
std::string missingOfFull(CodeRecord& record, const Subject& subject) {
    driver::Refusal refusal;
    const bool compiled = driver::compileNow(record, true, subject.globals, subject.builtins, &refusal);
    if (!compiled) {
        return reasonFor(&record, subject.code);
    }
    if (record.full == nullptr) {
        return refusal.text();
    }
    if (record.runCount == 0 && !python::hasRun(subject.code)) {
        return "it has never run: there are no types yet that it could be optimised for";
    }
    const uint32_t places = record.full->unconditionalExits;
    return places != 0
               ? fmt::format("its optimised code is left at {} of its instructions whenever it gets there", places)
               : std::string();
}

}  // namespace

PyObject* missingOfFull(PyObject*, PyObject* x) {
    Subject subject;
    CodeRecord* record = findRecord(x, subject);
    if (record == nullptr && PyErr_Occurred() != nullptr) {
        return nullptr;
    }
    const std::string missing = record != nullptr ? missingOfFull(*record, subject) : reasonFor(record, subject.code);
    if (missing.empty()) {
        Py_RETURN_NONE;
    }
    return PyUnicode_FromString(missing.c_str());
}

}  // namespace pyjion::module
