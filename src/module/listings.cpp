// SPDX-License-Identifier: MIT
// The code of functions as text. Where there is none, code is made to be shown, which nobody enters.
#include <memory>
#include <string>
#include <string_view>

#include "driver/code_record.h"
#include "driver/compile.h"
#include "driver/engine.h"
#include "driver/install.h"
#include "driver/registry.h"
#include "module/api.h"
#include "module/facts.h"
#include "module/objects.h"
#include "module/subject.h"

namespace pyjion::module {

using driver::CodeRecord;
using driver::CompiledCode;
using driver::Positions;

namespace {

/// Code that was made to be shown, and the record that it needs.
struct Shown {
    std::unique_ptr<CodeRecord> record;
    std::unique_ptr<CompiledCode> code;
};

/// Empty where nothing may or can be compiled.
Shown makeToShow(const Subject& subject, const CodeRecord* known) {
    Shown shown;
    const bool mayBe = !driver::engine().unavailable() && driver::engine().keptOff() == nullptr &&
                       driver::engine().executionRefused() == nullptr;
    if (!mayBe || (known != nullptr && (known->suppressed || known->failed))) {
        return shown;
    }
    shown.record = driver::recordToShow(subject.code);
    driver::CompileRequest request;
    request.record = shown.record.get();
    request.globals = subject.globals;
    request.builtins = subject.builtins;
    shown.code = driver::compileToShow(request);
    return shown;
}

PyObject* pieceObject(const CodeRecord& record, const CompiledCode& code, bool isRetired, bool isShown,
                      std::string_view kind) {
    const bool all = kind == "all";
    const Positions positions = all ? Positions::Instructions : Positions::Lines;
    DictBuilder piece;
    describePiece(piece, record, code);
    return piece.set("retired", isRetired)
        .set("shown", isShown)
        .set("hir", all ? textOrNone(code.hir) : Py_NewRef(Py_None))
        .set("cil", all || kind == "cil" ? textObject(driver::cilListing(code, positions)) : Py_NewRef(Py_None))
        .set("native",
             all || kind == "native" ? textObject(driver::nativeListing(code, positions)) : Py_NewRef(Py_None))
        .take();
}

/// The text of the code that calls enter.
template <typename Print>
PyObject* listing(PyObject* x, Print print) {
    Subject subject;
    if (!findSubject(x, subject)) {
        return nullptr;
    }
    const CodeRecord* record = knownRecord(subject);
    const CompiledCode* code = record != nullptr ? record->current() : nullptr;
    Shown shown;
    if (code == nullptr) {
        shown = makeToShow(subject, record);
        code = shown.code.get();
    }
    return code != nullptr ? textObject(print(*code, subject)) : Py_NewRef(Py_None);
}

}  // namespace

PyObject* listings(PyObject*, PyObject* args) {
    PyObject* x = nullptr;
    const char* kind = nullptr;
    Subject subject;
    if (!PyArg_ParseTuple(args, "Os:listings", &x, &kind) || !findSubject(x, subject)) {
        return nullptr;
    }
    ListBuilder list;
    const CodeRecord* record = knownRecord(subject);
    bool isEmpty = true;
    auto append = [&](const CompiledCode& code, bool isRetired) {
        isEmpty = false;
        list.append(pieceObject(*record, code, isRetired, false, kind));
    };
    if (record != nullptr) {
        const std::vector<const CompiledCode*> all = record->all();
        for (size_t i = 0; i < all.size(); ++i) {
            append(*all[i], i + record->retired.size() >= all.size());
        }
    }
    if (isEmpty) {
        if (const Shown shown = makeToShow(subject, record); shown.code) {
            list.append(pieceObject(*shown.record, *shown.code, false, true, kind));
        }
    }
    return list.take();
}

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
