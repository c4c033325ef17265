# SPDX-License-Identifier: MIT
# compiled: make make_all counted failing
# Instances that compiled code makes by entering __init__ itself, while classes change in the middle of a loop, __init__
# fails, returns something, looks at frames and references, recurses too deep, is traced.
import abc
import gc
import sys
import weakref

from observing import caller, outcome, specialised, trace_functions, value_text, warm


def start(self, a, b=2):
    self.a = a
    self.b = b


def make(kind, change, at, n):
    seen = []
    for i in range(n):
        if i == at:
            change(kind)
        made = kind(i)
        seen.append((type(made).__name__, getattr(made, "a", None), getattr(made, "b", None)))
    return seen


def make_all(kinds, n):
    seen = []
    for i in range(n):
        for kind in kinds:
            made = kind(i, n)
            seen.append((type(made).__name__, getattr(made, "a", None), getattr(made, "b", None)))
    return seen


def fresh(*bases, **body):
    function = type(start)(start.__code__.replace(), globals(), "__init__", start.__defaults__)
    return type("Fresh", bases, {"__init__": function, **body})


def nothing(kind):
    pass


def other_start(kind):
    def __init__(self, a):
        self.a = -a

    kind.__init__ = __init__


def other_code(kind):
    def __init__(self, a, b):
        self.a = b
        self.b = a

    kind.__init__.__code__ = __init__.__code__


def no_defaults(kind):
    kind.__init__.__defaults__ = None


def returns_something(kind):
    def __init__(self, a, b):
        return a

    kind.__init__.__code__ = __init__.__code__


def generator(kind):
    def __init__(self, a, b):
        yield a

    kind.__init__.__code__ = __init__.__code__


def no_start(kind):
    del kind.__init__


def own_new(kind):
    kind.__new__ = lambda cls, a: object.__new__(cls)


def new_of_another(kind):
    kind.__new__ = lambda cls, a: [a]


def builtin_start(kind):
    kind.__init__ = print


def bound_start(kind):
    kind.__init__ = [].append


def static_start(kind):
    kind.__init__ = staticmethod(lambda a: print("static", a))


def keywords(kind):
    def __init__(self, a, *rest, b=7, **more):
        self.a = a
        self.b = b, rest, more

    kind.__init__ = __init__


def fails(kind):
    def __init__(self, a):
        self.a = 1 // (a - 8)

    kind.__init__ = __init__


def attribute(kind):
    kind.a = property(lambda self: 3)


def traced(kind):
    seen.append(trace_functions(("start", "make"), 12))


def profiled(kind):
    events = []

    def profile(frame, event, argument):
        events.append((event, frame.f_code.co_name))
        if len(events) > 8:
            sys.setprofile(None)

    sys.setprofile(profile)
    seen.append(events)


CHANGES = (
    nothing, other_start, other_code, no_defaults, returns_something, generator, no_start, own_new, new_of_another, builtin_start,
    bound_start, static_start, keywords, fails, attribute, traced, profiled,
)
seen = []
for change in CHANGES:
    for kind in (fresh(), fresh(__slots__=("a", "b")), fresh(Exception), fresh(fresh())):
        copy = specialised(make, lambda f: f(kind, nothing, -1, 6), times=10)
        warm(copy, kind, nothing, -1, 4, times=20)
        print(change.__name__, outcome(copy, kind, change, 5, 12), outcome(make, kind, nothing, -1, 2))
        sys.settrace(None)
        sys.setprofile(None)
        print(seen)
        seen.clear()


# --- kinds of classes -------------------------------------------------------------------------------------------------------
class Meta(type):
    def __call__(cls, *arguments):
        made = super().__call__(*arguments)
        made.b = "meta"
        return made


class Abstract(abc.ABC):
    @abc.abstractmethod
    def method(self):
        pass

    __init__ = start


class Concrete(Abstract):
    def method(self):
        pass


class OfList(list):
    __init__ = start


class OfTuple(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))


class WithMeta(metaclass=Meta):
    __init__ = start


class Mixed(OfList, Concrete):
    pass


class Singleton:
    made = None

    def __new__(cls, a, b):
        cls.made = cls.made or super().__new__(cls)
        return cls.made

    __init__ = start


kinds = (fresh(), Concrete, OfList, OfTuple, WithMeta, Mixed, Singleton, fresh(ValueError), fresh(Concrete))
for _ in range(5):
    print(value_text(make_all(kinds, 40)[-len(kinds):]))
print(outcome(make_all, (Abstract,), 3))
for bad in (fresh(__init__=lambda self: None), fresh(__init__=lambda self, a, b, c: None), fresh(__init__=5)):
    print(outcome(make_all, (fresh(), bad), 3))


# --- references and lifetimes -------------------------------------------------------------------------------------------------
class Counting:
    def __init__(self, item):
        self.counts = sys.getrefcount(self), sys.getrefcount(item), sys.getrefcount(type(self).__init__)


class Looking:
    def __init__(self, item):
        self.where = caller().split()[0]


class Replacing:
    def __init__(self, item):
        Replacing.__init__ = second
        gc.collect()
        self.item = item


def second(self, item):
    self.item = -item


class Dying:
    def __init__(self, item, log):
        self.item = item
        self.log = log
        if item % 3 == 0:
            raise ValueError(item)

    def __del__(self):
        self.log.append(self.item)


def counted(n):
    last = None
    for i in range(n):
        last = Counting([i]).counts, Looking(i).where
    return last


def failing(n, log):
    for i in range(n):
        try:
            Dying(i, log)
        except ValueError as error:
            log.append(str(error))
    return log


for _ in range(10):
    print(counted(50))
for _ in range(4):
    print(failing(12, []))
for _ in range(60):
    failing(12, [])
warm(make, Replacing, nothing, -1, 3, times=1)
print(outcome(make, Replacing, nothing, -1, 3), Replacing(4).item)


# --- recursion ------------------------------------------------------------------------------------------------------------
class Tree:
    def __init__(self, depth):
        self.child = Tree(depth - 1) if depth else None


class Endless:
    count = 0

    def __init__(self):
        Endless.count += 1
        self.child = Endless()


for _ in range(60):
    Tree(10)
for limit in (80, 81, 120):
    sys.setrecursionlimit(limit)
    Endless.count = 0
    try:
        Endless()
    except RecursionError as error:
        print(limit, Endless.count, error)
sys.setrecursionlimit(1000)
kind = fresh()
reference = weakref.ref(kind)
make_all((kind,), 50)
del kind
gc.collect()
print(reference())
