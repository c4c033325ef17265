// SPDX-License-Identifier: MIT
// Work inside the interpreter that the program must not notice: no Python code runs meanwhile, and the thread's state
// is afterwards what it was.
#pragma once

#include <Python.h>

#include <cfenv>
#include <cstdint>

namespace pyjion::python {

/// While it lives, the collector is off: a finalizer or a callback would be Python code. Floating-point arithmetic is
/// that of a fresh process. At its end errno, rounding mode and floating-point exceptions are those of the beginning.
class Undisturbed {
  public:
    /// `watched`: counts activations of Python code too. Costs two calls.
    explicit Undisturbed(bool watched);
    ~Undisturbed();
    Undisturbed(const Undisturbed&) = delete;
    Undisturbed& operator=(const Undisturbed&) = delete;

    /// What went wrong so far: null when nothing did.
    const char* disturbance() const;

  private:
    const int errno_;
    const bool collects_;
    const PyObject* const error_;
    const bool watched_;
    std::fenv_t floatingPoint_;
    _PyFrameEvalFunction evaluator_ = nullptr;
};

}  // namespace pyjion::python
