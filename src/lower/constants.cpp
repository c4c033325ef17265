// SPDX-License-Identifier: MIT
// Constants are made where they are used (values.cpp); their instructions emit nothing.
#include "lower/lowering.h"

namespace pyjion::lower {

void Lowering::visit(hir::LoadConst) {}
void Lowering::visit(hir::KnownObject) {}
void Lowering::visit(hir::ConstInt) {}
void Lowering::visit(hir::ConstDouble) {}
void Lowering::visit(hir::ConstBool) {}
void Lowering::visit(hir::Null) {}

}  // namespace pyjion::lower
