// SPDX-License-Identifier: MIT
// The bits of profile cells are those of hir's leaf types.
#include <gtest/gtest.h>

#include "hir/type.h"
#include "runtime/site.h"
#include "runtime/testing_operands.h"

namespace pyjion::driver {
namespace {

using namespace runtime;
using namespace runtime::testing;

TEST(SiteTest, TypeBitsAreThoseOfHir) {
    python::ensureInterpreter();
    struct Case {
        const char* expression;
        hir::Type type;
    };
    const Case cases[] = {
        {"1", hir::kLongExact},
        {"1.5", hir::kFloatExact},
        {"True", hir::kBoolExact},
        {"None", hir::kNoneExact},
        {"'s'", hir::kStrExact},
        {"()", hir::kTupleExact},
        {"[]", hir::kListExact},
        {"{}", hir::kDictExact},
        {"range(3)", hir::kRangeExact},
        {"iter(range(3))", hir::kRangeIterExact},
        {"(lambda: 0)", hir::kFunctionExact},
        {"len", hir::kBuiltinExact},
        {"int", hir::kTypeObject},
        {"b''", hir::kOtherObject},
        {"IntChild(1)", hir::kOtherObject},
        {"FloatChild(1)", hir::kOtherObject},
        {"type('Meta', (type,), {})('Class', (), {})", hir::kOtherObject},
        {"[].append", hir::kBuiltinExact},
    };
    for (const Case& test : cases) {
        PyObject* object = operand(test.expression);
        EXPECT_EQ(typeBit(object), test.type.bits()) << test.expression;
        Py_DECREF(object);
    }
    EXPECT_EQ(kStrBit, hir::kStrExact.bits());
    EXPECT_EQ(kRangeBit, hir::kRangeExact.bits());
}

}  // namespace
}  // namespace pyjion::driver
