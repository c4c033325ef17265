// SPDX-License-Identifier: MIT
#include "runtime/entry.h"

#include <utility>

#include "deopt/leave.h"
#include "runtime/boxing.h"

namespace pyjion::runtime {

PyObject* CompiledBody::objectOf(int64_t word) {
    return word != deopt::kNoInt ? boxInt(word) : std::exchange(deopt::returnedObject, nullptr);
}

PyObject* CompiledBody::boxResult(PyThreadState* ts, _PyInterpreterFrame* frame, int32_t resumePoint) {
    return objectOf(entryOf(python::code(frame))->body.intFunction(ts, frame, resumePoint));
}

}  // namespace pyjion::runtime
