# SPDX-License-Identifier: MIT
# compiled: scale offset sums named methods classes inner nested swapped wrong kept evaluated collected collecting recursive
# Arguments that calls name or leave to defaults: bound when the caller is compiled, and found wrong when the function
# gets other defaults, another code or another meaning of its name in the middle of a loop.
import gc
import sys
import weakref

from observing import outcome, value_text


def scale(value, factor=2, offset=0):
    return value * factor + offset


def shifted(value, by, /, *, sign=1):
    return value + by * sign


def offset(value, /, by=5):
    return value + by


class Counter:
    def __init__(self, start=0, step=1):
        self.count = start
        self.step = step

    def add(self, times=1, reverse=False):
        self.count += -self.step * times if reverse else self.step * times
        return self.count


def sums(n):
    total = 0
    for i in range(n):
        total += scale(i) + scale(i, 3) + scale(i, offset=1) + scale(factor=i, value=2) + offset(i)
    return total


def named(n):
    total = 0
    for i in range(n):
        total += scale(offset=i, factor=3, value=i) + offset(i, by=1)
        total += shifted(i, 1, sign=-1)
    return total


def methods(n):
    counter = Counter()
    for i in range(n):
        counter.add()
        counter.add(2)
        counter.add(reverse=i % 3 == 0)
        counter.add(reverse=True, times=i)
    return counter.count


def classes(n):
    total = 0
    for i in range(n):
        total += Counter().count + Counter(i).step + Counter(step=i).step + Counter(step=2, start=i).count
    return total


def inner(value, depth=0):
    return sys._getframe(depth).f_code.co_name, value


def nested(n):
    seen = set()
    for i in range(n):
        seen.add(inner(i % 3))
        seen.add(inner(depth=1, value=i % 2))
    return sorted(seen)


def swapped(n, at, change):
    """`change` is called in the middle of the loop."""
    found = []
    for i in range(n):
        if i == at:
            change()
        found.append((scale(i), scale(i, offset=1), offset(i), Counter(i).step, Counter(step=i).count))
    return found[at - 1 : at + 2]


def changed(change, undo):
    try:
        swapped(200, 199, int)
        return outcome(swapped, 200, 150, change)
    finally:
        undo()


class Defaults:
    """One attribute of a function, for a while."""

    def __init__(self, function, name, value):
        self.function = function
        self.name = name
        self.value = value
        self.before = getattr(function, name)

    def change(self):
        setattr(self.function, self.name, self.value)

    def undo(self):
        setattr(self.function, self.name, self.before)


def wrong(n):
    """Each of these raises, in the interpreter's words."""
    texts = set()
    for i in range(n):
        for call in (
            lambda: scale(),
            lambda: scale(1, 2, 3, 4),
            lambda: scale(1, value=2),
            lambda: scale(1, other=2),
            lambda: scale(factor=1),
            lambda: offset(value=1),
            lambda: shifted(1, by=2),
            lambda: Counter(1, start=2),
            lambda: Counter(nothing=1),
            lambda: Counter().add(1, times=2),
        ):
            texts.add(value_text(outcome(call)))
    return sorted(texts)


def kept(n):
    """Defaults live as long as their function."""

    class Value:
        def __init__(self, n):
            self.n = n

    deaths = []
    for i in range(n):
        value = Value(i)
        gone = weakref.ref(value)

        def uses(x, held=value):
            return held.n + x

        del value
        total = uses(1) + uses(x=2)
        del uses
        deaths.append((total, gone() is None))
    return len(set(death for total, death in deaths)), deaths[-1]


def evaluated(n):
    order = []

    def note(value):
        order.append(value)
        return value

    for i in range(n):
        order.clear()
        scale(offset=note(1), factor=note(2), value=note(3))
        Counter(step=note(4), start=note(5))
    return order


def rest(first, second=2, *more):
    return first, second, more


def names(first, second=2, **named):
    named["first"] = first
    return named


def both(first, second=2, *more, **named):
    named[len(more)] = first
    return second, more, named


EMPTY = ()


class Deaf:
    def __init__(self, *more, **named):
        self.more = more
        self.named = named

    def call(self, *more):
        return more

    def __del__(self):
        Deaf.gone = getattr(Deaf, "gone", 0) + 1


def collected(n):
    """Parameters that take what is left: new containers each time, but one empty tuple."""
    found = []
    for i in range(n):
        made = Deaf(i, i + 1)
        found.append((rest(i), rest(i, 1), rest(i, 1, 2, 3), names(i), names(i, 1), both(i), both(i, 1, 2), made.call(), made.call(i)))
        assert made.more == (i, i + 1) and made.named == {} and rest(i)[2] is EMPTY
        assert names(i) is not names(i)
        for call in (lambda: rest(), lambda: names(1, 2, 3), lambda: both(), lambda: names()):
            if i % 100 == 0:
                found.append(outcome(call))
    del made
    return found[-1], found[0], Deaf.gone


def collecting(n):
    """The argument lives until the call is over."""
    deaths = []
    for i in range(n):
        gone = []
        weak = both(Deaf(), Deaf(), Deaf())
        deaths.append((len(weak[1]), Deaf.gone % 3))
        del weak
    return deaths[0], deaths[-1]


def recursive(n, depth=3, *rest):
    return n if depth == 0 else recursive(n + depth, depth=depth - 1) + scale(n)


print(sums(500), named(500), methods(500), classes(500))
print(nested(300))
for change in (
    Defaults(scale, "__defaults__", (10, 20)),
    Defaults(scale, "__defaults__", (7,)),
    Defaults(scale, "__defaults__", None),
    Defaults(scale, "__defaults__", (1, 2, 3)),
    Defaults(scale, "__code__", (lambda value, offset=1, factor=1: (value, offset, factor)).__code__),
    Defaults(scale, "__code__", (lambda *all, **names: (all, names)).__code__),
    Defaults(offset, "__kwdefaults__", {"by": 3}),
    Defaults(Counter.__init__, "__defaults__", (4, 9)),
    Defaults(Counter.__init__, "__defaults__", ()),
    Defaults(Counter, "__init__", lambda self, start=7, step=8: setattr(self, "step", start) or setattr(self, "count", step)),
    Defaults(sys.modules[__name__], "scale", lambda *all, **names: (all, names)),
    Defaults(sys.modules[__name__], "Counter", lambda *all, **names: Counter2(*all, **names)),
):
    Counter2 = Counter
    print(change.name, value_text(changed(change.change, change.undo)))
    gc.collect()
for text in wrong(150):
    print(text)
print(kept(300))
print(evaluated(300))
print(value_text(collected(300)), collecting(300))
both.__defaults__, rest.__defaults__ = None, (7, 8)
print(value_text(outcome(collected, 300)))
print(recursive(1), outcome(recursive, 1, 2, 3), [recursive(i) for i in range(400)][-1])
