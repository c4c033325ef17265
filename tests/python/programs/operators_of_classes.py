# SPDX-License-Identifier: MIT
# compiled: add scaled grown chain item mixed
# Operators whose methods are written in Python: in loops over operands of one and of several classes, with results that
# make CPython ask on, while classes, methods and operands change, methods raise, trace, and look at frames.
import gc
import sys
import traceback

from observing import outcome, value_text

log = []


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vec(self.x * factor, self.y * factor)

    def __getitem__(self, place):
        return self.x if place == 0 else self.y

    def __repr__(self):
        return f"{type(self).__name__}({self.x!r}, {self.y!r})"


class Derived(Vec):
    def __radd__(self, other):
        log.append("asked first")
        return Derived(0, other.x)


class Plain(Vec):
    """Derives, and has no method of its own."""


class Shy:
    """Knows other ints alone."""

    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        if isinstance(other, int):
            return self.value + other
        return NotImplemented

    def __mul__(self, other):
        return NotImplemented

    __sub__ = __mul__


class Reflecting:
    def __radd__(self, other):
        log.append(("radd", type(other).__name__))
        return 40

    def __rsub__(self, other):
        return NotImplemented


class Grows:
    def __init__(self):
        self.items = []

    def __iadd__(self, item):
        self.items.append(item)
        return self

    def __isub__(self, item):
        return NotImplemented

    def __sub__(self, item):
        return ("less", item)


class Listed(list):
    def __add__(self, other):
        return NotImplemented

    def __mul__(self, other):
        return NotImplemented


class Ending:
    """Its end is seen."""

    def __init__(self, name):
        self.name = name

    def __add__(self, other):
        log.append(("add", self.name, sys.getrefcount(self) > 1))
        return self.name

    def __del__(self):
        log.append(("end", self.name))


def add(left, right, times):
    result = None
    for _ in range(times):
        result = left + right
    return result


def scaled(vectors, factor, times):
    total = Vec(0, 0)
    for i in range(times):
        total = total + vectors[i % len(vectors)] * factor
    return total


def grown(target, item, times):
    for _ in range(times):
        target += item
    return target


def lessened(target, item, times):
    for _ in range(times):
        target -= item
    return target


def multiplied(left, right, times):
    result = None
    for _ in range(times):
        result = left * right
    return result


def chain(a, b, times):
    """Operands that nothing else holds."""
    total = 0
    for i in range(times):
        total += ((a + b) * 2 + Vec(i, 1))[1]
    return total


def item(owner, times):
    total = 0
    for i in range(times):
        total += owner[i & 1]
    return total


def mixed(pairs, times):
    results = []
    for i in range(times):
        left, right = pairs[i % len(pairs)]
        try:
            results.append(left + right)
        except TypeError as error:
            results.append(str(error))
    return results[-len(pairs):]


def show(name, function, *arguments):
    print(name, outcome(function, *arguments), value_text(log))
    log.clear()


show("vectors", add, Vec(1, 2), Vec(0.5, -1), 500)
show("scaled", scaled, [Vec(1, 2), Vec(0.5, 4)], 3, 500)
show("chain", chain, Vec(1, 2), Vec(3, 4), 400)
show("item", item, Vec(3, 4.5), 400)

# The right operand's class derives from the left one's: it is asked first where it has a method of its own.
show("plain", add, Vec(1, 2), Plain(3, 4), 300)
show("derived", add, Vec(1, 2), Derived(3, 4), 2)
show("derived, left", add, Derived(1, 2), Vec(3, 4), 300)
show("vectors again", add, Vec(1, 2), Vec(3, 4), 300)

# NotImplemented.
show("shy", add, Shy(2), 3, 300)
show("shy, float", add, Shy(2), 3.5, 3)
show("shy, reflecting", add, Shy(2), Reflecting(), 2)
show("shy, shy", add, Shy(2), Shy(2), 2)
show("shy, list", add, Shy(2), [1], 2)
show("shy * list", multiplied, Shy(2), [1], 300)
show("list * shy", multiplied, [1], Shy(2), 2)
show("shy * int", multiplied, Shy(2), 3, 2)
show("shy - reflecting", lessened, Shy(2), Reflecting(), 2)
show("reflecting + int", add, Reflecting(), 1, 2)
show("list + list", add, Listed([1]), Listed([2]), 300)
show("list + tuple", add, Listed([1]), (2,), 2)
show("list * int", multiplied, Listed([1]), 2, 300)
show("list * str", multiplied, Listed([1]), "2", 2)
show("pairs", mixed, [(Vec(1, 2), Vec(3, 4)), (Shy(1), 2), (Shy(1), "2"), (Derived(1, 2), Vec(5, 6)), (1, 2.5)], 500)

# In place.
show("grown", lambda: len(grown(Grows(), 1, 300).items))
show("grown vectors", grown, Vec(0, 0), Vec(1, 2.5), 300)
show("grown lists", grown, Listed([1]), [2], 3)
show("lessened", lessened, Grows(), 5, 1)
show("lessened twice", lessened, Grows(), 5, 2)


# What methods do while a loop runs.
def change_after(count, action):
    state = [0]

    def method(self, other):
        state[0] += 1
        if state[0] == count:
            action(self, other)
        return self.value

    return method


def run_changed(name, action, times=400):
    class Changing:
        value = 1
        other_class = None

        def __init__(self):
            self.held = []

    Changing.__add__ = change_after(200, action)
    left, right = Changing(), Changing()

    def loop():
        results = set()
        for _ in range(times):
            results.add(left + right)
        return sorted(results, key=str)

    show(name, loop)


class Elsewhere:
    value = "elsewhere"
    held = None

    def __add__(self, other):
        return ("elsewhere", type(other).__name__)


def new_method(self, other):
    type(self).__add__ = lambda self, other: "new"


def new_value(self, other):
    type(self).value = "new value"


def new_class(self, other):
    self.__class__ = Elsewhere


def new_class_of_right(self, other):
    other.__class__ = Elsewhere


def no_method(self, other):
    del type(self).__add__
    type(self).__radd__ = lambda self, other: "reflected"


def hidden(self, other):
    self.__add__ = lambda other: "never called"


def new_code(self, other):
    def twin(self, other):
        return "new code"

    replaced = type(self).__add__
    if replaced.__code__.co_freevars == twin.__code__.co_freevars:
        replaced.__code__ = twin.__code__


def raises(self, other):
    raise KeyError("in the middle")


def collects(self, other):
    gc.collect()


def not_implemented(self, other):
    type(self).value = NotImplemented


for change in (new_method, new_value, new_class, new_class_of_right, no_method, hidden, new_code, raises, collects,
               not_implemented):
    run_changed(change.__name__, change)


class Recoded:
    def __add__(self, other):
        return 1


def recoded(times):
    def twin(self, other):
        return 2.5

    one = Recoded()
    total = 0
    for i in range(times):
        total += one + one
        if i == times // 2:
            Recoded.__add__.__code__ = twin.__code__
    return total


show("recoded", recoded, 600)


# Errors: where they are said to be, and what is still held then.
class Raises:
    def __init__(self, limit):
        self.limit = limit

    def __add__(self, other):
        return self.checked(other)

    def checked(self, other):
        if other == self.limit:
            raise ValueError("limit")
        return other

    def __getitem__(self, place):
        return [10, 20, 30][place]


def until_error(limit):
    adder = Raises(limit)
    total = 0
    for i in range(1000):
        total += adder + i
    return total


def lines_of_error(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        entries = traceback.extract_tb(error.__traceback__)
        return type(error).__name__, str(error), [(entry.name, entry.lineno, entry.line) for entry in entries[1:]]


def held_by_error(times):
    left = Raises(7)
    caught = 0
    for i in range(times):
        try:
            left + (i % 8)
        except ValueError:
            caught += 1
    return caught, sys.getrefcount(left)


def item_error(times):
    owner = Raises(0)
    total = 0
    for i in range(times):
        total += owner[i % 3 if i < times - 1 else 3]
    return total


show("until error", lines_of_error, until_error, 500)
show("held", held_by_error, 400)
show("item error", lines_of_error, item_error, 300)


# Ends of operands, in their order.
def ends(times):
    for i in range(times):
        Ending(f"left {i}") + Ending(f"right {i}")


ends(300)
print(len(log), log[:6], log[-6:])
log.clear()


# Frames that a method sees.
class Looks:
    def __add__(self, other):
        frame = sys._getframe()
        return frame.f_back.f_lineno - frame.f_back.f_code.co_firstlineno, frame.f_back.f_locals["i"]

    def __getitem__(self, place):
        return sys._getframe(1).f_code.co_name


def looked(times):
    looks = Looks()
    seen = set()
    for i in range(times):
        line, number = looks + None
        seen.add((line, number == i, looks[0]))
    return seen


show("looked", looked, 300)


# Tracing that begins and ends in a method.
class Traces:
    def __init__(self, at):
        self.at = at

    def __add__(self, number):
        if number == self.at:
            sys.settrace(lambda frame, event, argument: log.append((event, frame.f_code.co_name)))
        if number == self.at + 2:
            sys.settrace(None)
        return number


def traced(times):
    traces = Traces(times // 2)
    total = 0
    for i in range(times):
        total += traces + i
    sys.settrace(None)
    return total


show("traced", traced, 300)


# Recursion.
class Deep:
    def __add__(self, depth):
        return 1 + (self + (depth - 1)) if depth else 0


def deep(depth, times):
    one = Deep()
    total = 0
    for _ in range(times):
        total += one + depth
    return total


def too_deep():
    try:
        Deep() + 100000
    except RecursionError as error:
        return str(error)


show("deep", deep, 20, 50)
show("too deep", too_deep)


# Methods that are no plain functions.
class Odd:
    __add__ = staticmethod(lambda other: ("static", other))
    __sub__ = classmethod(lambda owner, other: (owner.__name__, other))
    __mul__ = len
    __getitem__ = lambda self, place, default=3: (place, default)


show("static", add, Odd(), 2, 100)
show("class", lessened, Odd(), 2, 1)
show("builtin", multiplied, Odd(), 2, 1)
show("default", lambda: [Odd()[i] for i in range(300)][-1])
