// SPDX-License-Identifier: MIT
// A running compiled function around a helper under test, for helpers that look at the frame that calls them.
#pragma once

#include "python/embedded_interpreter.h"
#include "python/test_activation.h"

namespace pyjion::runtime {

class RunningFunction {
  public:
    RunningFunction()
        : names_(python::runPython("def function(): pass")),
          activation_(PyDict_GetItemString(names_.get(), "function"), PyTuple_New(0)) {}
    ~RunningFunction() {
        python::finishFrame(activation_.ts(), activation_.frame());
        activation_.end(nullptr);
    }

  private:
    python::Ref<> names_;
    python::TestActivation activation_;
};

}  // namespace pyjion::runtime
