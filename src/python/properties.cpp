// SPDX-License-Identifier: MIT
#include "python/properties.h"

#include <structmember.h>

#include <cstring>

#include "base/check.h"

namespace pyjion::python {

uint32_t getterOffset() {
    static const uint32_t offset = [] {
        const PyMemberDef* member = PyProperty_Type.tp_members;
        while (member->name != nullptr && std::strcmp(member->name, "fget") != 0) {
            ++member;
        }
        PYJION_CHECK(member->name != nullptr, "properties have no fget");
        return static_cast<uint32_t>(member->offset);
    }();
    return offset;
}

PyObject* getterFunction(PyObject* object) {
    if (!Py_IS_TYPE(object, &PyProperty_Type)) {
        return nullptr;
    }
    PyObject* function = nullptr;
    std::memcpy(&function, reinterpret_cast<const char*>(object) + getterOffset(), sizeof(function));
    return function != nullptr && PyFunction_Check(function) ? function : nullptr;
}

}  // namespace pyjion::python
