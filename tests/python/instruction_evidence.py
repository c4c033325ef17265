# SPDX-License-Identifier: MIT
"""Runs the programs of instruction_programs.py in compiled code that is left everywhere, and says what happened to each
instruction.

Output: one line of JSON:
    differences   what was not as in plain CPython: [program, stress, plain result, result]
    refused       code objects that are not compiled: [program, name, reason]
    compiled      opcodes in compiled code that was entered
    before        opcodes before which code was left by a forced exit, behind the opcodes in front of it
    behind        opcodes whose own exit was taken without an exception: their helper was done
    next          opcodes behind which code was left by a forced exit before the next instruction
    raised        opcodes whose own exit was taken with an exception
    rounds        how often the programs were run
"""
import dis
import json
import sys
import types

import instruction_programs
from instruction_programs import code_objects

import pyjion
from pyjion import _native

# The places at which an activation is left are counted from its start; most programs have no activation with more.
MOST_ROUNDS = 40
# The program with many instructions is there for their EXTENDED_ARGs alone.
ROUNDS_OF_MANY = 6


def starts(code):
    """[(opcode name, offset, offset of its first EXTENDED_ARG)], ascending."""
    found, start = [], None
    for instruction in dis.get_instructions(code):
        start = instruction.offset if start is None else start
        if instruction.opname == "EXTENDED_ARG":
            found.append(("EXTENDED_ARG", instruction.offset, start))
        else:
            found.append((instruction.opname, instruction.offset, start))
            start = None
    return found


class Evidence:
    def __init__(self):
        self.sets = {name: set() for name in ("compiled", "before", "behind", "next", "raised")}
        self.refused = set()

    def add(self, program, code):
        facts = _native.explain(code)
        if not facts["run_count"]:
            return
        if not facts["compiled"] or facts["unconditional_exits"]:
            self.refused.add((program, code.co_qualname, facts["reason"] or "unconditional exits"))
            return
        rows = starts(code)
        self.sets["compiled"] |= {name for name, _, _ in rows}
        for exit in facts["exits"]:
            self.add_exit(rows, exit)

    def add_exit(self, rows, exit):
        own = [name for name, offset, _ in rows if offset == exit["offset"]]
        if exit["reason"] == "Forced":
            at = [k for k, (_, _, start) in enumerate(rows) if start == exit["resume_offset"]]
            self.sets["before"] |= {rows[k][0] for k in at}
            # Control may have come by a jump; what falls through comes from the instruction in front.
            self.sets["next"] |= {rows[at[0] - 1][0] for _ in at[:1] if at[0] > 0}
        elif exit["raised"] or exit["reason"] == "UnboundLocal":
            self.sets["raised"] |= set(own)
        if exit["mode"] != "before" and exit["count"] > exit["raised"]:
            self.sets["behind"] |= set(own)


def run(program, source):
    module = compile(source, program, "exec")
    codes = [module]
    namespace = instruction_programs.namespace(codes)
    namespace["__builtins__"] = __builtins__
    exec(module, namespace)
    return repr(namespace["result"]), [inner for code in codes for inner in code_objects(code)]


def main():
    plain = {program: run(program, source)[0] for program, source in instruction_programs.PROGRAMS.items()}
    evidence, differences, rounds = Evidence(), [], 0
    pyjion.enable(strict=True)
    # What the programs call is interpreted: else it would be left, and not the instruction that called it.
    for kind in (instruction_programs.Odd, instruction_programs.OddIterator, instruction_programs.OddAsyncIterator):
        for member in vars(kind).values():
            if isinstance(member, types.FunctionType):
                pyjion.suppress(member)
    for switch in ("", "exit-every", "exit-after", "exit-random"):
        for count in range(1, MOST_ROUNDS + 1 if switch else 2):
            stress = f"compile-all,{switch}={count}" if switch else "compile-all"
            pyjion.config(stress=stress)
            for program, source in instruction_programs.PROGRAMS.items():
                if program == "many" and count > ROUNDS_OF_MANY:
                    continue
                result, codes = run(program, source)
                if result != plain[program]:
                    differences.append([program, stress, plain[program], result])
                with pyjion.pause():
                    for code in codes:
                        evidence.add(program, code)
            rounds += 1
    result = {name: sorted(opcodes) for name, opcodes in evidence.sets.items()}
    result.update(differences=differences, refused=sorted(evidence.refused), rounds=rounds)
    json.dump(result, sys.stdout)


main()
