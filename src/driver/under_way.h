// SPDX-License-Identifier: MIT
// Code on which RyuJIT works in the background: which records wait for some, and its installation by a thread that
// holds the GIL. All of it needs the GIL.
#pragma once

#include <cstdint>
#include <memory>

#include "driver/code_record.h"

namespace pyjion::driver {

/// Whether code may be compiled in the background now: the options say so, and there is a second processor for it.
bool compilesInBackground();

/// RyuJIT will do its part in the background. False, and nothing has happened, where it cannot. Throws std::bad_alloc.
bool beginInBackground(CodeRecord& record, std::unique_ptr<CodeUnderWay>& made);

/// Whether the record waits for code. What is ready is installed before.
bool waitsForCode(CodeRecord& record);

/// The bytecodes of all code that is under way.
uint64_t bytecodesUnderWay();

/// Installs what is ready, whoever waits for it. Costs next to nothing when there is nothing.
void installReadyCode();

/// The function has run for the first time and is asked about: its quick code, if that is under way, is awaited and
/// installed. Lets other threads run meanwhile; the caller keeps the code object alive.
void awaitFirstCode(CodeRecord& record);

/// What the record waits for, which is not installed any more; null for nothing.
std::unique_ptr<CodeUnderWay> takeCodeUnderWay(CodeRecord& record);
/// The same for a record that lives on: it may ask again.
void dropCodeUnderWay(CodeRecord& record);
/// What was begun under other options is not installed.
void dropAllCodeUnderWay();

/// The thread that runs Python is asked for its attention when something is ready.
void startInstalling();

}  // namespace pyjion::driver
