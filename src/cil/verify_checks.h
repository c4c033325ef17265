// SPDX-License-Identifier: MIT
// The two halves of cil::verify, and the list of errors that they share. Only verify.cpp uses this.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "cil/body.h"
#include "cil/verify_error.h"

namespace pyjion::cil {

class Errors {
  public:
    template <typename... Args>
    void add(uint32_t instruction, uint32_t invariant, fmt::format_string<Args...> text, Args&&... args) {
        list_.push_back({instruction, invariant, fmt::format(text, std::forward<Args>(args)...)});
    }
    std::vector<VerifyError> take() {
        // kNoInstruction becomes 0 and so comes first.
        auto key = [](const VerifyError& e) { return std::pair(e.instruction + 1, e.invariant); };
        std::stable_sort(list_.begin(), list_.end(),
                         [=](const VerifyError& a, const VerifyError& b) { return key(a) < key(b); });
        return std::move(list_);
    }

  private:
    std::vector<VerifyError> list_;
};

/// V1 to V6: what can be said without following control flow.
void checkSyntax(const Body& body, Errors& errors);

/// V7 to V16: follows control flow with the types on the stack.
void checkTypes(const Body& body, Errors& errors);

}  // namespace pyjion::cil
