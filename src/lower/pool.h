// SPDX-License-Identifier: MIT
// Recipes for the words of a function's constant pool. The lowering says what a word is; the driver binds it for this
// process. Nothing here is an address, so that the same code could be linked again elsewhere.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cil/builder.h"

namespace pyjion::lower {

enum class PoolKind : uint8_t {
    Helper,             // address of a row of runtime/helpers.def
    Constant,           // object of the code object's constants
    Name,               // name of the code object's names
    KnownObject,        // object that the compiler found
    Site,               // a bytecode's runtime::Site
    GuardSite,          // runtime::Site of a guard on what the name of a site means
    LoopCounter,        // a loop's runtime::LoopCounter
    FirstInstruction,   // the code object's first code unit
    CallCache,          // runtime::CallCache of a callee
    CallEntry,          // runtime::CodeEntry of a callee
    EvalBreaker,        // the interpreter's eval breaker
    AllocationTracing,  // *python::allocationTracing()
    StackRoom,          // python::stackRoom
    ReferenceTotal,     // the total of all reference counts (abi::kReferencesAreTotalled)
    BuiltinType,        // type object of a leaf of hir::Type (index: its bit)
    ListIterator,       // type object of iterators over lists
    TupleIterator,      // ... over tuples
    Enumerate,          // type object of enumerate()
    Zip,                // ... of zip()
    ModuleType,         // type object of modules
    None,
    NotImplemented,
    True,
    False,
    Leave,             // deopt::leave
    LeaveWithoutInt,   // deopt::leaveWithoutInt
    Unwind,            // deopt::unwind
    UnwindWithoutInt,  // deopt::unwindWithoutInt
    CurrentThread,     // where the thread is that has the GIL
    SelfBody,          // the frameless body, when there is one
    ExitTable,         // this code's deopt::ExitTable
    ExitBuffer,        // where exits store values
};

struct PoolRecipe {
    PoolKind kind;
    uint32_t index = 0;
    auto operator<=>(const PoolRecipe&) const = default;
};

/// The pool under construction: one entry per different recipe.
class Pool {
  public:
    explicit Pool(cil::Builder& cil) : cil_(cil) {}

    cil::PoolId entry(PoolRecipe recipe, std::string_view name);
    const std::vector<PoolRecipe>& recipes() const { return recipes_; }

  private:
    cil::Builder& cil_;
    std::map<PoolRecipe, cil::PoolId> entries_;
    std::vector<PoolRecipe> recipes_;
};

}  // namespace pyjion::lower
