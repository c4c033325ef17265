// SPDX-License-Identifier: MIT
// The rules, by number:
//
//  1. The entry block has no parameters. A block's last instruction, and no other, is a terminator. Instructions,
//  blocks,
//     values and snapshots that belong together name each other.
//  2. An instruction has as many operands, immediates and targets as its row says, and immediates are in range.
//  3. A block gets as many arguments as it has parameters; each argument has a subtype of its parameter's type. An
//  owned
//     parameter takes an owned argument, a borrowed one any object, an unboxed one an unboxed value.
//  4. An operand has a subtype of the type in the row. `consumes` takes owned values, `borrows` any object, and
//  operands
//     without a word about references take unboxed values.
//  5. A result has the type and ownership of the row. Its type may be narrower than a fixed type and wider than what
//     follows from the operands now. Object and Null values are owned or borrowed; unboxed ones are neither.
//  6. On every path from the entry, a value is defined before its uses; that includes uses in snapshots.
//  7. An instruction that can leave names a snapshot, others do not. A snapshot without parent has as many locals as
//  the
//     function, and no more stack than it. One of inlined code has the frames of that on its stack. Parents form no
//     cycle.
//  8. Between a snapshot and a `before` exit that names it, no path writes anything that Python can see.
//  9. The snapshot of a `raised` exit is in the same block, in front of the exit.
// 10. On every path, an owned value is consumed exactly once. Null needs not be consumed: neither a value of that type
//     nor, behind a branch on IsNull, one that was found to be null.
// 11. At an exit, the snapshot names every owned value that is held, once, and none that is not. A `raised` exit has
//     consumed its operands, a `before` exit has not.
//     Exempt from 10 and 11: results of sinkable instructions that at most snapshots use; exits make those objects.
// 12. A borrowed view (a guard's result) of an owned value is not used when that value is gone. A value stored into a
//     local stays alive until the next store to that local; so does what is borrowed from the slot, also as a block
//     parameter when all arguments come from the same slot. That of a global name (Function::names) also ends where
//     Python code may run, until a guard finds that no name was bound. What a place of an object keeps alive is not
//     used behind what may write to objects or run Python code.
// 13. Lowerable: every block with instructions can be reached, and no value has the type Bottom.
// 14. A number (Int64, Double) is one object: no path makes its object twice. It is made by a box that more than exits
//     use, by a certain write-back, and was there when the number was read from one; from a block's arguments this
//     passes to its parameters. Behind that, neither a box, nor a certain write-back, nor an exit makes it again, which
//     an exit does once for all slots that name boxes of the number. (What a flag decides is not followed. Each
//     operation therefore gives a number of its own, see simplify/repeated.cpp; a constant's number says nothing.)
// 15. An operation has operands and a result as its row in operations.def says. TakeStack takes what an instruction
//     before it, in its block or in the only one that goes there, has left in a value-stack slot (see resultsInSlots),
//     before anything runs Python code.
#include "hir/verify.h"

#include <algorithm>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/print.h"
#include "hir/verify_context.h"

namespace pyjion::hir {

std::vector<VerifyError> verify(const Function& function, Stage stage) {
    VerifyContext context(function, stage);
    verifyStructure(context);
    if (context.errors.empty()) {
        context.order = function.reversePostorder();
        verifyFlow(context);
        verifyOwnership(context);
        verifyIdentity(context);
        verifyOperations(context);
    }
    return std::move(context.errors);
}

std::string printErrors(const Function& function, const std::vector<VerifyError>& errors) {
    auto notes = [&](BlockId block, InstrId instr) {
        std::string text;
        for (const VerifyError& error : errors) {
            if (error.instr == instr && (instr.valid() || error.block == block)) {
                text += fmt::format("; error: [{}] {}\n", error.rule, error.message);
            }
        }
        return text;
    };
    PrintOptions options;
    options.noteBelow = [&](InstrId instr) { return notes({}, instr); };
    options.noteBelowLabel = [&](BlockId block) { return notes(block, {}); };
    std::string text = print(function, options);
    bool homeless = std::any_of(errors.begin(), errors.end(), [](const VerifyError& e) { return !e.block.valid(); });
    return homeless ? text + notes({}, {}) : text;
}

size_t countDeoptimise(const Function& function) {
    size_t count = 0;
    for (BlockId block : function.reversePostorder()) {
        for (InstrId id : function.blocks[block].instrs) {
            count += function.instrs[id].opcode == Opcode::Deoptimise ? 1 : 0;
        }
    }
    return count;
}

}  // namespace pyjion::hir
