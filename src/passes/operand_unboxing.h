// SPDX-License-Identifier: MIT
// What passes that specialise operations do with an operand: guard its type, take its number, give it back.
#pragma once

#include "hir/function.h"
#include "hir/generated/builder.h"
#include "passes/number_source.h"
#include "passes/pass.h"

namespace pyjion::passes {

/// The unboxed value of a constant; invalid for one that is no number.
hir::ValueId makeConstant(hir::Builder& builder, const ConstantFact& fact);

/// The operand as an object of this type; leaves when it is another one.
hir::ValueId guardOperand(hir::Function& function, hir::Builder& builder, hir::ValueId operand, hir::Type type,
                          hir::SnapshotId exit);

/// The operand's number, from where it is known already if it is; leaves when it is none of the kind.
hir::ValueId unboxOperand(hir::Function& function, hir::Builder& builder, const CodeFacts& facts, hir::ValueId operand,
                          const NumberKind& kind, hir::SnapshotId exit);

/// Gives back an operand that is known to have a plain type now, without effects.
void releaseOperand(hir::Function& function, hir::Builder& builder, hir::ValueId operand, hir::Type type);

}  // namespace pyjion::passes
