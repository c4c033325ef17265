// SPDX-License-Identifier: MIT
// A broken invariant of a body: what verify() (verify.h) and its parts find.
#pragma once

#include <cstdint>
#include <string>

namespace pyjion::cil {

struct VerifyError {
    static constexpr uint32_t kNoInstruction = UINT32_MAX;
    uint32_t instruction = kNoInstruction;  // index into Body::code; kNoInstruction for the body as a whole
    uint32_t invariant = 0;
    std::string message;
};

}  // namespace pyjion::cil
