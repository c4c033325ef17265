// SPDX-License-Identifier: MIT
// Which classes have instances that keep their attributes in a dict. CPython 3.11 gives an instance one when somebody
// asks for its `__dict__`, and when it gets an attribute for which the class has no room among the shared names, of
// which each instance that is made takes some away. Nothing but a hint for the compiler: what it makes of it holds for
// all.
#pragma once

#include <cstdint>

namespace pyjion::runtime {

/// By the version tag of the class.
void noteDictInstance(uint32_t version);
/// (May have been forgotten for other classes.)
bool hasDictInstances(uint32_t version);

}  // namespace pyjion::runtime
