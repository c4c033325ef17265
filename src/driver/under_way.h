// SPDX-License-Identifier: MIT
// Code on which RyuJIT works in the background, for records that wait for it (waiting.h): its beginning, and its
// installation by a thread that holds the GIL. All of it needs the GIL.
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

/// Installs what is ready, whoever waits for it. Costs next to nothing when there is nothing.
void installReadyCode();

/// The function has run for the first time and is asked about: its quick code, if that is under way, is awaited and
/// installed. Lets other threads run meanwhile; the caller keeps the code object alive.
void awaitFirstCode(CodeRecord& record);

/// The record does not wait any more, and may ask again.
void dropCodeUnderWay(CodeRecord& record);
/// What was begun under other options is not installed.
void dropAllCodeUnderWay();

/// The thread that runs Python is asked for its attention when something is ready. `loopIsReady` is called when code of
/// a loop, in which a frame most often is, has been installed.
void startInstalling(void (*loopIsReady)());

}  // namespace pyjion::driver
