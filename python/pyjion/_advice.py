# SPDX-License-Identifier: MIT
"""What compiled code leaves to helpers, why, and what would make a function faster: sentences from facts.

Input: the facts that `pyjion._native.explain` and `helper_calls` return. Output: lists of dictionaries of plain types.
"""
from __future__ import annotations

# Known to type checkers. Modules of the library that were imported here would run among what a program has run.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_OPERATORS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "TrueDivide": "/", "FloorDivide": "//", "Modulo": "%", "And": "&",
    "Or": "|", "Xor": "^", "LeftShift": "<<", "RightShift": ">>", "Power": "**", "MatrixMultiply": "@",
    "CompareLess": "<", "CompareLessEqual": "<=", "CompareEqual": "==", "CompareNotEqual": "!=", "CompareGreater": ">",
    "CompareGreaterEqual": ">=", "UnaryNegative": "unary -", "UnaryPositive": "unary +", "UnaryInvert": "~",
    "UnaryNot": "not",
}  # fmt: skip
# Operators that are machine instructions where their operands are numbers.
_IN_PLACE = set("+ - * / // % & | ^ << >> < <= == != > >= ~".split()) | {"unary -", "unary +", "not"}
_TYPES = {
    "LongExact": "int", "FloatExact": "float", "BoolExact": "bool", "NoneExact": "None", "StrExact": "str",
    "TupleExact": "tuple", "ListExact": "list", "DictExact": "dict", "RangeExact": "range", "RangeIterExact": "range",
    "FunctionExact": "function", "BuiltinExact": "builtin", "TypeObject": "class", "OtherObject": "other",
    "Object": "anything",
}  # fmt: skip
_NUMBERS = {"int", "float", "bool"}

# What the other helpers do, and why it is not done in machine code. {name}: the name that the instruction is about.
_DEEDS = {
    "Call": ("a call", "quick code makes every call through the interpreter's protocol"),
    "CallKnown": ("a call", "what is called is no function with compiled code: C code, a class, or interpreted"),
    "CallKnownForInt": ("a call", "what is called is no function with compiled code: C code, a class, or interpreted"),
    "CallWithNames": ("a call with names of arguments", "these are matched with the parameters at each call"),
    "CallFunctionEx": ("a call with * or **", "its arguments are unpacked at each call"),
    "LoadGlobal": ("the global {name}", "only names of numbers, strings and builtin functions that stay what they are become constants"),
    "StoreGlobal": ("binding the global {name}", "globals live in a dictionary"),
    "LoadName": ("the name {name}", "the names of a module or class live in a dictionary"),
    "StoreName": ("binding the name {name}", "the names of a module or class live in a dictionary"),
    "LoadAttr": ("the attribute {name}", "where it is found differs, or was not known when this was compiled"),
    "LoadMethod": ("the method {name}", "where it is found differs, or was not known when this was compiled"),
    "StoreAttr": ("setting the attribute {name}", "where it is stored differs, or was not known when this was compiled"),
    "BinarySubscript": ("[]", "it is no list or tuple with an int as its index, as far as was known"),
    "StoreSubscript": ("[] =", "it is no list with an int as its index, as far as was known"),
    "Contains": ("in", "containers are searched by their own code"),
    "IterNext": ("the next item of a loop", "quick code asks the iterator each time"),
    "GetIter": ("the beginning of a loop", "it is made once for each loop"),
    "UnpackSequence": ("unpacking", "the sequence is looked through each time"),
    "Truth": ("a truth value", "the object's own type decides it"),
    "FormatValue": ("formatting", "strings are made by the interpreter's code"),
    "BuildString": ("joining strings", "strings are made by the interpreter's code"),
    "LoadDeref": ("a variable of an outer function", "it lives in a cell that others may change"),
    "StoreDeref": ("a variable shared with inner functions", "it lives in a cell that others may look at"),
    "TruthOfPlain": ("a truth value", "the object's own type decides it"),
    "CallLen": ("len()", "the object is asked for its length"),
    "CallIsInstance": ("isinstance()", "the classes are compared by a helper"),
    "CallAppend": ("append()", "the list may have to grow"),
    "CallMin": ("min()", "the arguments are compared by a helper"),
    "CallMax": ("max()", "the arguments are compared by a helper"),
    "CallBuiltinNone": ("a call of a builtin function", "what is called is C code"),
    "CallBuiltinOne": ("a call of a builtin function", "what is called is C code"),
    "CallBuiltinFast": ("a call of a builtin function", "what is called is C code"),
    "CallClass": ("a call of a builtin class", "what is called is C code"),
    "CallMethodNone": ("a call of a builtin type's method", "what is called is C code"),
    "CallMethodOne": ("a call of a builtin type's method", "what is called is C code"),
    "CallMethodFast": ("a call of a builtin type's method", "what is called is C code"),
    "BuildTuple": ("making a tuple", "objects are made by the interpreter's code"),
    "BuildList": ("making a list", "objects are made by the interpreter's code"),
    "BuildSet": ("making a set", "objects are made by the interpreter's code"),
    "BuildMap": ("making a dict", "objects are made by the interpreter's code"),
    "BuildConstKeyMap": ("making a dict", "objects are made by the interpreter's code"),
    "Slice": ("[:]", "it is done by the interpreter's code for the type"),
    "BuildSlice": ("making a slice", "objects are made by the interpreter's code"),
    "BuildSteppedSlice": ("making a slice", "objects are made by the interpreter's code"),
    "MakeFunction": ("making a function", "objects are made by the interpreter's code"),
    "ListAppend": ("an item of a comprehension", "the list may have to grow"),
    "FormatBySpec": ("formatting", "strings are made by the interpreter's code"),
    "ImportName": ("an import", "the import system does it"),
    "ImportFrom": ("an import", "the import system does it"),
    "Send": ("await or yield from", "the other generator decides what happens"),
}


def types_of(text: str) -> list[str]:
    """Names of Python types for a set of types as HIR writes it."""
    return [_TYPES.get(word, word) for word in text.split("|")] if text else []


def generic_lines(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One dictionary for each operation that stays generic: line, tier, what, why, types; those of optimised code first."""
    found = []
    for call in calls:
        what, why = _describe(call)
        left, right = types_of(call["left"]), types_of(call["right"])
        item = {"line": call["line"], "offset": call["offset"], "tier": call["tier"], "helper": call["helper"], "what": what, "why": why}
        item["types"] = [left, right] if right else [left] if left else []
        found.append(item)
    unique = {(item["tier"], item["offset"], item["helper"]): item for item in found}
    return sorted(unique.values(), key=lambda item: (item["tier"] != "full", item["line"], item["offset"]))


def _describe(call: dict[str, Any]) -> tuple[str, str]:
    helper = call["helper"]
    plain = helper.removeprefix("Inplace").replace("CompareTruth", "Compare").removesuffix("Local")
    if plain in _OPERATORS:
        operator = _OPERATORS[plain]
        shown = operator + "=" if helper.startswith("Inplace") else operator
        return shown, _why_operator(operator, call)
    if helper in _DEEDS:
        what, why = _DEEDS[helper]
        return what.format(name=call["name"] or "").strip(), why
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in helper)
    return words.lstrip(), "the interpreter's own code does it"


def _why_operator(operator: str, call: dict[str, Any]) -> str:
    if call["tier"] == "quick":
        return "quick code calls a helper for each operation"
    seen = set(types_of(call["left"])) | set(types_of(call["right"]))
    if not seen:
        return "nothing was known about its operands when this was compiled"
    if "other" in seen or "anything" in seen:
        numbers = seen & _NUMBERS
        if numbers:
            return f"besides {_join(numbers)} it has seen other types or numbers of more than 62 bits"
        return "its operands are objects of other types than numbers"
    if seen <= _NUMBERS:
        if operator not in _IN_PLACE:
            return f"{operator} has no machine instruction"
        return f"its operands are {_join(seen)} in turn" if len(seen) > 1 else f"its operands are {_join(seen)}, not proven here"
    return f"its operands are {_join(seen)}: only numbers are calculated with in machine code"


def _join(words: Iterable[str]) -> str:
    words = sorted(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def advice(facts: dict[str, Any], calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sentences about what to change, the most promising first: dictionaries of line (0: the function) and text."""
    found = [*_from_reason(facts), *_from_exits(facts), *_from_kind(facts), *_from_calls(facts, calls)]
    unique = {(item["line"], item["text"]): item for item in found}
    return list(unique.values())


def _item(line: int, text: str) -> dict[str, Any]:
    return {"line": line, "text": text}


def _from_reason(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    reason, state = facts["reason"] or "", facts["state"]
    if state == "suppressed":
        yield _item(0, "take pyjion.suppress() away")
    elif "function_filter" in reason:
        yield _item(0, "set the option function_filter so that it matches")
    elif reason.endswith(" leaves it out"):
        yield _item(0, f"set the option {reason.split()[2]} so that it is compiled, or call pyjion.compile()")
    elif "not enabled" in reason:
        yield _item(0, "call pyjion.enable() before it runs")
    elif state == "refused":
        yield _item(facts["reason_line"] or 0, "split it: a function is compiled as a whole or not at all")
    elif state == "given up":
        yield _item(0, "move the arithmetic of its hottest loop into a function of its own, without the calls around it")
    elif "used enough time" in reason and not facts["entries"]:
        yield _item(0, "nothing to do: it takes too little time for compiling to be worth it")


_EXIT_ADVICE = {
    "IntTooBig": "integers of more than 62 bits are not kept in registers: keep them smaller, for example with a % or &",
    "TypeChanged": "give the value one type on all ways, for example 0.0 in place of 0 where floats are added up",
    "ResultChanged": "have the function that is called return one type",
    "GlobalChanged": "do not bind the global name again while this runs, or pass its value as an argument",
    "NameBound": "do not bind global names in what this loop calls: use a local variable",
    "LayoutChanged": "give the objects here few classes, and set all attributes in __init__ in the same order",
    "IndexOutside": "keep indices inside of their sequence: an IndexError that is caught costs an exit each time",
    "NeverRun": "nothing to do: this way was first taken after compiling, and the code is made again if that goes on",
    "RangeChanged": "iterate over a range with int bounds",
    "FrameObserved": "do not look at frames (sys._getframe, locals(), inspect) in hot code",
    "Traced": "switch the trace or profile function off: traced code is interpreted",
}


def _from_exits(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in sorted(facts["exits"], key=lambda place: -int(place["count"])):
        if place["reason"] in _EXIT_ADVICE and place["count"] > 1:
            yield _item(place["line"], _EXIT_ADVICE[place["reason"]])


def _from_kind(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if facts["state"] in ("suppressed", "refused"):
        return
    if facts["kind"] == "body" and facts["interpreted_seconds"] + facts["compiled_seconds"] > 0:
        yield _item(0, "move its loops into a function: the names of a module or class live in a dictionary")
    elif facts["kind"] != "function" and facts["kind"] != "body" and facts["compiled"]:
        yield _item(0, f"move hot loops without yield or await into a plain function: a {facts['kind']} has quick code")


def _from_calls(facts: dict[str, Any], calls: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    optimised = [item for item in generic_lines(calls) if item["tier"] == "full"]
    for item in optimised:
        helper, seen = item["helper"], {name for side in item["types"] for name in side}
        if helper == "LoadAttr":
            yield _item(item["line"], f"read {item['what']} into a local variable before the loop, if it does not change there")
        elif helper == "CallWithNames":
            yield _item(item["line"], "pass the arguments by position")
        elif helper == "CallFunctionEx":
            yield _item(item["line"], "pass the arguments one by one")
        elif helper == "StoreGlobal":
            yield _item(item["line"], "calculate with a local variable and bind the global once, at the end")
        elif {"int", "float"} <= seen and seen <= _NUMBERS and item["what"].removesuffix("=") in _IN_PLACE:
            yield _item(item["line"], "give the operands one type: ints and floats come here in turn")
        elif helper in ("LoadDeref", "StoreDeref"):
            yield _item(item["line"], "copy the variable of the outer function into a local one")
