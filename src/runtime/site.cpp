// SPDX-License-Identifier: MIT
// The bits of exact types in profile cells. They have the positions of hir::Type's leaf types, which this folder may
// not include; a test compares them.
#include "runtime/site.h"

#include <bit>

namespace pyjion::runtime {
namespace {

struct Known {
    PyTypeObject* type;
    TypeSet bit;
};

/// By the flag that subclasses inherit from them, Py_TPFLAGS_LONG_SUBCLASS and those above it.
constexpr Known kFlagged[] = {
    {&PyBool_Type, kBoolBit},                                                    // the one subclass of int that matters
    {&PyList_Type, kListBit}, {&PyTuple_Type, kTupleBit}, {nullptr, kOtherBit},  // bytes
    {nullptr, kOtherBit},                                                        // subclasses of str
    {&PyDict_Type, kDictBit}, {nullptr, kOtherBit},                              // exceptions
    {&PyType_Type, kTypeBit},
};
constexpr int kFirstFlag = 24;
static_assert(Py_TPFLAGS_LONG_SUBCLASS == 1UL << kFirstFlag && Py_TPFLAGS_TYPE_SUBCLASS == 1UL << 31);

constexpr Known kOthers[] = {
    {&_PyNone_Type, kNoneBit},  {&PyFunction_Type, kFunctionBit},   {&PyCFunction_Type, kBuiltinBit},
    {&PyRange_Type, kRangeBit}, {&PyRangeIter_Type, kRangeIterBit},
};

}  // namespace

TypeSet otherTypeBit(PyTypeObject* type) {
    if (const auto flags = static_cast<uint32_t>(type->tp_flags >> kFirstFlag & 0xff)) {
        const Known& known = kFlagged[std::countr_zero(flags)];
        return type == known.type ? known.bit : kOtherBit;
    }
    for (const Known& known : kOthers) {
        if (type == known.type) {
            return known.bit;
        }
    }
    return kOtherBit;
}

}  // namespace pyjion::runtime
