// SPDX-License-Identifier: MIT
// The value stack, constants, locals, globals.
#include "frontend/translation.h"

namespace pyjion::frontend {

using bytecode::Instruction;

void Handlers::nothing(Translation&, const Instruction&) {}

void Handlers::popTop(Translation& t, const Instruction&) {
    hir::ValueId value = t.pop();
    t.build_.decRef(value, t.snapshotHere());
}

void Handlers::copy(Translation& t, const Instruction& i) {
    t.push(t.build_.incRef(t.peek(i.argument - 1)));
}

void Handlers::swap(Translation& t, const Instruction& i) {
    std::swap(t.peek(0), t.peek(i.argument - 1));
}

void Handlers::pushNull(Translation& t, const Instruction&) {
    t.push(t.build_.null());
}

void Handlers::loadConst(Translation& t, const Instruction& i) {
    t.push(t.build_.incRef(t.build_.loadConst(i.argument, t.input_.constantTypes[i.argument])));
}

void Handlers::loadFast(Translation& t, const Instruction& i) {
    const bool bound = t.input_.assigned != nullptr && t.input_.assigned->isBound(t.ordinal_);
    t.push(bound ? t.build_.loadBoundLocal(i.argument) : t.build_.loadLocal(i.argument, t.snapshotHere()));
}

void Handlers::storeFast(Translation& t, const Instruction& i) {
    hir::ValueId value = t.pop();
    t.build_.storeLocal(value, i.argument, t.snapshotHere());
}

/// The low bit of the argument asks for the empty half of a call's pair below the value.
/// The empty half of a call's pair comes first: where code is left behind the instruction, it is below the result.
void Handlers::loadGlobal(Translation& t, const Instruction& i) {
    if ((i.argument & 1) != 0) {
        t.push(t.build_.null());
    }
    t.push(t.build_.loadGlobal(i.argument >> 1, t.site(), t.snapshotHere()));
}

void Handlers::storeGlobal(Translation& t, const Instruction& i) {
    hir::ValueId value = t.pop();
    t.build_.storeGlobal(value, i.argument, t.site(), t.snapshotHere());
}

void Handlers::loadName(Translation& t, const Instruction& i) {
    if (t.input_.namesAreGlobal) {
        t.push(t.build_.loadGlobal(i.argument, t.site(), t.snapshotHere()));
    } else {
        operate<hir::Operation::LoadName>(t, i);
    }
}

void Handlers::storeName(Translation& t, const Instruction& i) {
    if (t.input_.namesAreGlobal) {
        storeGlobal(t, i);
    } else {
        perform<hir::Operation::StoreName>(t, i);
    }
}

}  // namespace pyjion::frontend
