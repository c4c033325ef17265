// SPDX-License-Identifier: MIT
// Invariants of a body. Messages cite the numbers, tests break each one.
//
//   V1   Declarations are complete: no parameter or local is void, every local has a name, every helper has an existing
//        pool cell, every intrinsic has namespace, class and method and no cell; counts fit two bytes.
//   V2   Operands are in range: arguments, locals, pool entries, methods, signatures, positions and labels exist,
//        constants fit their type; an opcode without operand has none, only switch has targets.
//   V3   A label is bound at most once.
//   V4   A label that is used is bound, and an instruction follows it.
//   V5   The code does not end in an instruction that goes on to the next one, reachable or not (III.1.7.4).
//   V6   volatile. stands directly before a load or store through an address, tail. before call or calli (III.2); no
//        label is between them.
//   V7   A tail call is directly followed by ret, has nothing but the arguments on the stack and the method's result
//        type (III.2.4).
//   V8   An instruction finds as many values on the stack as it takes.
//   V9   Operands of arithmetic, comparisons, shifts and conversions have types that ECMA-335 III.1.5 tables 2 to 8
//   allow:
//        equal ones, or int32 with native int.
//   V10  Addresses of loads, stores and calli are native int.
//   V11  A stored value (stloc, starg, stind) has exactly the type of the place.
//   V12  Arguments of a call have exactly the types of the callee's parameters.
//   V13  ret finds the method's result, of exactly its type, and nothing else.
//   V14  Paths that meet at a label have equally deep stacks.
//   V15  Paths that meet at a label have equal types on the stack.
//   V16  Conditions are integers, switch takes an int32, throw an object reference.
//
// V1 to V6 hold for unreachable code too; the others are checked where control can arrive.
#include "cil/verify.h"

#include "base/check.h"
#include "cil/print.h"
#include "cil/text.h"
#include "cil/verify_checks.h"

namespace pyjion::cil {

std::vector<VerifyError> verify(const Body& body) {
    Errors errors;
    checkSyntax(body, errors);
    checkTypes(body, errors);
    return errors.take();
}

std::string annotate(const Body& body, const std::vector<VerifyError>& errors) {
    auto notesOf = [&](uint32_t instruction) {
        std::string notes;
        for (const VerifyError& error : errors) {
            if (error.instruction == instruction) {
                notes += fmt::format("error: V{}: {}\n", error.invariant, error.message);
            }
        }
        return notes;
    };
    std::string text = printBody(body, [&](size_t i) { return notesOf(static_cast<uint32_t>(i)); });
    text += commentLines(notesOf(VerifyError::kNoInstruction), "");
    return text;
}

}  // namespace pyjion::cil
