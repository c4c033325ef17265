// SPDX-License-Identifier: MIT
// Questions and orders about one function.
#include <fmt/format.h>

#include <string>

#include "driver/code_record.h"
#include "driver/compile.h"
#include "driver/engine.h"
#include "driver/install.h"
#include "driver/policy.h"
#include "driver/under_way.h"
#include "module/api.h"
#include "python/frame.h"

namespace pyjion::module {

using driver::CodeRecord;
using driver::CompiledCode;

namespace {

/// A function, method or code object: its code, and its namespaces where it has any. Borrowed.
struct Subject {
    PyCodeObject* code = nullptr;
    PyObject* globals = nullptr;
    PyObject* builtins = nullptr;
};

bool findSubject(PyObject* x, Subject& subject) {
    if (PyMethod_Check(x)) {
        x = PyMethod_GET_FUNCTION(x);
    }
    if (PyFunction_Check(x)) {
        auto* function = reinterpret_cast<PyFunctionObject*>(x);
        subject = {reinterpret_cast<PyCodeObject*>(function->func_code), function->func_globals,
                   function->func_builtins};
        return true;
    }
    if (PyCode_Check(x)) {
        subject = {reinterpret_cast<PyCodeObject*>(x), nullptr, nullptr};
        return true;
    }
    PyErr_Format(PyExc_TypeError, "expected a Python function, method or code object, not %.200s", Py_TYPE(x)->tp_name);
    return false;
}

/// The record of what `x` is about. Where the JIT cannot work there are no records: then null without an exception.
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
    unsigned long long runs = record != nullptr ? record->entries() : 0;
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

const char* const kUnseen = "it is interpreted until it has used enough time to be worth compiling";
const char* const kNeverRun = "it has not been entered since pyjion was enabled";

std::string reasonFor(const CodeRecord* record) {
    if (record == nullptr) {
        return driver::engine().unavailable().value_or("");
    }
    if (record->current() != nullptr && !record->suppressed) {
        return {};
    }
    if (record->suppressed) {
        return "pyjion.suppress() keeps it interpreted";
    }
    if (record->underWay) {
        return "it is being compiled in the background";
    }
    if (record->trial) {
        return "its optimised code is on trial: some calls are compiled, to see whether that is faster";
    }
    if (!record->loops.empty() && !record->failed && !record->gainsNothing) {
        return "its loop runs in code of its own, entered in the middle of the call; the next call compiles all of it";
    }
    if (!record->refusal.empty()) {
        return record->refusal.text();
    }
    if (const char* refused = driver::engine().executionRefused()) {
        return refused;
    }
    if (const char* keptOff = driver::engine().keptOff()) {
        return keptOff;
    }
    if (!driver::engine().enabled()) {
        return "pyjion is not enabled";
    }
    return driver::engine().standsBack() && python::hasRun(record->code) ? kUnseen : kNeverRun;
}

/// What is being compiled in the background; empty for nothing.
std::string underWay(const CodeRecord* record) {
    if (record == nullptr || !record->underWay) {
        return {};
    }
    const CompiledCode& code = *record->underWay->code;
    if (code.entryIndex == 0) {
        return fmt::format("{} code", driver::tierName(code.tier));
    }
    return fmt::format("code for the loop in line {}", PyCode_Addr2Line(record->code, 2 * code.entryIndex));
}

bool append(PyObject* list, PyObject* item) {
    bool appended = item != nullptr && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return appended;
}

PyObject* exitList(const CodeRecord* record) {
    PyObject* list = PyList_New(0);
    if (list == nullptr || record == nullptr) {
        return list;
    }
    for (const CompiledCode* code : record->all()) {
        for (const deopt::Exit& exit : code->exits.exits) {
            if (exit.count == 0) {
                continue;
            }
            int offset = static_cast<int>(2 * exit.runningIndex);
            const deopt::ReasonInfo& reason = deopt::info(exit.reason);
            int line = PyCode_Addr2Line(record->code, offset);
            if (line < 0) {  // a jump without a line of its own: where it leads
                line = PyCode_Addr2Line(record->code, static_cast<int>(2 * exit.resumeIndex));
            }
            PyObject* item = Py_BuildValue(
                "{s:s,s:s,s:i,s:i,s:i,s:K,s:K,s:s,s:s}", "reason", reason.name, "text", reason.text, "line", line,
                "offset", offset, "resume_offset", static_cast<int>(2 * exit.resumeIndex), "count",
                static_cast<unsigned long long>(exit.count), "raised", static_cast<unsigned long long>(exit.raised),
                "mode", exit.mode == deopt::ResumeMode::Before ? "before" : "raised", "tier",
                driver::tierName(code->tier));
            if (!append(list, item)) {
                Py_DECREF(list);
                return nullptr;
            }
        }
    }
    return list;
}

PyObject* entryList(const CodeRecord* record) {
    PyObject* list = PyList_New(0);
    if (list == nullptr || record == nullptr) {
        return list;
    }
    for (const CompiledCode* code : record->all()) {
        const clr::CodeDescription& description = code->native->description();
        PyObject* item = Py_BuildValue(
            "{s:s,s:i,s:K,s:I,s:I,s:d,s:d,s:I,s:N,s:N}", "tier", driver::tierName(code->tier), "offset",
            2 * code->entryIndex, "il_bytes", static_cast<unsigned long long>(code->encoded.il.size()), "il_blocks",
            code->ilBlocks, "code_bytes", description.codeSize, "compile_ms", code->milliseconds, "back_end_ms",
            code->backEndMilliseconds, "unconditional_exits", code->unconditionalExits, "optimised",
            PyBool_FromLong(description.optimised && !description.switchedToMinOpts), "switched_to_minopts",
            PyBool_FromLong(description.switchedToMinOpts));
        if (!append(list, item)) {
            Py_DECREF(list);
            return nullptr;
        }
    }
    return list;
}

}  // namespace

PyObject* explain(PyObject*, PyObject* x) {
    Subject subject;
    CodeRecord* record = findRecord(x, subject);
    if (record == nullptr && PyErr_Occurred() != nullptr) {
        return nullptr;
    }
    std::string reason = reasonFor(record);
    std::string inBackground = underWay(record);
    const CompiledCode* code = record != nullptr ? record->current() : nullptr;
    double milliseconds = 0;
    double backEndMilliseconds = 0;
    if (record != nullptr) {
        for (const CompiledCode* piece : record->all()) {
            milliseconds += piece->milliseconds;
            backEndMilliseconds += piece->backEndMilliseconds;
        }
    }
    auto orNone = [](bool present, PyObject* value) {
        if (present) {
            return value;
        }
        Py_XDECREF(value);
        return Py_NewRef(Py_None);
    };
    int line = record != nullptr ? record->refusal.line() : 0;
    return Py_BuildValue(
        "{s:O,s:O,s:i,s:N,s:s,s:N,s:N,s:N,s:K,s:N,s:K,s:I,s:I,s:I,s:I,s:d,s:d,s:N}", "name", subject.code->co_qualname,
        "filename", subject.code->co_filename, "line", subject.code->co_firstlineno, "compiled",
        PyBool_FromLong(code != nullptr), "tier",
        driver::tierName(code != nullptr ? record->tier() : driver::Tier::Interpreter), "reason",
        orNone(!reason.empty(), PyUnicode_FromString(reason.c_str())), "reason_line",
        orNone(line > 0, PyLong_FromLong(line)), "under_way",
        orNone(!inBackground.empty(), PyUnicode_FromString(inBackground.c_str())), "run_count",
        static_cast<unsigned long long>(record != nullptr ? record->entries() : 0), "exits", exitList(record),
        "il_bytes", static_cast<unsigned long long>(code != nullptr ? code->encoded.il.size() : 0), "il_blocks",
        code != nullptr ? code->ilBlocks : 0u, "unconditional_exits", code != nullptr ? code->unconditionalExits : 0u,
        "code_bytes", code != nullptr ? code->native->description().codeSize : 0u, "bytecodes",
        record != nullptr ? record->bytecodes : 0u, "compile_ms", milliseconds, "back_end_ms", backEndMilliseconds,
        "entries", entryList(record));
}

namespace {

/// Whatever stands in the way of optimised code for all of the function; empty for nothing.
std::string missingOfFull(CodeRecord& record, const Subject& subject) {
    driver::Refusal refusal;
    const bool compiled = driver::compileNow(record, true, subject.globals, subject.builtins, &refusal);
    if (!compiled) {
        return reasonFor(&record);
    }
    if (record.full == nullptr) {
        return refusal.text();
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
    const std::string missing = record != nullptr ? missingOfFull(*record, subject) : reasonFor(record);
    if (missing.empty()) {
        Py_RETURN_NONE;
    }
    return PyUnicode_FromString(missing.c_str());
}

namespace {

template <typename Print>
PyObject* listing(PyObject* x, Print print) {
    Subject subject;
    CodeRecord* record = findRecord(x, subject);
    const CompiledCode* code = record != nullptr ? record->current() : nullptr;
    if (code == nullptr) {
        return PyErr_Occurred() != nullptr ? nullptr : Py_NewRef(Py_None);
    }
    std::string text = print(*code, subject);
    return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

}  // namespace

PyObject* hir(PyObject*, PyObject* x) {
    return listing(x, [](const CompiledCode& code, const Subject& subject) {
        driver::CompileRequest request;
        request.globals = subject.globals;
        request.builtins = subject.builtins;
        request.record = code.record;
        request.tier = code.tier;
        request.entryIndex = code.entryIndex;
        return driver::hirListing(request);
    });
}
PyObject* cil(PyObject*, PyObject* x) {
    return listing(x, [](const CompiledCode& code, const Subject&) { return driver::cilListing(code); });
}
PyObject* native(PyObject*, PyObject* x) {
    return listing(x, [](const CompiledCode& code, const Subject&) { return driver::nativeListing(code); });
}

}  // namespace pyjion::module
