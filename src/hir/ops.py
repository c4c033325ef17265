# SPDX-License-Identifier: MIT
"""The instruction set of HIR: one row per instruction, from which everything else is generated.

``tools/generate/gen_hir.py`` turns these rows into the opcode enum, accessor classes, builder methods, printer, parser,
verifier rules, effect summaries, the visitor and ``docs/hir.md``. What a row says:

operands    name and required type; ``...`` after a name takes any number. Ownership of an Object operand is part of the
            operand: ``consumes`` (the reference passes to the instruction) or ``borrows`` (the caller keeps it).
immediates  name and kind: int, index, double, type, binary, compare, unary, operation, reason, flag.
result      type of the result, with ``own`` (a new reference), ``borrow`` (kept alive by something else) or plain
            (unboxed). ``same(x)``/``refine(x, imm)`` follow an operand, the name of an immediate is that type, or what
            the row of that operation says.
reads/writes  abstract heaps: Locals (this frame's slots), Heap (objects), World (anything that Python can see; running
            arbitrary Python code reads and writes it).
exits       ``before``: may leave and re-execute the bytecode from the snapshot.
            ``raised``: may fail with an exception set, or be left behind itself with its result; the snapshot's stack is
            what lies below the consumed operands.
reason      default exit reason (deopt/reasons.def).
required    the instruction stays although nothing uses its result: its exit is part of the program's meaning (an exception to
            raise), or a guard that what follows relies on.
quiet       no effects and no exit when all operands are plain data: nothing of what is released has a finalizer.
sinkable    makes or finds an object that an exit can make or find itself.
keep        stays although nothing uses it.
targets     how many blocks a terminator may go to; ``any`` for one or more.
"""

OPS = []


def op(name, doc, **fields):
    OPS.append({"name": name, "doc": doc, **fields})


# --- control flow -------------------------------------------------------------------------------------------------------
op("Jump", "Go to a block with arguments.", terminator=True, targets=1)
op("Branch", "Go to the first block when the condition is true, else to the second.",
   operands=["condition: Bool"], terminator=True, targets=2)
op("ResumeSwitch", "At the entry of quick code: go to the block of the resume point that the caller names. The first block is the "
   "function's start.", terminator=True, targets="any")
op("Return", "Return a reference from the function; leaves when somebody holds the frame and locals are not in it.",
   operands=["value: Object consumes"], exits="before", reason="FrameObserved", terminator=True, reads=["Locals"])
op("ReturnInt", "Return an unboxed integer from the function; leaves as Return does.",
   operands=["value: Int64"], exits="before", reason="FrameObserved", terminator=True, reads=["Locals"])
op("Deoptimise", "Leave compiled code for good at a snapshot.", immediates=["reason: reason"], exits="before", terminator=True)

# --- state of the interpreter ----------------------------------------------------------------------------------------------
op("Snapshot", "Own the interpreter's state (bytecode, locals, value stack) for the exits that name it.", snapshot=True)
op("ForcedExit", "Under stress: leave when the activation's countdown reaches zero.",
   exits="before", reason="Forced", reads=["World"], keep=True)
op("CheckPending", "Leave when a signal, a pending call, another thread or tracing wants attention.",
   exits="before", reason="Pending", reads=["World"], keep=True)
op("CheckTracing", "Leave when a trace or profile function is installed.", exits="before", reason="Traced", reads=["World"], keep=True)
op("CountLoop", "Count a back-edge of quick code; leave for optimised code when the loop is hot.",
   immediates=["loop: index"], exits="before", reason="HotLoop", reads=["World"], keep=True)

# --- locals -----------------------------------------------------------------------------------------------------------------
op("EntryLocal", "The object in a local's slot when compiled code was entered; null when unbound.",
   immediates=["local: index", "seen: type"], result="borrow Object|Null", reads=["Locals"])
op("ReadName", "The object that a global name has now, where the local is such a name: its slot is in the dict of globals. Null when it is not "
   "there, or cannot be found without running Python code. What runs Python code may bind the name anew.",
   immediates=["local: index", "seen: type"], result="borrow Object|Null", reads=["Locals", "World"])
op("EntryStack", "The object in a value-stack slot when compiled code was entered; the reference passes to compiled code.",
   immediates=["depth: index", "seen: type"], result="own Object|Null", reads=["Locals"])
op("LoadLocal", "A new reference to a local's object.", immediates=["local: index"], result="own Object",
   exits="before", reason="UnboundLocal", reads=["Locals"], required=True)
op("LoadBoundLocal", "A new reference to the object of a local that certainly has one. Passes leave such locals alone.",
   immediates=["local: index"], result="own Object", reads=["Locals"])
op("PeekLocal", "LoadLocal without a reference: the slot keeps the object.", immediates=["local: index"], result="borrow Object",
   exits="before", reason="UnboundLocal", reads=["Locals"], required=True)
op("StoreLocal", "Bind a local: the reference passes to the slot, the old object is released.",
   operands=["value: Object consumes"], immediates=["local: index"], reads=["Locals"], writes=["Locals", "World"],
   exits="raised", no_result=True)
op("GuardBound", "Leave unless the value is not null.", operands=["input: Object|Null borrows"], result="notnull(input)",
   exits="before", reason="UnboundLocal", required=True)
op("CopyLocal", "A new reference to a local's object, which is known to be the operand: IncRef that still names the local.",
   operands=["input: Object borrows"], immediates=["local: index"], result="own same(input)")
for _kind, _type, _object in (("Int", "Int64", "LongExact"), ("Double", "Double", "FloatExact"), ("Bool", "Bool", "BoolExact")):
    op(f"Local{_kind}", "The object in a local's slot, whose value is known to be the operand. Exits find it there themselves.",
       operands=[f"input: {_type}"], immediates=["local: index"], result=f"borrow {_object}", reads=["Locals", "Frame"], sinkable=True)
for _kind, _type, _what in (("Int", "Int64", "int"), ("Double", "Double", "float"), ("Bool", "Bool", "bool")):
    op(f"WriteBack{_kind}",
       f"When the first condition holds: put a new {_what} into a local's slot, or, when the second one does too, the object in the slot "
       "`from`. The stale content is plain data and is released. Python sees no change, as until now exits named the value.",
       operands=["written: Bool", f"input: {_type}", "same: Bool"], immediates=["local: index", "from: index"], no_result=True,
       writes=["Frame"], keep=True)
op("CopySlot", "Unless the condition holds: put the object in the slot `from` into a local's slot too, whose stale content is plain data and "
   "is released.", operands=["written: Bool"], immediates=["local: index", "from: index"], no_result=True, writes=["Frame"], keep=True)

# --- constants and references --------------------------------------------------------------------------------------------------
op("LoadConst", "An object of the code object's constants, kept alive by the code.", immediates=["constant: index", "type: type"],
   result="borrow type")
op("KnownObject", "An object that the compiler found and keeps alive.", immediates=["object: index", "type: type"], result="borrow type")
op("ConstInt", "An unboxed integer.", immediates=["value: int"], result="Int64")
op("ConstDouble", "An unboxed double.", immediates=["value: double"], result="Double")
op("ConstBool", "An unboxed truth value.", immediates=["value: flag"], result="Bool")
op("Null", "No object: the empty half of a call's callable pair.", result="own Null")
op("IncRef", "Take a new reference.", operands=["input: Object borrows"], result="own same(input)")
op("Borrow", "The object without a reference of its own: something else keeps it alive.", operands=["input: Object borrows"],
   result="same(input)")
op("DecRef", "Give a reference back. May run a finalizer unless the type is known to have none.",
   operands=["input: Object|Null consumes"], reads=["World"], writes=["World"], exits="raised", no_result=True, quiet=True)

op("ReleaseInOrder", "Give references back one after the other; what a finalizer asks for is looked at behind the last.",
   operands=["inputs...: Object|Null consumes"], reads=["World"], writes=["World"], exits="raised", no_result=True)

# --- generic operations: what the interpreter does, by a helper ------------------------------------------------------------------
op("BinaryOp", "operator of two objects, as BINARY_OP does it.",
   operands=["left: Object consumes", "right: Object consumes"],
   immediates=["operator: binary", "site: index", "seenLeft: type", "seenRight: type"],
   result="own Object", reads=["World"], writes=["World"], exits="raised")
op("CompareOp", "Rich comparison, as COMPARE_OP does it.",
   operands=["left: Object consumes", "right: Object consumes"],
   immediates=["operator: compare", "site: index", "seenLeft: type", "seenRight: type"],
   result="own Object", reads=["World"], writes=["World"], exits="raised")
op("UnaryOp", "Unary operator on an object.", operands=["input: Object consumes"],
   immediates=["operator: unary", "site: index", "seen: type"], result="own Object", reads=["World"], writes=["World"], exits="raised")
op("IsOp", "Identity of two objects.", operands=["left: Object consumes", "right: Object consumes"],
   immediates=["negated: flag"], result="Bool", reads=["World"], writes=["World"], exits="raised", quiet=True)
op("IsNone", "Whether an object is None.", operands=["input: Object consumes"],
   result="Bool", reads=["World"], writes=["World"], exits="raised", quiet=True)
op("ContainsOp", "Membership test.", operands=["item: Object consumes", "container: Object consumes"],
   immediates=["negated: flag"], result="own BoolExact", reads=["World"], writes=["World"], exits="raised")
op("Truth", "Truth value of an object.", operands=["input: Object consumes"], immediates=["site: index", "seen: type"],
   result="Bool", reads=["World"], writes=["World"], exits="raised", quiet=True)
op("LoadGlobal", "A new reference to a global or builtin object.", immediates=["name: index", "site: index"],
   result="own Object", reads=["World"], writes=["World"], exits="raised")
op("StoreGlobal", "Bind a global name.", operands=["value: Object consumes"], immediates=["name: index", "site: index"],
   reads=["World"], writes=["World"], exits="raised", no_result=True)
op("Call", "Call an object: the callable, self or null, and the positional arguments as they lie on the value stack.",
   operands=["first: Object|Null consumes", "second: Object consumes", "arguments...: Object consumes"],
   immediates=["site: index", "seen: type"], result="own Object", reads=["World"], writes=["World"], exits="raised")
op("CallFunction", "Call a Python function with exactly the arguments that its code takes. The code is the one that the compiler expects, "
   "else this is Call.", operands=["function: Object consumes", "arguments...: Object consumes"], immediates=["callee: index"],
   result="own Object", reads=["World"], writes=["World"], exits="raised")
op("CallFunctionInt", "CallFunction of a function that returns an int that fits 62 bits; leaves behind the call with any other result.",
   operands=["function: Object consumes", "arguments...: Object consumes"], immediates=["callee: index"],
   result="Int64", reads=["World"], writes=["World"], exits="raised")
op("CallOperator", "Enter the Python function that an operator finds for its left operand first, as CallFunction does it, and do with its result "
   "what the operator does: NotImplemented makes it ask on. `op`: the argument of BINARY_OP, or 26 for BINARY_SUBSCR.",
   operands=["function: FunctionExact borrows", "left: Object consumes", "right: Object consumes"],
   immediates=["callee: index", "op: index"], result="own Object", reads=["World"], writes=["World"], exits="raised")
op("CallGetter", "Enter the function of a property, as CallFunction does it, with the object whose attribute it is.",
   operands=["function: Object borrows", "owner: Object consumes"], immediates=["callee: index"], result="own Object",
   reads=["World"], writes=["World"], exits="raised")
op("FinishOperator", "The same with the result of that function.",
   operands=["returned: Object consumes", "left: Object consumes", "right: Object consumes"], immediates=["op: index"], result="own Object",
   reads=["World"], writes=["World"], exits="raised")
op("GetIter", "Iterator over an object.", operands=["input: Object consumes"], immediates=["site: index", "seen: type"],
   result="own Object", reads=["World"], writes=["World"], exits="raised")
op("IterNext", "Next object of an iterator, null at its end.", operands=["iterator: Object borrows"],
   immediates=["site: index", "seen: type"], result="own Object|Null", reads=["World"], writes=["World"], exits="raised")
op("Operate", "What a bytecode does with its operands, by the helper of the operation's name. Operands as operations.def says.",
   operands=["inputs...: Object|Null consumes"], immediates=["operation: operation", "argument: index", "site: index"],
   result="own operation", reads=["World"], writes=["World"], exits="raised")
op("Perform", "Operate without a result.",
   operands=["inputs...: Object|Null consumes"], immediates=["operation: operation", "argument: index", "site: index"],
   reads=["World"], writes=["World"], exits="raised", no_result=True)
op("Spread", "Operate with several results, which the helper leaves in the frame's value-stack slots: TakeStack follows for each.",
   operands=["inputs...: Object|Null consumes"],
   immediates=["operation: operation", "argument: index", "site: index", "results: index"],
   reads=["World"], writes=["World"], exits="raised", no_result=True)
op("TakeStack", "What the instruction before left in a value-stack slot; the reference passes to compiled code.",
   immediates=["depth: index", "type: type"], result="own type", reads=["Frame"], keep=True)
op("ChangeLocal", "What MAKE_CELL and DELETE_FAST do to a local's slot. Passes leave such locals alone.",
   immediates=["operation: operation", "local: index"], reads=["World"], writes=["Locals", "World"], exits="raised", no_result=True)
op("IsNull", "Whether there is no object.", operands=["input: Object|Null borrows"], result="Bool")
op("AssumeNotNull", "The object, where control flow has shown that there is one.",
   operands=["input: Object|Null consumes"], result="own notnull(input)")
op("AssumeType", "The object, where a guard has shown its type.",
   operands=["input: Object|Null consumes"], immediates=["type: type"], result="own refine(input, type)")

# --- exceptions: what handlers are made of. The handled exception is the thread's, see sys.exc_info() -----------------------------
op("PushExcInfo", "Make an exception the handled one; the result is the one handled before, or None.",
   operands=["exception: Object consumes"], result="own Object", reads=["World"], writes=["World"], keep=True)
op("PopExcept", "Make the exception that was handled before (or None) the handled one again.",
   operands=["previous: Object consumes"], reads=["World"], writes=["World"], exits="raised", no_result=True)
op("CheckExcMatch", "Whether an exception is an instance of a class or of one in a tuple of classes.",
   operands=["exception: Object borrows", "type: Object consumes"], result="own BoolExact", reads=["World"], writes=["World"],
   exits="raised")
op("CheckGroupMatch", "Split an exception by a class, for except*: the result is the part that matches, or None; the rest is left in the "
   "first free stack slot of the frame. The matching part becomes the handled exception.",
   operands=["exception: Object consumes", "type: Object consumes"], result="own Object", reads=["World"], writes=["World"],
   exits="raised")
op("PrepareReraise", "What is to be raised behind the last except*: from the original exception and the list of what is left and was "
   "raised. None when nothing is.", operands=["original: Object consumes", "exceptions: Object consumes"], result="own Object",
   reads=["World"], writes=["World"], exits="raised")
op("Raise", "Raise an exception (instance or class), perhaps with a cause.", operands=["values...: Object consumes"],
   reads=["World"], writes=["World"], exits="raised", terminator=True)
op("RaiseHandled", "Raise the handled exception again, without a new traceback entry.",
   reads=["World"], writes=["World"], exits="raised", terminator=True)
op("Reraise", "Raise an exception again, without a new traceback entry; a second operand is the index of the instruction that then "
   "counts as running.", operands=["exception: Object consumes", "index...: Object borrows"], reads=["World"], writes=["World"],
   exits="raised", terminator=True)
op("EndAsyncFor", "Release a StopAsyncIteration; raise any other exception again, without a new traceback entry.",
   operands=["exception: Object consumes"], reads=["World"], writes=["World"], exits="raised", no_result=True)
op("LoadAssertionError", "The class AssertionError, whatever the name means now.", result="own Object")
op("LookUpContext", "The bound __exit__ (or __aexit__) of a context manager; the bound __enter__ is left in the first free stack slot "
   "of the frame.", operands=["manager: Object consumes"], immediates=["asynchronous: flag"], result="own Object",
   reads=["World"], writes=["World"], exits="raised")
op("CallNoArguments", "Call an object without arguments.", operands=["callable: Object consumes"], result="own Object",
   reads=["World"], writes=["World"], exits="raised")
op("WithExceptStart", "Call a context manager's __exit__ with an exception.",
   operands=["exitMethod: Object borrows", "exception: Object borrows"], result="own Object", reads=["World"], writes=["World"],
   exits="raised")

# --- generators and coroutines ---------------------------------------------------------------------------------------------------------
op("ReturnGenerator", "Move the frame into a new generator, coroutine or asynchronous generator, and return that.",
   reads=["World"], writes=["World"], exits="raised", terminator=True)
op("YieldValue", "Suspend the generator with a value; the others are the value stack. Leaves when tracing is on.",
   operands=["value: Object consumes", "kept...: Object|Null consumes"], reads=["World"], writes=["World"], exits="before",
   reason="Traced", terminator=True)
op("Send", "Send a value to an iterator: true when it gave one, false when it has ended with a result. Either is left in the first "
   "free stack slot of the frame.", operands=["receiver: Object borrows", "value: Object consumes"], result="Bool",
   reads=["World"], writes=["World"], exits="raised")
for _name, _what, _passing in (
        ("GetYieldFromIter", "What `yield from` sends to.", "consumes"),
        ("GetAsyncIter", "What __aiter__ gives.", "consumes"),
        ("GetAsyncNext", "What is awaited for the next value of an asynchronous iterator.", "borrows"),
        ("WrapAsyncValue", "A value as an asynchronous generator yields it.", "consumes")):
    op(_name, _what, operands=[f"input: Object {_passing}"], result="own Object", reads=["World"], writes=["World"], exits="raised")
op("GetAwaitable", "What `await` sends to. `place`: 1 and 2 for what __aenter__ and __aexit__ gave.",
   operands=["input: Object consumes"], immediates=["place: index"], result="own Object", reads=["World"], writes=["World"],
   exits="raised")

# --- guards -------------------------------------------------------------------------------------------------------------------------
op("GuardType", "Leave unless the object has exactly the type.", operands=["input: Object borrows"],
   immediates=["type: type"], result="refine(input, type)", exits="before", reason="TypeChanged", required=True)
op("GuardTrue", "Leave unless the condition holds.", operands=["condition: Bool"], immediates=["reason: reason"], exits="before")
op("GuardPlainLocal", "Leave unless a local's slot is empty or holds plain data (int, float, bool, None, str).",
   immediates=["local: index"], exits="before", reason="TypeChanged", reads=["Locals"], keep=True)
op("GuardUnshared", "Leave unless nobody can tell the object in a local's slot from another one of its value: it is a small int, of which "
   "there is one, or the slot alone holds it, or it was not made yet (the condition).",
   operands=["input: Int64", "written: Bool"], immediates=["local: index"], exits="before", reason="ResultShared", reads=["Locals"], keep=True,
   no_result=True)
op("GuardGlobalNames", "Leave unless the frame's names are global ones: its locals are its globals, which are an exact dict.",
   exits="before", reason="GlobalChanged", reads=["World"], keep=True)
op("NamesVersion", "The version of the dict of globals, which changes whenever a name is bound.", result="Int64", reads=["World"], keep=True)
op("GuardNamesUnchanged", "Leave unless the dict of globals still has the version: what has run meanwhile has bound no name, and all names have "
   "the objects that they had.", operands=["version: Int64"], exits="before", reason="NameBound", reads=["World"], keep=True)
op("GuardGlobal", "Leave unless the name still means the object that the compiler found.",
   immediates=["site: index", "object: index", "type: type"], result="borrow type", exits="before", reason="GlobalChanged", reads=["World"],
   required=True)

# --- unboxed numbers -------------------------------------------------------------------------------------------------------------------
op("UnboxInt", "The value of an int of less than 62 bits; leaves for others.", operands=["input: LongExact borrows"],
   result="Int64", exits="before", reason="IntTooBig")
op("UnboxDouble", "The value of a float.", operands=["input: FloatExact borrows"], result="Double")
op("UnboxAsDouble", "The value of a float, or of an int of at most 30 bits, as a double; leaves for others.",
   operands=["input: Object borrows"], result="Double", exits="before", reason="TypeChanged", required=True)
op("UnboxBool", "The value of a bool.", operands=["input: BoolExact borrows"], result="Bool")
op("BoxInt", "A new int.", operands=["input: Int64"], result="own LongExact", sinkable=True)
op("BoxDouble", "A new float.", operands=["input: Double"], result="own FloatExact", sinkable=True)
op("BoxBool", "True or False.", operands=["input: Bool"], result="own BoolExact", sinkable=True)
op("BoxNumber", "A new int where the condition holds, else a new float. The double is that of the int then.",
   operands=["input: Double", "whole: Bool"], result="own LongExact|FloatExact", sinkable=True)
op("TestInt", "Whether an object is an int.", operands=["input: Object borrows"], result="Bool")
op("CheckedWhole", "The result of arithmetic with doubles, as that of ints where the condition holds: there is no -0.0, and what may be rounded leaves.",
   operands=["input: Double", "whole: Bool"], result="Double", exits="before", reason="IntTooBig")
for _kind, _type, _what in (("Int", "Int64", "An int"), ("Double", "Double", "A float"), ("Bool", "Bool", "True or False")):
    op(f"Box{_kind}If", f"{_what}, the object of `other` when `same` holds, or what is in a local's slot when `written` does not. For exits "
       "alone.", operands=["written: Bool", f"input: {_type}", "same: Bool", f"other: {_type}"], immediates=["local: index"],
       result="own Object|Null", sinkable=True)
for _name, _what in (("Add", "Sum"), ("Subtract", "Difference"), ("Multiply", "Product"),
                     ("FloorDivide", "Floored quotient"), ("Modulo", "Floored remainder")):
    op(f"CheckedInt{_name}", f"{_what} of two unboxed integers; leaves when it does not fit or cannot be formed.",
       operands=["left: Int64", "right: Int64"], result="Int64", exits="before", reason="IntTooBig",
       required=_name in ("FloorDivide", "Modulo"))
op("CheckedIntTrueDivide", "Quotient of two unboxed integers; leaves on zero and where a division of doubles would round twice.",
   operands=["left: Int64", "right: Int64"], result="Double", exits="before", reason="DivisionByZero", required=True)
op("CheckedIntNegate", "Negated unboxed integer.", operands=["input: Int64"], result="Int64", exits="before", reason="IntTooBig")
for _name, _what in (("And", "Bits that both"), ("Or", "Bits that one or both"), ("Xor", "Bits that one, but not both,")):
    op(f"Int{_name}", f"{_what} of two unboxed integers have: as wide as these at most.", operands=["left: Int64", "right: Int64"],
       result="Int64")
op("IntCompare", "Comparison of two unboxed integers.", operands=["left: Int64", "right: Int64"],
   immediates=["operator: compare"], result="Bool")
op("CheckedIntToDouble", "An unboxed integer as a double; leaves where that would round.", operands=["input: Int64"], result="Double",
   exits="before", reason="IntTooBig")
for _name, _what in (("Add", "Sum"), ("Subtract", "Difference"), ("Multiply", "Product")):
    op(f"Double{_name}", f"{_what} of two doubles.", operands=["left: Double", "right: Double"], result="Double")
for _name, _what in (("TrueDivide", "Quotient"), ("FloorDivide", "Floored quotient"), ("Modulo", "Floored remainder")):
    op(f"CheckedDouble{_name}", f"{_what} of two doubles; leaves on zero.", operands=["left: Double", "right: Double"],
       result="Double", exits="before", reason="DivisionByZero", required=True)
op("CheckedDoublePower", "Power of two doubles; leaves unless both are finite and the result is, is real, and has all its bits.",
   operands=["left: Double", "right: Double"], result="Double", exits="before", reason="PowerOutside", required=True)
op("CheckedMath", "Result of a function of the module math (src/base/math_functions.cpp); leaves where that is no number or becomes infinite.",
   operands=["input: Double"], immediates=["function: index"], result="Double", exits="before", reason="MathOutside", required=True)
op("DoubleNegate", "Negated double.", operands=["input: Double"], result="Double")
op("DoubleCompare", "Comparison of two doubles; only != is true on a NaN.", operands=["left: Double", "right: Double"],
   immediates=["operator: compare"], result="Bool")
op("BoolNot", "Negated truth value.", operands=["input: Bool"], result="Bool")
op("BoolAnd", "Whether both hold.", operands=["left: Bool", "right: Bool"], result="Bool")

# --- ranges ---------------------------------------------------------------------------------------------------------------------------
op("UnpackRangeNext", "The next value of a range iterator that only this frame holds; leaves for other ranges.",
   operands=["iterator: RangeIterExact borrows"], result="Int64", exits="before", reason="RangeChanged", reads=["Heap"])
op("UnpackRangeStep", "The step of a range iterator.", operands=["iterator: RangeIterExact borrows"], result="Int64", reads=["Heap"])
op("UnpackRangeLimit", "Where a range iterator ends: its next value would be this one if it had any values left.",
   operands=["iterator: RangeIterExact borrows"], result="Int64", reads=["Heap"])
op("RangeLimit", "Where range(start, stop, step) ends: start plus step times its length. Leaves when the step is zero or the values "
   "do not fit.", operands=["start: Int64", "stop: Int64", "step: Int64"], result="Int64", exits="before", reason="RangeChanged",
   required=True)
op("MakeRangeIter", "An iterator over a range, at its end when next = limit. The limit is a whole number of steps away.",
   operands=["next: Int64", "step: Int64", "limit: Int64"], result="own RangeIterExact", sinkable=True)
op("RangeHasNext", "Whether a range iterator has a next value.", operands=["iterator: RangeIterExact borrows"], result="Bool",
   reads=["Heap", "World"])
op("AdvanceRange", "The next value of a range iterator that has one, and which is one further on then; leaves in front of that when the value has "
   "more than 62 bits.", operands=["iterator: RangeIterExact borrows"], result="Int64", exits="before", reason="IntTooBig",
   reads=["Heap", "World"], writes=["Heap"], keep=True)
# --- iterators that count ----------------------------------------------------------------------------------------------------------------
# `kind`: base::IteratorKind; `which`: of two that are zipped.
op("GuardIterator", "Leave unless the object is an iterator of the kind.", operands=["input: Object borrows"], immediates=["kind: index"],
   exits="before", reason="TypeChanged", reads=["World"], keep=True, no_result=True)
op("IteratorHasNext", "Whether such an iterator has a next item.", operands=["iterator: Object borrows"], immediates=["kind: index"],
   result="Bool", reads=["Heap", "World"])
op("IteratorCount", "How many items an enumeration has counted; leaves when that has more than 62 bits.", operands=["iterator: Object borrows"],
   result="Int64", exits="before", reason="IntTooBig", reads=["Heap", "World"])
op("AdvanceIterator", "The next item of such an iterator that has one, and which is one further on then.",
   operands=["iterator: Object borrows"], immediates=["kind: index", "which: index"], result="own Object", reads=["Heap", "World"],
   writes=["Heap"], keep=True)
op("IterEnd", "IterNext of such an iterator that has none: what it iterates over is released.", operands=["iterator: Object borrows"],
   immediates=["site: index"], result="own Object|Null", reads=["World"], writes=["World"], exits="raised")
op("IntAddUnchecked", "Sum of unboxed integers that is known to fit.", operands=["left: Int64", "right: Int64"], result="Int64")

# --- inside objects: what a site has found before, without a helper ------------------------------------------------------------------------
op("GuardVersion", "Leave unless the object's type has one of the versions that the compiler found (0: there are no more): it is that type, and "
   "nobody has changed it or its bases.", operands=["input: Object borrows"],
   immediates=["version: index", "second: index", "third: index", "fourth: index"], result="same(input)", exits="before",
   reason="LayoutChanged", reads=["World"], required=True)
op("TestVersion", "Whether the object's type has one of these versions.", operands=["input: Object borrows"],
   immediates=["version: index", "second: index", "third: index", "fourth: index"], result="Bool", reads=["World"])
op("GuardNotDerived", "Leave when the class of the right operand derives from that of the left one: it would be asked first.",
   operands=["right: Object borrows", "left: Object borrows"], exits="before", reason="TypeChanged", reads=["World"], keep=True, no_result=True)
op("GuardModule", "Leave unless the object is a module whose dict has the version: no name in it was bound since the compiler looked.",
   operands=["input: Object borrows"], immediates=["version: int"], exits="before", reason="LayoutChanged", reads=["World"], keep=True,
   no_result=True)
op("GuardSharedNames", "Leave unless the instance has no dict of its own, and the instances of its class share so many names: none was added since "
   "the compiler looked.", operands=["input: Object borrows"], immediates=["count: index"], result="same(input)", exits="before",
   reason="LayoutChanged", reads=["World"], required=True)
op("GuardFields", "Leave when the instance has a dict in place of its values.", operands=["input: Object borrows"], result="same(input)",
   exits="before", reason="LayoutChanged", reads=["World"], required=True)
op("GuardThere", "Leave when there is no object.", operands=["input: Object|Null borrows"], result="notnull(input)", exits="before",
   reason="LayoutChanged", required=True)
op("ExchangeField", "Put an object into one of the values that an instance has in place of a dict; the result is what was there.",
   operands=["owner: Object borrows", "value: Object consumes"], immediates=["index: index"], result="own Object|Null", reads=["Heap"],
   writes=["Heap"], keep=True)
op("ExchangeMember", "Put an object at a place of another; the result is what was there.",
   operands=["owner: Object borrows", "value: Object consumes"], immediates=["offset: index"], result="own Object|Null", reads=["Heap"],
   writes=["Heap"], keep=True)
op("PeekField", "The object in one of the values that an instance has in place of a dict, or null. It is kept by its place, until something is "
   "put there.", operands=["owner: Object borrows"], immediates=["index: index"], result="borrow Object|Null", reads=["Heap", "World"])
op("PeekMember", "The object at a place of an object, so many bytes into it, or null; kept likewise.", operands=["owner: Object borrows"],
   immediates=["offset: index"], result="borrow Object|Null", reads=["Heap", "World"])
op("PeekItem", "The object at a place of a sequence, which has it; kept likewise.",
   operands=["sequence: ListExact|TupleExact borrows", "place: Int64"], result="borrow Object", reads=["Heap", "World"])
op("GuardNotOwn", "Leave when the instance has something of its own under the site's name. It has not while the instances of its class share so "
   "many names and it has no dict.", operands=["input: Object borrows"], immediates=["count: index", "site: index"], result="same(input)",
   exits="before", reason="LayoutChanged", reads=["World"], required=True)
op("PeekOwn", "What an instance has under the site's name: in its values, at the index (kNoPlace: not there), or in its dict; null when it has "
   "nothing. Kept by its place.", operands=["owner: Object borrows"], immediates=["index: index", "site: index"],
   result="borrow Object|Null", reads=["Heap", "World"])
op("ExchangeOwn", "Put an object in the place of what an instance has under the site's name; the result is what was there. Leaves when it has "
   "neither values nor a dict, or the dict cannot take it.", operands=["owner: Object borrows", "value: Object consumes"], immediates=["index: index", "site: index"],
   result="own Object|Null", exits="before", reason="LayoutChanged", reads=["Heap"], writes=["Heap"], keep=True)
op("LoadFound", "A new reference to an object that the compiler found, and which what was guarded before keeps alive.",
   immediates=["object: index", "type: type"], result="own type", reads=["World"])
op("PeekFound", "The same without a reference, where nothing can change what was guarded before.", immediates=["object: index", "type: type"],
   result="borrow type", reads=["World"])
op("TestFound", "Whether an object is one that the compiler found.", operands=["input: Object borrows"], immediates=["object: index"],
   result="Bool")
op("GuardFound", "Leave unless the object is one that the compiler found.", operands=["input: Object|Null borrows"],
   immediates=["object: index"], exits="before", reason="LayoutChanged", keep=True, no_result=True)
op("PeekCell", "The object in the cell that a local's slot has, or null.", immediates=["local: index"], result="borrow Object|Null",
   reads=["Heap", "World"])
op("LoadSuperMethod", "What the classes behind one in an object's method resolution order have under the site's name, to be called with the object; "
   "leaves when that is no function or method, or cannot be told without running Python code.",
   operands=["type: Object|Null borrows", "object: Object borrows"], immediates=["site: index"], result="own Object", exits="before",
   reason="LayoutChanged", reads=["World"], required=True)
op("GuardIndex", "The place that an index means in an object with a number of items, one below zero counting from the end; leaves when it is "
   "outside.", operands=["sequence: Object borrows", "index: Int64"], result="Int64", exits="before", reason="IndexOutside", reads=["Heap"],
   required=True)
op("GuardSize", "Leave unless a sequence has so many items.", operands=["sequence: ListExact|TupleExact borrows"], immediates=["size: index"],
   exits="before", reason="IndexOutside", reads=["Heap"], keep=True, no_result=True)
op("ExchangeItem", "Put an object at a place of a list, which has it; the result is what was there.",
   operands=["list: ListExact borrows", "place: Int64", "value: Object consumes"], result="own Object", reads=["Heap"], writes=["Heap"],
   keep=True)
op("ExchangeItemDouble", "Put a float at a place of a list, which has it: the number into the float that is there, when nobody else holds that, "
   "and else a new one. The result is what was replaced, null when it is there still.",
   operands=["list: ListExact borrows", "place: Int64", "value: Double"], result="own Object|Null", reads=["Heap"], writes=["Heap"], keep=True)
op("ExchangeFieldDouble", "The same for one of the values that an instance has in place of a dict.",
   operands=["owner: Object borrows", "value: Double"], immediates=["index: index"], result="own Object|Null", reads=["Heap"],
   writes=["Heap"], keep=True)
op("GuardElements", "Leave unless the object's type has the version that the compiler found, and the object the kind of numbers "
   "(python/elements.h).", operands=["input: Object borrows"], immediates=["version: index", "kind: index"], result="same(input)",
   exits="before", reason="LayoutChanged", reads=["World"], required=True)
op("LoadElementInt", "The integer at a place of an object that holds numbers, which has it; leaves when it has more than 62 bits.",
   operands=["owner: Object borrows", "place: Int64"], immediates=["kind: index"], result="Int64", exits="before", reason="IntTooBig",
   reads=["Heap"])
op("LoadElementDouble", "The double at a place of an object that holds numbers, which has it.",
   operands=["owner: Object borrows", "place: Int64"], immediates=["kind: index"], result="Double", reads=["Heap"])
op("StoreElementInt", "Put an integer at a place of an object that holds numbers, which has it; leaves when it does not fit.",
   operands=["owner: Object borrows", "place: Int64", "value: Int64"], immediates=["kind: index"], exits="before", reason="IntTooBig",
   writes=["Heap"], keep=True, no_result=True)
op("StoreElementDouble", "Put a double at a place of an object that holds numbers, which has it.",
   operands=["owner: Object borrows", "place: Int64", "value: Double"], immediates=["kind: index"], writes=["Heap"], keep=True, no_result=True)

# --- code of callees inside their callers -------------------------------------------------------------------------------------------------
op("GuardCallee", "Leave unless a call of the object enters the code that the compiler expects, and nobody would see more of it than its result: "
   "no trace function, no tracemalloc, recursion left. With `names` the function's globals and builtins must be the frame's, too.",
   operands=["function: Object borrows"], immediates=["callee: index", "names: flag"], exits="before", reason="CalleeChanged",
   reads=["World"], keep=True, no_result=True)
op("GuardSignature", "Leave unless a call of the object enters the code that the compiler expects, and the function has just the tuple of defaults "
   "that the compiler found (kNoPlace: none is used).", operands=["function: Object borrows"],
   immediates=["callee: index", "defaults: index"], exits="before", reason="CalleeChanged", reads=["World"], keep=True, no_result=True)
op("GuardQuietEnd", "Leave unless giving so many references to the object back, and one for each of `also` that is the same object, runs no Python "
   "code: others hold it, or it and what it alone holds have no finalizers.",
   operands=["input: Object|Null borrows", "also...: Object|Null borrows"], immediates=["given: index"], exits="before", reason="EndObserved",
   reads=["World"], keep=True, no_result=True)
op("ReleaseQuietly", "Give a reference back, where a guard has shown that no Python code runs. What the object alone holds goes with it.",
   operands=["input: Object|Null consumes"], writes=["Heap"], quiet=True, keep=True, no_result=True)
op("QuietBinaryOp", "BinaryOp of operands for which that runs no Python code and succeeds; leaves for others.",
   operands=["left: Object borrows", "right: Object borrows"], immediates=["operator: binary"], result="own Object", exits="before",
   reason="NotQuiet", reads=["World"], required=True)
op("QuietCompareOp", "CompareOp likewise.", operands=["left: Object borrows", "right: Object borrows"], immediates=["operator: compare"],
   result="own Object", exits="before", reason="NotQuiet", reads=["World"], required=True)
op("QuietTruth", "Truth likewise.", operands=["input: Object borrows"], result="Bool", exits="before", reason="NotQuiet", reads=["World"],
   required=True)
op("QuietContains", "ContainsOp likewise, never negated.", operands=["item: Object borrows", "container: Object borrows"], result="Bool",
   exits="before", reason="NotQuiet", reads=["World"], required=True)
op("QuietLength", "The length of an object for which len() runs no Python code; leaves for others.", operands=["input: Object borrows"],
   result="Int64", exits="before", reason="NotQuiet", reads=["World"], required=True)
op("QuietGlobal", "LoadGlobal likewise.", immediates=["name: index", "site: index"], result="own Object", exits="before", reason="NotQuiet",
   reads=["World"], required=True)
op("QuietOperate", "Operate likewise, for the operations that the lowering has a quiet helper for.", operands=["inputs...: Object borrows"],
   immediates=["operation: operation", "site: index"], result="own Object", exits="before", reason="NotQuiet", reads=["World"],
   required=True)
op("GuardClass", "Leave unless the object is the class that has the version: the one that the compiler found, and nobody has changed it or its "
   "bases.", operands=["type: Object borrows"], immediates=["version: index"], exits="before", reason="CalleeChanged", reads=["World"],
   keep=True, no_result=True)
op("NewInstance", "An instance of a class for which type.__call__ does no more than object.__new__ and __init__, as the former makes it; leaves where "
   "the garbage collector is due. The class has the version.", operands=["type: Object borrows"], immediates=["version: index"],
   result="own Object", exits="before", reason="CollectorDue", reads=["World"], required=True)
op("InitialiseField", "Put an object into one of the values that a new instance has in place of a dict, where there is none yet, and which follows so "
   "many others.", operands=["owner: Object borrows", "value: Object consumes"], immediates=["index: index", "others: index"],
   writes=["Heap"], keep=True, no_result=True)
op("InlinedReturn", "The end of a body that is to be put into its callers, with the result of the call. Never lowered.",
   operands=["value: Object consumes"], terminator=True)
# --- activations without frames: passes/self_calls.h ------------------------------------------------------------------------
op("OwnFunction", "The function whose code this is. Exits find it in the frame of who called first.", result="borrow FunctionExact", sinkable=True)
op("PassedObject", "An argument of a frameless body: the reference passes to it.", immediates=["index: index"], result="own Object")
op("PassedInt", "An argument of a frameless body, the number of an int that nobody else has.", immediates=["index: index"], result="Int64")
op("GuardSelf", "Leave unless the object is the function whose code this is.",
   operands=["function: Object borrows"], exits="before", reason="CalleeChanged", reads=["World"], keep=True, no_result=True)
op("GuardOwnName", "Leave unless a global name means the function whose code this is.", immediates=["name: index", "site: index"],
   exits="before", reason="CalleeChanged", reads=["World"], keep=True, no_result=True)
op("GuardRoom", "Leave unless nothing wants attention, and there is room for another activation without a frame.",
   exits="before", reason="NoRoom", reads=["World"], keep=True, no_result=True)
op("CountSelf", "Count an activation that is inlined in the frameless body: others are counted by who enters it.", keep=True, no_result=True)
op("CallSelf", "Enter the frameless body of the function whose code this is.", operands=["arguments...: Object|Int64 consumes"],
   immediates=["callee: index"], result="own Object", reads=["World"], writes=["World"], exits="raised")
op("CallSelfInt", "CallSelf where the body returns the numbers of ints.", operands=["arguments...: Object|Int64 consumes"],
   immediates=["callee: index"], result="Int64", reads=["World"], writes=["World"], exits="raised")
op("PassBack", "The end of a frameless body, with the result of the call.", operands=["value: Object consumes"], terminator=True)
op("PassBackInt", "PassBack of the number of an int that nobody else has.", operands=["value: Int64"], terminator=True)
op("TestNone", "Whether an object is None.", operands=["input: Object borrows"], result="Bool")
op("TestNotImplemented", "Whether an object is NotImplemented.", operands=["input: Object borrows"], result="Bool")
op("TestSame", "Whether two objects are one.", operands=["left: Object borrows", "right: Object borrows"], result="Bool")
