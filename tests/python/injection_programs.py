# SPDX-License-Identifier: MIT
"""A piece of source for each helper that can fail, in which compiled code calls it.

The line with `#!` is the one on which the helper is called first, in an
instruction with the given name. `~a` and `-a` make an object that only the value stack holds. The parameters `a` and
`b` are Tracked objects, `pair` is a list of the two.
"""
from __future__ import annotations

import ctypes
import dataclasses
import functools
import textwrap

import instruction_programs


class Tracked(instruction_programs.Odd):
    """Every operator is Python code; counts its objects, each of which must die exactly once."""

    live = 0

    def __init__(self):
        super().__init__()
        Tracked.live += 1

    def __del__(self):
        Tracked.live -= 1

    def __neg__(self):
        return Tracked()

    __invert__ = __neg__

    zero = 0

    def method(self):
        return "method"

    def keys(self):
        return ["m"]

    def __getitem__(self, index):
        return 5 if index == "m" else self.items[index]



BINARY = dict(
    Add="+", Subtract="-", Multiply="*", TrueDivide="/", FloorDivide="//", Modulo="%", And="&", Or="|", Xor="^",
    LeftShift="<<", RightShift=">>", Power="**", MatrixMultiply="@",
)  # fmt: skip
COMPARE = dict(Less="<", LessEqual="<=", Equal="==", NotEqual="!=", Greater=">", GreaterEqual=">=")

# Expressions: evaluated above a local and an object of the value stack.
EXPRESSIONS = {
    **{name: ("BINARY_OP", f"a {sign} b") for name, sign in BINARY.items()},
    **{f"Compare{name}": ("COMPARE_OP", f"a {sign} b") for name, sign in COMPARE.items()},
    **{f"CompareTruth{name}": ("COMPARE_OP", f"1 if a {sign} -b else 2") for name, sign in COMPARE.items()},
    "UnaryNegative": ("UNARY_NEGATIVE", "-a"),
    "UnaryPositive": ("UNARY_POSITIVE", "+~a"),
    "UnaryNot": ("UNARY_NOT", "not ~a"),
    "Truth": ("POP_JUMP_FORWARD_IF_FALSE", "1 if ~a else 2"),
    "Contains": ("CONTAINS_OP", "~b in -a"),
    "LoadGlobal": ("LOAD_GLOBAL", "a is other"),
    "Call": ("CALL", "a(~b, 2)"),
    "LoadAttr": ("LOAD_ATTR", "(~a).items"),
    "LoadMethod": ("LOAD_METHOD", "(~a).method()"),
    "BinarySubscript": ("BINARY_SUBSCR", "(~a)[0]"),
    "BuildSteppedSlice": ("BUILD_SLICE", "a[b.zero:2:1]"),
    "BuildTuple": ("BUILD_TUPLE", "(a, ~b)"),
    "BuildList": ("BUILD_LIST", "[a, ~b]"),
    "BuildSet": ("BUILD_SET", "{a, ~b}"),
    "BuildMap": ("BUILD_MAP", "{~a: ~b}"),
    "BuildConstKeyMap": ("BUILD_CONST_KEY_MAP", "{'k': a, 'l': ~b}"),
    "ListToTuple": ("LIST_TO_TUPLE", "(*a, ~b)"),
    "ListAppend": ("LIST_APPEND", "[-y for y in (a, b)]"),
    "ListExtend": ("LIST_EXTEND", "[~b, *~a]"),
    "SetAdd": ("SET_ADD", "{-y for y in (a, b)}"),
    "SetUpdate": ("SET_UPDATE", "{~b, *~a}"),
    "MapAdd": ("MAP_ADD", "{-y: ~y for y in (a, b)}"),
    "DictUpdate": ("DICT_UPDATE", "{'x': ~b, **~a}"),
    "DictMerge": ("DICT_MERGE", "a(~b, **~a)"),
    "BuildString": ("BUILD_STRING", "f'{a} and {b}'"),
    "FormatValue": ("FORMAT_VALUE", "f'{~a}'"),
    "FormatBySpec": ("FORMAT_VALUE", "f'{~a:x{b}}'"),
    "MakeFunction": ("MAKE_FUNCTION", "(lambda c=~a, *, d=~b: c)"),
    "CallWithNames": ("CALL", "a(~b, x=~a)"),
    "CallFunctionEx": ("CALL_FUNCTION_EX", "(~a)(*~b, **~a)"),
}
# Statements of a function that returns what `result` is then.
STATEMENTS = {
    **{f"Inplace{name}": ("BINARY_OP", f"pair[0] {sign}= ~b #!\nresult = pair") for name, sign in BINARY.items()},
    "AddLocal": ("BINARY_OP", "y = a\ny = y + ~b #!"),
    "InplaceAddLocal": ("BINARY_OP", "y = -a\ny += ~b #!"),
    "UnaryInvert": ("UNARY_INVERT", "y = -a\nresult = a, -y, ~-y #!"),
    "StoreGlobal": ("STORE_GLOBAL", "global made\nmade = -a #!\ndel made"),
    "DeleteGlobal": ("DELETE_GLOBAL", "global made\nmade = -a\ndel made #!"),
    "StoreAttr": ("STORE_ATTR", "y = -a\n(~a).name = y #!"),
    "DeleteAttr": ("DELETE_ATTR", "y = -a\ny.name = ~a\ndel y.name #!"),
    "BuildSlice": ("BUILD_SLICE", "y = -a\n(~a)[b.zero:2] = y #!"),
    "StoreSubscript": ("STORE_SUBSCR", "(~a)[0] = -a #!"),
    "DeleteSubscript": ("DELETE_SUBSCR", "del (~a)[0] #!"),
    "UnpackSequence": ("UNPACK_SEQUENCE", "c, d, e = ~a #!"),
    "UnpackEx": ("UNPACK_EX", "c, *d = ~a #!"),
    "LoadBuildClass": ("LOAD_BUILD_CLASS", "y = -a\nclass C: pass #!"),
    "DeleteFast": ("DELETE_FAST", "y = -a\ndel y #!"),
    "LoadDeref": ("LOAD_DEREF", "y = -a\nz = lambda: y\nresult = ~a, y is a #!"),
    "StoreDeref": ("STORE_DEREF", "y = -a #!\nz = lambda: y"),
    "DeleteDeref": ("DELETE_DEREF", "y = -a\nz = lambda: y\ndel y #!"),
    "LoadClassDeref": ("LOAD_CLASSDEREF", "y = -a\nclass C:\n    w = y #!\n"),
    "ImportName": ("IMPORT_NAME", "y = -a\nimport os.path #!"),
    "ImportFrom": ("IMPORT_FROM", "y = -a\nfrom os import path #!"),
    "GetLength": ("GET_LEN", "match [-a, ~b]:\n    case [x, y]: result = a #!"),
    "MatchKeys": ("MATCH_KEYS", "match {'k': -a}:\n    case {'k': y}: result = y #!"),
    "MatchClass": ("MATCH_CLASS", "match -a:\n    case Tracked(items=[x, y, z]): result = a #!"),
    "GetIter": ("GET_ITER", "for y in ~a: pass #!"),
    "IterNext": ("FOR_ITER", "for y in ~a: -a #!"),
    "CheckExcMatch": ("CHECK_EXC_MATCH", "try: raise Boom(-a)\nexcept (KeyError, Boom): result = 1 #!"),
    "CheckGroupMatch": ("CHECK_EG_MATCH", "try: raise Boom(-a)\nexcept* Boom as e: result = 1 #!"),
    "RaiseException": ("RAISE_VARARGS", "try:\n    raise Boom(-a) from KeyError(~a) #!\nexcept Boom: pass"),
    "RaiseHandled": (
        "RAISE_VARARGS",
        "try:\n    try: raise Boom(-a)\n    except Boom: raise #!\nexcept Boom: result = 3",
    ),
    "LookUpContext": ("BEFORE_WITH", "with ~a as y: #!\n    result = 1"),
    "CallNoArguments": ("BEFORE_WITH", "with ~a as y: #!\n    result = 1"),
    "WithExceptStart": ("WITH_EXCEPT_START", "with ~a as y: #!\n    raise Boom(-a)"),
    "HandlePending": ("JUMP_BACKWARD", "for y in pair: -attention #!"),
    "PrepareReraise": ("PREP_RERAISE_STAR", "try: raise Boom(-a)\nexcept* Boom as e: result = 1 #!"),
    "Reraise": ("RERAISE", "try:\n    try: raise Boom(-a)\n    finally: result = 1 #!\nexcept Boom: result = 2"),
}
GENERATORS = {
    "GetYieldFromIter": ("GET_YIELD_FROM_ITER", "yield ~a\nyield from ~a #!"),
    "Send": ("SEND", "yield ~a\nyield from ~a #!"),
}
COROUTINES = {
    "GetAwaitable": ("GET_AWAITABLE", "await (~a) #!"),
    "GetAsyncIter": ("GET_AITER", "async for y in ~a: pass #!"),
    "GetAsyncNext": ("GET_ANEXT", "async for y in ~a: pass #!"),
    "EndAsyncFor": ("END_ASYNC_FOR", "async for y in ~a: pass #!"),
}
ASYNC_GENERATORS = {
    "WrapAsyncValue": ("ASYNC_GEN_WRAP", "yield ~a #!"),
}


def call_of_function(count: int) -> tuple[str, str, str]:
    """A call of a known function, which is not inlined, with so many arguments."""
    names = [f"n{i}" for i in range(count)]
    callee = f"def callee({', '.join(names)}):\n    try: return [{', '.join(names)}]\n    finally: len('')\n"
    return "CALL", f"y = -b\nresult = callee({', '.join(['y'] * count)}) #!", callee


def call_for_int(count: int) -> tuple[str, str, str]:
    """Recursion through calls that give unboxed ints, with so many arguments. They are entered without a helper, except
    where the data stack needs another chunk. (Without its loop the function would need no frames.)"""
    more = ", ".join(["n - 1"] + ["n"] * (count - 1))
    names = ", ".join(["n"] + [f"n{i}" for i in range(count - 1)])
    callee = f"def count({names}):\n    if n < 1: return 0\n    for n in (n,): pass\n    return 1 + count({more}) #!\n"
    return "CALL", f"result = count({', '.join(['500'] * count)})", callee


# What only full code calls.
FULL = {
    "CallKnown": ("CALL", "result = a(~b, 2) #!", ""),
    **{f"CallFunction{count}": call_of_function(count) for count in range(7)},
    "CallFunctionForInt0": (
        "CALL",
        "rest[:] = [1] * 500\nresult = count()",
        "rest = []\ndef count():\n    if not rest: return 0\n    rest.pop()\n    return 1 + count() #!\n",
    ),
    **{f"CallFunctionForInt{count}": call_for_int(count) for count in range(1, 7)},
    "CallKnownForInt": call_for_int(7),
    "Slice": ("BINARY_SUBSCR", "y = [-b]\nresult = y[b.zero:] #!", ""),
    "CallIsInstance": ("CALL", "y = -b\nresult = isinstance(y, int) #!", ""),
    "CallAppend": ("CALL", "y = [-b]\ny.append(a) #!", ""),
    "CallMin": ("CALL", "y = -b\nresult = min(y, 2) #!", ""),
    "CallMax": ("CALL", "y = -b\nresult = max(y, 2) #!", ""),
    "CallBuiltinOne": ("CALL", "y = -b\nresult = callable(y) #!", ""),
    "CallBuiltinNone": ("CALL", "y = -b\nresult = globals() is None #!", ""),
    "CallBuiltinFast": ("CALL", "y = -b\nresult = hasattr(y, 'n') #!", ""),
    "CallClass": ("CALL", "y = -b\nresult = type(y) is int #!", ""),
    "CallMethodNone": ("CALL", "y = [-b]\nresult = y.copy() #!", ""),
    "CallMethodOne": ("CALL", "y = [-b]\nresult = y.count(y) #!", ""),
    "CallMethodFast": ("CALL", "y = {1: -b}\nresult = y.get(2, a) #!", ""),
    "CallGetter": (
        "LOAD_ATTR",
        "y = -b\nresult = Counts().both #!",
        "class Counts:\n    @property\n    def both(self):\n        try: return [self, 1]\n        finally: len('')\n",
    ),
    "CallOperator": (
        "BINARY_OP",
        "y = -b\nresult = Counts() + y #!",
        "class Counts:\n    def __add__(self, n):\n        try: return [self, n]\n        finally: len('')\n",
    ),
}
MODULES = {
    "LoadName": ("LOAD_NAME", "(names, a) #!"),
    "StoreName": ("STORE_NAME", "made = {1: 2} #!"),
    "DeleteName": ("DELETE_NAME", "made = 1\ndel made #!"),
    "PrintExpr": ("PRINT_EXPR", "(a, b) #!"),
    "SetupAnnotations": ("SETUP_ANNOTATIONS", "x: int #!"),
    "ImportStar": ("IMPORT_STAR", "from keyword import * #!"),
}

# Those whose exception has no entry for the function in its traceback: frames that have not reached RESUME get none,
# and the helpers of the others raise what has its entry already.
WITHOUT_ENTRY = {"MAKE_CELL", "RETURN_GENERATOR", "RERAISE", "END_ASYNC_FOR"}
# Instructions that belong to no line.
WITHOUT_LINE = {"PREP_RERAISE_STAR"}
# Those in front of everything that a handler covers.
FIRST = {"MAKE_CELL", "RETURN_GENERATOR", "SETUP_ANNOTATIONS"}
# Before the body of a function begins.
PROLOGUES = {
    "MakeCell": ("MAKE_CELL", "def f(a, b, pair): #!\n    return -a, lambda: a\n"),
    "ReturnGenerator": ("RETURN_GENERATOR", "def f(a, b, pair): #!\n    yield -a\n"),
}


@dataclasses.dataclass
class Program:
    helper: str
    opcode: str
    body: str
    kind: str  # how it is run, see injection_evidence.py
    head: str = "def f(a, b, pair):"
    full: bool = False
    before: str = ""  # what is in front of the function

    def source(self, handler: bool) -> str | None:
        """The module; with a handler in the same code object, if there can be one."""
        lines = self.body
        if handler:
            if self.opcode in FIRST:
                return None
            lines = "try:\n" + textwrap.indent(lines, "    ")
            lines += "\nexcept MemoryError as error:\n    result = caught(error)\n"
        if not self.head:
            return lines
        returns = "" if self.kind in ("list", "async list") else "return result\n"
        fresh = "~" if self.helper == "UnaryNegative" else "-"
        return self.before + self.head + textwrap.indent(f"\nresult = None\nx = {fresh}b\n{lines}\n{returns}", "    ")


def programs():
    for helper, (opcode, expression) in EXPRESSIONS.items():
        yield Program(helper, opcode, f"result = (x, ~a, {expression}) #!", "call")
    for helper, (opcode, lines) in STATEMENTS.items():
        yield Program(helper, opcode, lines, "call")
    for helper, (opcode, lines) in GENERATORS.items():
        yield Program(helper, opcode, lines, "list")
    for helper, (opcode, lines) in COROUTINES.items():
        yield Program(helper, opcode, lines, "drive", "async def f(a, b, pair):")
    for helper, (opcode, lines) in ASYNC_GENERATORS.items():
        yield Program(helper, opcode, lines, "async list", "async def f(a, b, pair):")
    for helper, (opcode, lines, before) in FULL.items():
        yield Program(helper, opcode, lines, "call", full=True, before=before)
    for helper, (opcode, lines) in MODULES.items():
        yield Program(helper, opcode, lines, "single" if helper == "PrintExpr" else "exec", "")
    for helper, (opcode, lines) in PROLOGUES.items():
        yield Program(helper, opcode, lines, "list" if helper == "ReturnGenerator" else "call", "")


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
def _pending(_):
    return 0


class Attention:
    """Minus asks for the interpreter's attention, and does it without running an instruction."""

    __neg__ = functools.partial(ctypes.pythonapi.Py_AddPendingCall, _pending, None)


def namespace(caught) -> dict:
    """The globals of a program; its handlers call `caught` with the exception."""
    return {
        "__name__": "program",
        "Tracked": Tracked,
        "Boom": instruction_programs.Boom,
        "attention": Attention(),
        "caught": caught,
        "other": None,
    }
