// SPDX-License-Identifier: MIT
// Each binary operator against its PyNumber_* function over all pairs of edge operands.
#include "runtime/arithmetic.h"

#include <gtest/gtest.h>

#include "runtime/testing_operands.h"

namespace pyjion::runtime {
namespace {

using namespace testing;

using BinaryHelper = PyObject* (*)(PyObject*, PyObject*, Site*);

struct Operator {
    const char* name;
    BinaryHelper helper;
    binaryfunc expected;
};

const Operator kOperators[] = {
    {"add", add, PyNumber_Add},
    {"subtract", subtract, PyNumber_Subtract},
    {"multiply", multiply, PyNumber_Multiply},
    {"trueDivide", trueDivide, PyNumber_TrueDivide},
    {"floorDivide", floorDivide, PyNumber_FloorDivide},
    {"modulo", modulo, PyNumber_Remainder},
    {"inplaceAdd", inplaceAdd, PyNumber_InPlaceAdd},
    {"inplaceSubtract", inplaceSubtract, PyNumber_InPlaceSubtract},
    {"inplaceMultiply", inplaceMultiply, PyNumber_InPlaceMultiply},
    {"inplaceTrueDivide", inplaceTrueDivide, PyNumber_InPlaceTrueDivide},
    {"inplaceFloorDivide", inplaceFloorDivide, PyNumber_InPlaceFloorDivide},
    {"inplaceModulo", inplaceModulo, PyNumber_InPlaceRemainder},
};

std::string expectedOutcome(const Operator& op, const std::string& left, const std::string& right) {
    PyObject* leftObject = operand(left);
    PyObject* rightObject = operand(right);
    PyObject* result = op.expected(leftObject, rightObject);
    Py_DECREF(leftObject);
    Py_DECREF(rightObject);
    return outcome(result);
}

/// Products and repetitions of these would be too large to make.
bool isUnreasonable(const std::string& left, const std::string& right) {
    auto isSequence = [](const std::string& text) { return text.find_first_of("'([") == 0; };
    auto isLarge = [](const std::string& text) { return text.find("2**") == 0; };
    return (isSequence(left) && isLarge(right)) || (isSequence(right) && isLarge(left));
}

class ArithmeticTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { python::ensureInterpreter(); }

    template <typename Check>
    void forAllPairs(Check check) {
        for (const Operator& op : kOperators) {
            for (const std::string& left : edgeOperands()) {
                for (const std::string& right : edgeOperands()) {
                    if (!isUnreasonable(left, right)) {
                        SCOPED_TRACE(std::string(op.name) + " of " + left + " and " + right);
                        check(op, left, right);
                    }
                }
            }
        }
    }
};

TEST_F(ArithmeticTest, OperandsHeldElsewhereKeepTheirValue) {
    forAllPairs([](const Operator& op, const std::string& left, const std::string& right) {
        HeldOperand leftObject(operand(left));
        HeldOperand rightObject(operand(right));
        const bool mutates = PyList_Check(leftObject.get());
        const std::string leftBefore = python::reprOf(leftObject.get());
        Site site;
        const std::string expected = expectedOutcome(op, left, right);
        leftObject.recount();
        rightObject.recount();
        EXPECT_EQ(outcome(op.helper(leftObject.give(), rightObject.give(), &site)), expected);
        EXPECT_EQ(leftObject.excess(), 0);
        EXPECT_EQ(rightObject.excess(), 0);
        // A long result adds to the profile.
        EXPECT_EQ(site.seenLeft | kOtherBit, profileOf(leftObject.get()) | kOtherBit);
        EXPECT_EQ(site.seenLeft & profileOf(leftObject.get()), profileOf(leftObject.get()));
        EXPECT_EQ(site.seenRight, profileOf(rightObject.get()));
        if (!mutates) {
            EXPECT_EQ(python::reprOf(leftObject.get()), leftBefore);
        }
    });
}

TEST_F(ArithmeticTest, LongIntsAreSeen) {
    Site site;
    EXPECT_EQ(outcome(add(operand("2**59"), operand("-2**59"), &site)), "int 0");
    EXPECT_EQ(site.seenLeft, kIntBit);
    EXPECT_EQ(site.seenRight, kIntBit);
    EXPECT_EQ(outcome(multiply(operand("2**40"), operand("2**40"), &site)), "int 1208925819614629174706176");
    EXPECT_EQ(site.seenLeft, kIntBit | kOtherBit);
    EXPECT_EQ(site.seenRight, kIntBit);
    EXPECT_EQ(outcome(floorDivide(operand("1"), operand("2**90"), &site)), "int 0");
    EXPECT_EQ(site.seenRight, kIntBit | kOtherBit);
}

TEST_F(ArithmeticTest, DyingOperandsGiveTheSameResults) {
    forAllPairs([](const Operator& op, const std::string& left, const std::string& right) {
        Site site;
        EXPECT_EQ(outcome(op.helper(operand(left), operand(right), &site)), expectedOutcome(op, left, right));
    });
}

TEST_F(ArithmeticTest, OneObjectMayBeBothOperands) {
    for (const Operator& op : kOperators) {
        for (const std::string& text : edgeOperands()) {
            if (text.find("(") == 0 || text.find("[") == 0) {
                continue;
            }
            SCOPED_TRACE(std::string(op.name) + " of " + text);
            PyObject* object = operand(text);
            const std::string expected = outcome(op.expected(object, object));
            Py_INCREF(object);
            Site site;
            EXPECT_EQ(outcome(op.helper(object, object, &site)), expected);
        }
    }
}

TEST_F(ArithmeticTest, DyingFloatIsReused) {
    Site site;
    PyObject* left = PyFloat_FromDouble(1.5);
    PyObject* result = add(left, operand("1"), &site);
    EXPECT_EQ(result, left);
    EXPECT_EQ(PyFloat_AsDouble(result), 2.5);
    PyObject* right = result;
    result = multiply(operand("3"), right, &site);
    EXPECT_EQ(result, right);
    EXPECT_EQ(PyFloat_AsDouble(result), 7.5);
    EXPECT_EQ(Py_REFCNT(result), 1);
    Py_DECREF(result);
}

TEST_F(ArithmeticTest, SmallResultsAreTheCachedObjects) {
    Site site;
    PyObject* hundred = operand("100");
    PyObject* result = subtract(operand("2**29"), operand("2**29-100"), &site);
    EXPECT_EQ(result, hundred);
    Py_DECREF(result);
    Py_DECREF(hundred);
}

TEST_F(ArithmeticTest, SiteCollectsTypes) {
    Site site;
    Py_DECREF(add(operand("1"), operand("1"), &site));
    Py_DECREF(add(operand("1.5"), operand("1"), &site));
    EXPECT_EQ(site.seenLeft, kIntBit | kFloatBit);
    EXPECT_EQ(site.seenRight, kIntBit);
}

TEST_F(ArithmeticTest, TracingSwitchedOnByAnOperatorStashesTheResult) {
    PyObject* tracer = makeTracer("__add__", "'sum'");
    Site site;
    EXPECT_EQ(add(tracer, operand("1"), &site), nullptr);
    EXPECT_EQ(PyErr_Occurred(), nullptr);
    PyObject* result = takeStashed();
    stopTracing();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(outcome(result), "str 'sum'");
}

TEST_F(ArithmeticTest, NoStashForFailureUnderTracing) {
    PyObject* tracer = makeTracer("__add__", "1 // 0");
    Site site;
    EXPECT_EQ(outcome(add(tracer, operand("1"), &site)), "ZeroDivisionError: integer division or modulo by zero");
    EXPECT_EQ(takeStashed(), nullptr);
    stopTracing();
}

/// Counts how often a Python object is resized, which is what extending a string in place does, while it lives.
class CountedReallocations {
  public:
    CountedReallocations() {
        PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &original_);
        PyMemAllocatorEx counting = original_;
        counting.ctx = this;
        counting.malloc = [](void* self, size_t size) { return of(self).malloc(of(self).ctx, size); };
        counting.calloc = [](void* self, size_t n, size_t size) { return of(self).calloc(of(self).ctx, n, size); };
        counting.realloc = [](void* self, void* block, size_t size) {
            static_cast<CountedReallocations*>(self)->count_++;
            return of(self).realloc(of(self).ctx, block, size);
        };
        counting.free = [](void* self, void* block) { of(self).free(of(self).ctx, block); };
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &counting);
    }
    ~CountedReallocations() { PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &original_); }
    CountedReallocations(const CountedReallocations&) = delete;
    CountedReallocations& operator=(const CountedReallocations&) = delete;

    int count() const { return count_; }

  private:
    static PyMemAllocatorEx& of(void* self) { return static_cast<CountedReallocations*>(self)->original_; }

    PyMemAllocatorEx original_;
    int count_ = 0;
};

TEST_F(ArithmeticTest, LocalStringIsExtendedInPlace) {
    for (auto helper : {addLocal, inplaceAddLocal}) {
        Site site;
        PyObject* local = operand("''.join(['ab'] * 300)");  // not hashed, as constants are
        const HeldOperand piece(operand("'xyz'"));
        CountedReallocations reallocations;
        for (int i = 0; i < 200; i++) {
            Py_INCREF(local);
            PyObject* result = helper(local, piece.give(), &site, &local);
            ASSERT_NE(result, nullptr);
            ASSERT_EQ(local, nullptr);
            ASSERT_EQ(Py_REFCNT(result), 1);
            local = result;
        }
        EXPECT_EQ(PyUnicode_GET_LENGTH(local), 600 + 600);
        EXPECT_EQ(reallocations.count(), 200);
        EXPECT_EQ(piece.excess(), 0);
        EXPECT_EQ(site.seenLeft, kStrBit);
        Py_DECREF(local);
    }
}

TEST_F(ArithmeticTest, LocalStringThatOthersHoldStaysAsItIs) {
    Site site;
    PyObject* local = operand("'ab' * 3");
    PyObject* held = local;
    Py_INCREF(held);
    Py_INCREF(local);
    PyObject* result = inplaceAddLocal(local, operand("'c'"), &site, &local);
    EXPECT_EQ(local, nullptr);
    EXPECT_EQ(Py_REFCNT(held), 1);
    EXPECT_EQ(outcome(result), "str 'abababc'");
    EXPECT_EQ(outcome(held), "str 'ababab'");
}

TEST_F(ArithmeticTest, AddLocalFallsBack) {
    Site site;
    PyObject* local = operand("'other'");
    EXPECT_EQ(outcome(addLocal(operand("'a' * 2"), operand("'b'"), &site, &local)), "str 'aab'");
    EXPECT_EQ(outcome(addLocal(operand("'a' * 2"), operand("'b'"), &site, nullptr)), "str 'aab'");
    EXPECT_EQ(outcome(local), "str 'other'");
    PyObject* list = operand("[1]");
    Py_INCREF(list);
    PyObject* result = inplaceAddLocal(list, operand("(2,)"), &site, &list);
    EXPECT_EQ(result, list);
    Py_DECREF(result);
    EXPECT_EQ(outcome(list), "list [1, 2]");
}

}  // namespace
}  // namespace pyjion::runtime
