# SPDX-License-Identifier: MIT
"""Every instruction of CPython 3.11: compiled, left before, left behind, raised in.

Input: instruction_programs.py, run by instruction_evidence.py under forced exits. The tables below say where there is
nothing to be seen and why; everything else in opcode.opmap is demanded.
"""
from __future__ import annotations

import json
import opcode

import pytest

import running

# Not instructions that run: a place for caches.
NOT_PRODUCED = {"CACHE"}
# Where there is no "behind": control does not go on, or goes on inside of a call sequence or of the same instruction.
NOT_BEHIND = {"RETURN_VALUE", "RAISE_VARARGS", "RERAISE", "KW_NAMES", "PRECALL", "EXTENDED_ARG", "RETURN_GENERATOR"}
# Those that can raise for a reason other than missing memory.
RAISING = set(
    """
    UNARY_POSITIVE UNARY_NEGATIVE UNARY_NOT UNARY_INVERT BINARY_SUBSCR GET_LEN MATCH_KEYS CHECK_EXC_MATCH CHECK_EG_MATCH
    WITH_EXCEPT_START GET_AITER GET_ANEXT BEFORE_ASYNC_WITH BEFORE_WITH END_ASYNC_FOR STORE_SUBSCR DELETE_SUBSCR GET_ITER
    GET_YIELD_FROM_ITER PRINT_EXPR LOAD_BUILD_CLASS IMPORT_STAR SETUP_ANNOTATIONS STORE_NAME DELETE_NAME UNPACK_SEQUENCE
    FOR_ITER UNPACK_EX STORE_ATTR DELETE_ATTR DELETE_GLOBAL LOAD_NAME BUILD_SET BUILD_MAP LOAD_ATTR COMPARE_OP IMPORT_NAME
    IMPORT_FROM JUMP_IF_FALSE_OR_POP JUMP_IF_TRUE_OR_POP POP_JUMP_FORWARD_IF_FALSE POP_JUMP_FORWARD_IF_TRUE
    POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE LOAD_GLOBAL CONTAINS_OP RERAISE BINARY_OP SEND LOAD_FAST
    DELETE_FAST RAISE_VARARGS GET_AWAITABLE LOAD_DEREF DELETE_DEREF LOAD_CLASSDEREF CALL_FUNCTION_EX SET_ADD MAP_ADD
    MATCH_CLASS FORMAT_VALUE LOAD_METHOD LIST_EXTEND SET_UPDATE DICT_MERGE DICT_UPDATE CALL
    """.split()
)
# Those that can run Python code and then go on: left there by their own exit, not by the next instruction's.
RUNNING_PYTHON = set(
    """
    UNARY_POSITIVE UNARY_NEGATIVE UNARY_INVERT BINARY_SUBSCR STORE_SUBSCR DELETE_SUBSCR GET_ITER UNPACK_SEQUENCE UNPACK_EX
    STORE_ATTR DELETE_ATTR LOAD_ATTR COMPARE_OP IMPORT_NAME CONTAINS_OP BINARY_OP CALL CALL_FUNCTION_EX BUILD_SET BUILD_MAP
    FORMAT_VALUE LOAD_METHOD LIST_EXTEND SET_ADD MAP_ADD PRINT_EXPR BEFORE_WITH POP_TOP STORE_FAST
    """.split()
)


@running.Early
def gathering():
    environment = running.environment(verify="1")
    outcome = running.run_python(running.HERE / "instruction_evidence.py", env=environment, timeout=400)
    return json.loads(running.succeed(outcome))


@pytest.fixture(scope="module")
def evidence():
    return gathering.result()


def all_instructions():
    return set(opcode.opmap) - NOT_PRODUCED


@gathering.test
def test_results_are_those_of_the_interpreter(evidence):
    assert evidence["rounds"] > 30
    assert not evidence["differences"], evidence["differences"][0]


def test_nothing_is_refused(evidence):
    assert evidence["refused"] == []


def test_compiled(evidence):
    assert all_instructions() - set(evidence["compiled"]) == set()


def test_left_before(evidence):
    assert all_instructions() - set(evidence["before"]) == set()


def test_left_behind(evidence):
    left = set(evidence["behind"]) | set(evidence["next"])
    assert all_instructions() - NOT_BEHIND - left == set()


def test_left_behind_by_their_own_exit(evidence):
    assert RUNNING_PYTHON - set(evidence["behind"]) == set()


def test_raised_in(evidence):
    assert RAISING - set(evidence["raised"]) == set()


def test_the_tables_name_instructions():
    assert RAISING | RUNNING_PYTHON | NOT_BEHIND <= set(opcode.opmap)
