// SPDX-License-Identifier: MIT
// What the unit tests include beyond precompiled.h, parsed once by the build.
#include "base/precompiled.h"

#include <gtest/gtest.h>
