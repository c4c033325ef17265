// SPDX-License-Identifier: MIT
#include "driver/entry_place.h"

#include "python/exception_table.h"
#include "python/generator.h"

namespace pyjion::driver {

EntryPlace entryPlace(PyCodeObject* code, int32_t unit) {
    if (unit == 0) {
        return EntryPlace::Start;
    }
    if (python::goesOnAt(code, unit)) {
        return EntryPlace::Resumption;
    }
    return python::isHandler(code, unit) ? EntryPlace::Handler : EntryPlace::Loop;
}

int32_t lineOfEntry(PyCodeObject* code, int32_t unit) {
    if (unit == 0) {
        return code->co_firstlineno;
    }
    const auto units = static_cast<int32_t>(Py_SIZE(code));
    int32_t line = -1;
    for (; line < 0 && unit < units; unit++) {
        line = PyCode_Addr2Line(code, 2 * unit);
    }
    return line;
}

}  // namespace pyjion::driver
