// SPDX-License-Identifier: MIT
// For tests: lowers a function in HIR, compiles it by RyuJIT and runs it on a frame of its own, outside of any
// interpreter's activation. How it ends is text of the form that oracle/interpret.h gives, so that both can be
// compared.
#pragma once

#include <Python.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clr/native_code.h"
#include "deopt/metadata.h"
#include "hir/function.h"
#include "lower/lower.h"
#include "oracle/interpret.h"
#include "runtime/site.h"

namespace pyjion::driver::test {

struct Variant {
    const char* name;
    bool optimise;  // RyuJIT's optimisations
    bool quick;     // as in quick code
    bool spillAll;
};
/// The ways in which code is made.
inline constexpr Variant kVariants[] = {
    {"optimised", true, false, false},
    {"without RyuJIT's optimisations", false, false, false},
    {"quick", false, true, false},
    {"spilled", true, false, true},
};

class NativeRun {
  public:
    /// `problem` says why there is nothing to run, if so.
    NativeRun(const hir::Function& function, const oracle::Code& code, const Variant& variant);
    ~NativeRun();
    NativeRun(const NativeRun&) = delete;
    NativeRun& operator=(const NativeRun&) = delete;

    /// How a run ends. References of the objects in the entry are counted: one too many or too few is an end of its
    /// own.
    std::string run(const oracle::Entry& entry);

    std::string problem;
    /// It calls an intrinsic, which RyuJIT makes an instruction only when it optimises.
    bool needsOptimiser = false;

  private:
    uint64_t wordFor(lower::PoolRecipe recipe);
    std::string lowerAndCompile(const hir::Function& function, const Variant& variant);
    PyObject* object(const std::string& text);
    void fillFrame(const oracle::Entry& entry);
    std::string textOf(PyObject* object) const;
    std::string textOf(const deopt::SlotRecipe& recipe, uint32_t slot) const;
    std::string exitText() const;
    std::string raisedText(const deopt::Exit& exit) const;
    void takeOver(const deopt::SlotRecipe& recipe);
    std::string endOfExit();
    std::string endOfReturn(int64_t word);
    std::string referencesLeft() const;

    uint32_t localCount_;
    uint32_t slotCount_;
    bool returnsInt_ = false;
    const oracle::Code& code_;
    std::unique_ptr<clr::NativeCode> native_;
    deopt::ExitTable exits_;
    std::vector<runtime::Site> sites_;
    runtime::Site guardSite_;                 // of the only global that is known
    PyObject* globals_ = nullptr;             // owned
    std::vector<PyObject*> constants_;        // owned
    std::vector<PyObject*> held_;             // owned: what the entry named, to see its references
    std::map<PyObject*, std::string> names_;  // of objects that are no numbers
    std::vector<uint64_t> frame_;             // as _PyInterpreterFrame
    std::vector<uint64_t> exitBuffer_;
    std::vector<uint16_t> instructions_;
    int32_t evalBreaker_ = 0;
};

}  // namespace pyjion::driver::test
