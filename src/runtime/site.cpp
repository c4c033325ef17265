// SPDX-License-Identifier: MIT
// The bits of exact types in profile cells. They have the positions of hir::Type's leaf types, which this folder may
// not include; a test compares them.
#include "runtime/site.h"

namespace pyjion::runtime {

TypeSet otherTypeBit(PyObject* object) {
    struct Known {
        PyTypeObject* type;
        TypeSet bit;
    };
    static constexpr Known kKnown[] = {
        {&PyUnicode_Type, kStrBit},    {&PyBool_Type, 1u << 2},      {&_PyNone_Type, 1u << 3},
        {&PyList_Type, 1u << 6},       {&PyTuple_Type, 1u << 5},     {&PyDict_Type, 1u << 7},
        {&PyRange_Type, kRangeBit},    {&PyRangeIter_Type, 1u << 9}, {&PyFunction_Type, 1u << 10},
        {&PyCFunction_Type, 1u << 11}, {&PyType_Type, 1u << 12},
    };
    PyTypeObject* type = Py_TYPE(object);
    for (const Known& known : kKnown) {
        if (type == known.type) {
            return known.bit;
        }
    }
    return kOtherBit;
}

}  // namespace pyjion::runtime
