// SPDX-License-Identifier: MIT
// The records of all code objects, and what new calls of them enter. A record is made when the code is first entered
// (or named by the API), lives in the code object's co_extra slot, and dies with the code object; running frames keep
// the code object alive, so that compiled code is never freed while it runs.
#pragma once

#include <Python.h>

#include <functional>
#include <memory>
#include <string>

#include "driver/code_record.h"
#include "python/frame.h"
#include "python/start_trampoline.h"

namespace pyjion::driver {

/// The record of a code object, made if there is none. Null when there is no memory for it; no exception is set.
CodeRecord* recordFor(PyCodeObject* code);
/// The same for the code that a frame runs, whose module is known from then on.
CodeRecord* recordFor(python::Frame* frame);

/// A record that nobody else finds, to look at what compiling would make.
std::unique_ptr<CodeRecord> recordToShow(PyCodeObject* code);

/// Code of files in this folder is ours. With a separator at its end.
void setOurFolder(std::string folder);

/// The record, if it is alive still.
CodeRecord* liveRecord(const runtime::CodeEntry* entry);

/// Calls a function with each record there is.
void forEachRecord(const std::function<void(const CodeRecord&)>& visit);

/// What trampolines call; set by the module.
extern python::StartBody* startBody;

/// Sets what new calls enter: the record's current code, or nothing while the JIT is off.
void attach(CodeRecord& record, bool enabled);
/// The same for all records.
void attachAll(bool enabled);

/// Asks CPython for the co_extra word. False when it has none left.
bool startRegistry();

}  // namespace pyjion::driver
