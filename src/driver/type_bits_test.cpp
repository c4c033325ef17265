// SPDX-License-Identifier: MIT
// The bits of profile cells are those of hir's leaf types.
#include <gtest/gtest.h>

#include "driver/pool.h"
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

/// A guard compares with the type object of the leaf; a leaf without one would end the process when it is bound.
TEST(PoolTest, EachExactTypeHasItsTypeObject) {
    python::ensureInterpreter();
    const hir::Type exact = hir::kObject - hir::kOtherObject;
#define TYPE(name, bit)                                                                    \
    if (hir::k##name.isSubtypeOf(exact)) {                                                 \
        auto* type = static_cast<const PyTypeObject*>(builtinType(hir::k##name));          \
        const TypeSet found = otherTypeBit(const_cast<PyTypeObject*>(type));               \
        EXPECT_TRUE(found == hir::k##name.bits() || found == kOtherBit) << #name << found; \
    }
    PYJION_HIR_LEAF_TYPES(TYPE)
#undef TYPE
}

}  // namespace
}  // namespace pyjion::driver
