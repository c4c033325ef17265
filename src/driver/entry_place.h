// SPDX-License-Identifier: MIT
// What the code unit is at which a piece of code is entered.
#pragma once

#include <Python.h>

#include <cstdint>

namespace pyjion::driver {

enum class EntryPlace : uint8_t {
    Start,       // of the function
    Loop,        // its header
    Resumption,  // where a generator goes on
    Handler,     // of exceptions
};
EntryPlace entryPlace(PyCodeObject* code, int32_t unit);

/// Of the source. Handlers begin with instructions that are of no line: theirs is the first one behind them.
int32_t lineOfEntry(PyCodeObject* code, int32_t unit);

}  // namespace pyjion::driver
