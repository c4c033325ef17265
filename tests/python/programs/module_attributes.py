# SPDX-License-Identifier: MIT
# What modules have, by a global name and by another module: functions, constants, modules. Names are bound anew,
# deleted, hidden and found elsewhere while loops run.
# compiled: calls constants rebinds deletes counts chain hides subclassed raises defaults recurses swapped alone
import os.path
import sys
import traceback
import types

SOURCE = """
limit = 10
ratio = 0.5
label = "tools"
count = 0
def double(value):
    return value * 2
def scaled(value, by=3, *, plus=0):
    return value * by + plus
def counted(value):
    global count
    count += 1
    return value + count
def fails(value):
    return value // (value - 3)
def own_limit():
    return limit
def down(value):
    import tools
    return 0 if value == 0 else 1 + tools.down(value - 1)
class Thing:
    def __init__(self, value):
        self.value = value
"""


def fresh():
    module = types.ModuleType("tools")
    exec(SOURCE, vars(module))
    sys.modules["tools"] = module
    return module


tools = fresh()
package = types.ModuleType("package")
package.tools = tools


def calls(turns):
    total = 0
    for i in range(turns):
        total += tools.double(i) + tools.own_limit() + tools.Thing(i).value
        function = tools.double
        total += function(1)
    return total


def constants(turns):
    total = 0.0
    for i in range(turns):
        total += tools.limit * tools.ratio + len(tools.label) + i
        if i == 5:
            tools.limit = 2.5
        if i == 8:
            tools.label = b"other"
    return total


def rebinds(turns):
    seen = []
    for i in range(turns):
        if i == 3:
            tools.double = lambda value: ("new", value)
        if i == 5:
            tools.double = str
        if i == 7:
            tools.double = tools.Thing
        seen.append(tools.double(i))
    return [getattr(item, "value", item) for item in seen]


def deletes(turns):
    seen = []
    for i in range(turns):
        if i == 4:
            del tools.double
        if i == 6:
            tools.double = tools.own_limit.__code__.co_name.join
        try:
            seen.append(tools.double(i))
        except (AttributeError, TypeError) as error:
            seen.append(str(error))
    return seen


def counts(turns):
    """Each call binds a name of the module anew."""
    total = 0
    for i in range(turns):
        total += tools.counted(i) + tools.count
    return total


def chain(turns):
    seen = []
    for i in range(turns):
        if i == 4:
            package.tools = fresh()
            package.tools.limit = "new"
        if i == 6:
            package.tools = types.SimpleNamespace(limit=1.5, double=abs)
        seen.append((package.tools.limit, package.tools.double(-i), os.path.basename("a/b")))
    package.tools = tools
    return seen


def hides(turns):
    """A module's own name for its class, its dict, and what it makes up."""
    seen = []
    tools.__getattr__ = lambda name: name.upper()
    for i in range(turns):
        if i == 3:
            tools.made_up = "real"
        if i == 5:
            del tools.made_up
        seen.append((tools.made_up, tools.__name__, tools.__class__ is types.ModuleType, len(tools.__dict__) > 5))
    return seen


class Odd(types.ModuleType):
    @property
    def limit(self):
        return "property"

    def double(self, value):
        return "method", value


def subclassed(turns):
    seen = []
    for i in range(turns):
        if i == 3:
            tools.__class__ = Odd
        seen.append((tools.limit, tools.double(i)))
    return seen


def raises(turns):
    seen = []
    for i in range(turns):
        try:
            seen.append(tools.fails(i))
        except ZeroDivisionError as error:
            frames = traceback.extract_tb(error.__traceback__)
            seen.append([(frame.name, frame.lineno) for frame in frames[1:]])
    return seen


def defaults(turns):
    seen = []
    for i in range(turns):
        if i == 3:
            tools.scaled.__defaults__ = (7,)
        if i == 5:
            tools.scaled.__code__ = (lambda value, by=1, *, plus=0: ("code", value, by, plus)).__code__
        seen.append((tools.scaled(i), tools.scaled(i, 2), tools.scaled(i, plus=1)))
    return seen


def recurses(turns):
    return [tools.down(i) for i in range(turns)]


def swapped(turns):
    """The global name means another module, and what is no module."""
    global tools
    kept = tools
    seen = []
    for i in range(turns):
        if i == 3:
            tools = fresh()
            tools.limit = -1
        if i == 5:
            tools = types.SimpleNamespace(limit=[i], double=len)
        seen.append((tools.limit, tools.double("ab")))
    tools = kept
    return seen


def alone(turns):
    """Nothing but the module holds what is called, which ends during the call."""
    seen = []

    class Ends:
        def __del__(self):
            seen.append("end")

    def make(ends):
        def function(value):
            del tools.made
            return ends is not None, value

        return function

    for i in range(turns):
        tools.made = make(Ends())
        seen.append(tools.made(i))
    return seen


def start_again():
    for name in list(vars(tools)):
        if not name.startswith("__") or name == "__getattr__":
            delattr(tools, name)
    exec(SOURCE, vars(tools))


for turn in range(12):
    for function in (
        calls, constants, rebinds, deletes, counts, chain, hides, subclassed, raises, defaults, recurses, swapped, alone,
    ):
        print(function.__name__, function(12 if turn % 3 else 10))
        tools.__class__ = types.ModuleType
        start_again()
