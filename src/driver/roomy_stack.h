// SPDX-License-Identifier: MIT
// A compilation takes much more C stack than running code does: functions are compiled on threads with small stacks
// too, and deep inside of a recursion.
#pragma once

#include <functional>

namespace pyjion::driver {

/// Runs `work` here, or where little C stack is left, on a thread made for it, while the caller waits and keeps the
/// GIL. False when there can be no such thread: then nothing has run. `work` throws nothing.
bool onRoomyStack(const std::function<void()>& work);

}  // namespace pyjion::driver
