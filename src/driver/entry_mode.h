// SPDX-License-Identifier: MIT
// How calls come to compiled code: whether there is a frame evaluator of ours, and whether functions have quick code
// from their first run on. The options decide.
#pragma once

namespace pyjion::driver {

/// Whether functions of the user's own are compiled at their first run. Quick code is as fast as the interpreter,
/// except that it enters the interpreter from C for what has no code. So they have it once somebody asks, and before
/// only where compiling is part of what a run does or the user has said when it shall be.
bool makesQuickCodeAtOnce();

/// Whether there is a frame evaluator of ours (PEP 523), which sees each call: somebody wants that, or there is no
/// sampler that finds what takes time. It costs 3 to 8 % of the instructions of programs that are made of calls, since
/// CPython 3.11 then specialises none of them and makes each through C. Else trampolines lead calls to code.
bool isHookWanted();

}  // namespace pyjion::driver
