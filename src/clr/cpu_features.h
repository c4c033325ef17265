// SPDX-License-Identifier: MIT
// Which instruction sets this processor and operating system offer, in the form in which the JIT takes them.
//
// The JIT does not check what it is given: a set whose members do not imply each other makes it emit wrong encodings.
// Hence levels, each containing those before it. AVX-512 and APX are never offered (not measured).
#pragma once

#include <array>
#include <cstdint>

namespace pyjion::clr {

enum class CpuLevel { Base, Sse42, Avx, Avx2 };

CpuLevel detectCpuLevel();
const char* cpuLevelName(CpuLevel level);

/// The two words of instruction-set bits of CORJIT_FLAGS for a level.
std::array<uint64_t, 2> instructionSetBits(CpuLevel level);

}  // namespace pyjion::clr
