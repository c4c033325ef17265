// SPDX-License-Identifier: MIT
// Which objects are nothing but numbers: an int that was just made and that nobody but one call gets can be passed
// unboxed, since nobody can tell it from another one with its value.
#pragma once

#include <vector>

#include "hir/function.h"

namespace pyjion::passes {

class NewNumbers {
  public:
    explicit NewNumbers(const hir::Function& function);

    /// The object was boxed here, and `user` alone gets it: what else uses it looks at the number or gives it back.
    bool isNewNumber(hir::ValueId object, hir::InstrId user) const;
    /// Nothing that has the object, copies included, keeps it or passes it on, but `user`.
    bool isKeptFromOthers(hir::ValueId object, hir::InstrId user) const;

  private:
    const hir::Function& function_;
    const std::vector<std::vector<hir::InstrId>> users_;
};

/// Passes the numbers of arguments of a CallSelf in the place of their objects, which are given back in front of it.
void passNumbers(hir::Function& function, hir::InstrId call, const std::vector<bool>& arguments);

}  // namespace pyjion::passes
