// SPDX-License-Identifier: MIT
#include "passes/operand_unboxing.h"

#include "hir/generated/opcode.h"

namespace pyjion::passes {

using hir::Opcode;
using hir::ValueId;

ValueId makeConstant(hir::Builder& builder, const ConstantFact& fact) {
    switch (fact.kind) {
        case ConstantFact::Kind::Int:
            return builder.constInt(fact.integer);
        case ConstantFact::Kind::Double:
            return builder.constDouble(fact.real);
        case ConstantFact::Kind::Bool:
            return builder.constBool(fact.integer != 0);
        case ConstantFact::Kind::None:
        case ConstantFact::Kind::Other:
            break;
    }
    return {};
}

ValueId guardOperand(hir::Function& function, hir::Builder& builder, ValueId operand, hir::Type type,
                     hir::SnapshotId exit) {
    return function.values[operand].type.isSubtypeOf(type) ? operand : builder.guardType(operand, type, exit);
}

ValueId unboxOperand(hir::Function& function, hir::Builder& builder, const CodeFacts& facts, ValueId operand,
                     const NumberKind& kind, hir::SnapshotId exit) {
    const NumberSource source = numberSource(function, facts, operand);
    if (source.unboxed.valid() && function.values[source.unboxed].type == kind.unboxed) {
        return source.unboxed;
    }
    if (source.constant != nullptr && source.constant->kind == kind.constant) {
        return makeConstant(builder, *source.constant);
    }
    const ValueId object = guardOperand(function, builder, operand, kind.object, exit);
    if (kind.unbox == Opcode::UnboxInt) {
        return builder.unboxInt(object, exit);
    }
    return kind.unbox == Opcode::UnboxDouble ? builder.unboxDouble(object) : builder.unboxBool(object);
}

void releaseOperand(hir::Function& function, hir::Builder& builder, ValueId operand, hir::Type type) {
    const bool known = function.values[operand].type.isSubtypeOf(hir::kPlainData);
    builder.decRef(known ? operand : builder.assumeType(operand, type));
}

}  // namespace pyjion::passes
