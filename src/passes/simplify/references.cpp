// SPDX-License-Identifier: MIT
// Rules for references that are taken only to be given back. Whole webs of references are the business of
// elide_references.
#include "passes/simplify/rewriter.h"

namespace pyjion::passes {

using hir::InstrId;
using hir::Opcode;
using hir::ValueId;

namespace {

/// Turn this: DecRef v0                                               (v0 is null)
/// Into this: (nothing)
/// ReleaseQuietly likewise, here and below.
Rewritten decRefOfNull(Rewriter& rewriter, InstrId id) {
    bool isNull = rewriter.typeOf(rewriter.function.instrs[id].operands[0]).isSubtypeOf(hir::kNull);
    return isNull ? Rewritten(ValueId()) : std::nullopt;
}

/// Turn this: v1: own Object = IncRef v0
///            DecRef v1                                               (the only use of v1)
/// Into this: (nothing)
/// An exit between them would name v1 in its snapshot, so there is none, and nothing can tell when v0 is released.
Rewritten decRefOfCopy(Rewriter& rewriter, InstrId id) {
    ValueId input = rewriter.function.instrs[id].operands[0];
    InstrId copy = rewriter.definitionOf(input, Opcode::IncRef);
    copy = copy.valid() ? copy : rewriter.definitionOf(input, Opcode::CopyLocal);
    if (!copy.valid() || !rewriter.isOnlyUse(input)) {
        return std::nullopt;
    }
    rewriter.dropUses(copy);
    rewriter.function.remove(copy);
    return ValueId();
}

/// Turn this: ReleaseQuietly v0                                       (v0 is plain data)
/// Into this: DecRef v0
Rewritten releaseOfPlain(Rewriter& rewriter, InstrId id) {
    const ValueId input = hir::ReleaseQuietly(rewriter.function, id).input();
    if (!rewriter.typeOf(input).isSubtypeOf(hir::kPlainData)) {
        return std::nullopt;
    }
    rewriter.builder.decRef(input);
    return ValueId();
}

constexpr Rule kRules[] = {
    {Opcode::DecRef, "release_of_null", decRefOfNull},
    {Opcode::DecRef, "release_of_copy", decRefOfCopy},
    {Opcode::ReleaseQuietly, "release_of_null", decRefOfNull},
    {Opcode::ReleaseQuietly, "release_of_copy", decRefOfCopy},
    {Opcode::ReleaseQuietly, "release_of_plain", releaseOfPlain},
};

}  // namespace

std::span<const Rule> referenceRules() {
    return kRules;
}

}  // namespace pyjion::passes
