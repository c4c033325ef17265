// SPDX-License-Identifier: MIT
// More room on a thread's data stack, where its frames lie, for frames that we push ourselves: python::push() takes
// what is there.
#pragma once

#include <Python.h>

#include <cstddef>

namespace pyjion::python {

/// Room for frames of so many words in all, to be given back when they are gone, and before what was there then goes.
/// (`push_chunk` of CPython 3.11 makes chunks like this one.)
class DataStackRoom {
  public:
    /// False, with nothing to be given back, when there is no memory.
    bool open(PyThreadState* ts, size_t words);
    void close(PyThreadState* ts) const;

  private:
    bool isOpen_ = false;
};

}  // namespace pyjion::python
