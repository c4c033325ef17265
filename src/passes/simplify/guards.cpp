// SPDX-License-Identifier: MIT
// Rules for guards and assumptions about objects: those that are known to hold go, those that cannot hold leave.
#include "hir/instruction.h"
#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::Type;
using hir::ValueId;

namespace {

/// Turn this: v1: borrow LongExact = GuardType v0, type LongExact    (v0 is a LongExact)
/// Into this: v0
/// Turn this: v1: borrow Bottom = GuardType v0, type LongExact       (v0 is a StrExact)
/// Into this: Deoptimise reason TypeChanged
Rewritten guardOfKnownType(Rewriter& rewriter, InstrId id) {
    hir::GuardType guard(rewriter.function, id);
    Type type = rewriter.typeOf(guard.input());
    if (!type.mayBe(guard.type())) {
        return rewriter.leave(id, hir::ExitReason::TypeChanged);
    }
    if (type.isSubtypeOf(guard.type()) && rewriter.canStandFor(guard.input(), guard.result())) {
        return guard.input();
    }
    return std::nullopt;
}

/// Turn this: v1: borrow Object = GuardBound v0                      (v0 is never null)
/// Into this: v0
/// Turn this: v1: borrow Bottom = GuardBound v0                      (v0 is always null)
/// Into this: Deoptimise reason UnboundLocal
Rewritten guardOfBoundLocal(Rewriter& rewriter, InstrId id) {
    hir::GuardBound guard(rewriter.function, id);
    Type type = rewriter.typeOf(guard.input());
    if (type.isSubtypeOf(hir::kNull)) {
        return rewriter.leave(id, hir::ExitReason::UnboundLocal);
    }
    if (!type.mayBe(hir::kNull) && rewriter.canStandFor(guard.input(), guard.result())) {
        return guard.input();
    }
    return std::nullopt;
}

/// Turn this: v1: borrow Object = GuardThere v0                      (v0 is never null)
/// Into this: v0
Rewritten guardOfThere(Rewriter& rewriter, InstrId id) {
    const hir::GuardThere guard(rewriter.function, id);
    const bool isThere = !rewriter.typeOf(guard.input()).mayBe(hir::kNull);
    return isThere && rewriter.canStandFor(guard.input(), guard.result()) ? Rewritten(guard.input()) : std::nullopt;
}

/// Turn this: GuardTrue v0, reason R                                 (v0 is ConstBool true)
/// Into this: (nothing)
/// Turn this: GuardTrue v0, reason R                                 (v0 is ConstBool false)
/// Into this: Deoptimise reason R
Rewritten guardOfConstant(Rewriter& rewriter, InstrId id) {
    hir::GuardTrue guard(rewriter.function, id);
    std::optional<bool> condition = rewriter.constantBool(guard.condition());
    if (!condition) {
        return std::nullopt;
    }
    return *condition ? Rewritten(ValueId()) : rewriter.leave(id, guard.reason());
}

/// Turn this: GuardQuietEnd v0                                       (v0 is plain data)
/// Into this: (nothing)
Rewritten guardOfPlainEnd(Rewriter& rewriter, InstrId id) {
    const Type type = rewriter.typeOf(hir::GuardQuietEnd(rewriter.function, id).input());
    return type.isSubtypeOf(hir::kPlainData) ? Rewritten(ValueId()) : std::nullopt;
}

/// Turn this: GuardQuietEnd v0, v1, given 1                          (v1 is plain data, or never what v0 is)
/// Into this: GuardQuietEnd v0, given 1
/// If both are the same plain data, its end is quiet in any case.
Rewritten guardOfEndBeside(Rewriter& rewriter, InstrId id) {
    const hir::GuardQuietEnd guard(rewriter.function, id);
    std::vector<ValueId> also;
    for (ValueId other : guard.also()) {
        const Type type = rewriter.typeOf(other);
        if (!type.isSubtypeOf(hir::kPlainData) && type.mayBe(rewriter.typeOf(guard.input()))) {
            also.push_back(other);
        }
    }
    if (also.size() == guard.also().size()) {
        return std::nullopt;
    }
    rewriter.builder.guardQuietEnd(guard.input(), std::move(also), guard.given(), guard.snapshot());
    return ValueId();
}

/// Turn this: v1: Bool = TestNone v0                                 (v0 is None; never None)
/// Into this: v1: Bool = ConstBool true; false
Rewritten testOfKnownNone(Rewriter& rewriter, InstrId id) {
    const Type type = rewriter.typeOf(hir::TestNone(rewriter.function, id).input());
    if (type == hir::kNoneExact) {
        return rewriter.builder.constBool(true);
    }
    return type.mayBe(hir::kNoneExact) ? std::nullopt : Rewritten(rewriter.builder.constBool(false));
}

/// Turn this: v1: own Object = AssumeNotNull v0                      (v0 is never null)
/// Into this: v0
Rewritten assumeNotNullOfObject(Rewriter& rewriter, InstrId id) {
    hir::AssumeNotNull assumption(rewriter.function, id);
    bool known = !rewriter.typeOf(assumption.input()).mayBe(hir::kNull);
    return known ? Rewritten(assumption.input()) : std::nullopt;
}

/// Turn this: v1: own LongExact = AssumeType v0, type LongExact      (v0 is a LongExact)
/// Into this: v0
Rewritten assumeTypeOfKnown(Rewriter& rewriter, InstrId id) {
    hir::AssumeType assumption(rewriter.function, id);
    bool known = rewriter.typeOf(assumption.input()).isSubtypeOf(assumption.type());
    return known ? Rewritten(assumption.input()) : std::nullopt;
}

/// Turn this: v1: Bool = IsNull v0                                   (v0 is never null; always null)
/// Into this: v1: Bool = ConstBool false; true
Rewritten isNullOfKnown(Rewriter& rewriter, InstrId id) {
    Type type = rewriter.typeOf(hir::IsNull(rewriter.function, id).input());
    if (!type.mayBe(hir::kNull)) {
        return rewriter.builder.constBool(false);
    }
    return type.isSubtypeOf(hir::kNull) ? Rewritten(rewriter.builder.constBool(true)) : std::nullopt;
}

constexpr Rule kRules[] = {
    {hir::Opcode::GuardQuietEnd, "guard_of_plain_end", guardOfPlainEnd},
    {hir::Opcode::GuardQuietEnd, "guard_of_end_beside", guardOfEndBeside},
    {hir::Opcode::TestNone, "test_of_known_none", testOfKnownNone},
    {hir::Opcode::GuardType, "guard_of_known_type", guardOfKnownType},
    {hir::Opcode::GuardBound, "guard_of_bound_local", guardOfBoundLocal},
    {hir::Opcode::GuardThere, "guard_of_there", guardOfThere},
    {hir::Opcode::GuardTrue, "guard_of_constant", guardOfConstant},
    {hir::Opcode::AssumeNotNull, "assume_not_null_of_object", assumeNotNullOfObject},
    {hir::Opcode::AssumeType, "assume_type_of_known", assumeTypeOfKnown},
    {hir::Opcode::IsNull, "is_null_of_known", isNullOfKnown},
};

}  // namespace

std::span<const Rule> guardRules() {
    return kRules;
}

}  // namespace pyjion::passes
