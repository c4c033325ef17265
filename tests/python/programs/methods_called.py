# SPDX-License-Identifier: MIT
# compiled: calls results nested appends lengths instances ones recursing
# Methods, functions and builtins that compiled code finds by what the interpreter has found before, and calls without a
# look at the callable, while in the middle of a loop functions, classes and names change under them.
import builtins
import sys

from observing import caller, outcome, specialised, trace_functions, warm


class Point:
    def __init__(self, x=1):
        self.x = x

    def get(self):
        return self.x

    def add(self, other):
        return self.x + other

    def fail(self, at):
        if at == 7:
            raise ValueError(at)
        return at

    def look(self, at):
        return caller().split()[0] if at == 6 else None


class Derived(Point):
    def get(self):
        return -self.x


def double(x):
    return x + x


def calls(point, change, at, n):
    total = 0
    for i in range(n):
        if i == at:
            change(point)
        total = total + point.get() + double(i)
    return total


def results(point, change, at, n):
    seen = []
    for i in range(n):
        if i == at:
            change(point)
        seen.append(point.add(i))
    return seen


def nested(point, change, at, n):
    seen = None
    for i in range(n):
        point.fail(i)
        seen = point.look(i) or seen
        if i == at:
            change(point)
    return seen


def nothing(point):
    pass


def other_function(point):
    type(point).get = lambda self: 100


def other_code(point):
    type(point).get.__code__ = (lambda self: self.x * 1000).__code__


def generator_code(point):
    def get(self):
        yield self.x

    type(point).get.__code__ = get.__code__


def more_parameters(point):
    type(point).get.__code__ = (lambda self, a: self.x * a).__code__


def with_defaults(point):
    more_parameters(point)
    type(point).get.__defaults__ = (7,)


def own_method(point):
    point.get = lambda: 5


def property_instead(point):
    type(point).get = property(lambda self: lambda: 9)


def static(point):
    type(point).get = staticmethod(lambda: 11)


def callable_instead(point):
    class Callable:
        def __call__(self, *arguments):
            return len(arguments)

    type(point).get = Callable()


def no_method(point):
    del type(point).get


def other_class(point):
    point.__class__ = Derived


def float_result(point):
    point.x = 0.5


def big_result(point):
    point.x = 1 << 70


def string_result(point):
    point.x = "text"


def global_function(point):
    global double
    double = lambda x: x * 3


def global_code(point):
    double.__code__ = (lambda x: x - 1).__code__


def global_class(point):
    global double
    double = int


def no_global(point):
    global double
    del double


def tracing(point):
    seen.append(trace_functions(("get", "double", "add", "<lambda>"), 12))


def profiling(point):
    events = []

    def profile(frame, event, argument):
        name = argument.__name__ if event.startswith("c_") else frame.f_code.co_name
        events.append((event, name))
        if len(events) > 12:
            sys.setprofile(None)

    sys.setprofile(profile)
    seen.append(events)


CHANGES = (
    nothing, other_function, other_code, generator_code, more_parameters, with_defaults, own_method, property_instead,
    static, callable_instead, no_method, other_class, float_result, big_result, string_result, global_function,
    global_code, global_class, no_global, tracing, profiling,
)
seen = []


def fresh():
    """A class and a function that nothing has been done to, with code of their own."""
    global double
    body = dict(vars(Point))
    for name in ("__init__", "get", "add", "fail", "look"):
        function = body[name]
        body[name] = type(function)(function.__code__.replace(), globals(), name, function.__defaults__)
    del body["__dict__"], body["__weakref__"]
    double = type(original)(original.__code__.replace(), globals(), "double")
    return type("Point", (), body)


original = double
for change in CHANGES:
    for function in (calls, results, nested):
        made = fresh()
        warm(function, made(), nothing, -1, 6, times=5)
        copy = specialised(function, lambda f: f(made(), nothing, -1, 6), times=20)
        warm(copy, made(), nothing, -1, 6, times=20)
        print(function.__name__, change.__name__, outcome(copy, made(2), change, 5, 40))
        sys.settrace(None)
        sys.setprofile(None)
        print(outcome(copy, made(2), nothing, -1, 12), outcome(function, made(2), nothing, -1, 6))
        print(seen)
        seen.clear()
double = original


# --- builtins -----------------------------------------------------------------------------------------------------------
class Sized:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


class Closed(list):
    def append(self, item):
        list.append(self, item)
        list.append(self, -1)


class Borrower:
    append = list.append


class Dies:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append("died")

    def __len__(self):
        return 3

    def __repr__(self):
        return "Dies"


class Meta(type):
    def __instancecheck__(self, instance):
        return "yes" if instance == 1 else []


class Checked(metaclass=Meta):
    pass


def appends(target, items, change, at):
    result = None
    for i, item in enumerate(items):
        if i == at:
            change()
        target.append(item)
        result = target.append(i)
    return result, target


def lengths(objects, change, at):
    total = 0
    for i, item in enumerate(objects):
        if i == at:
            change()
        total += len(item)
    return total


def instances(objects, kind, change, at):
    seen = []
    for i, item in enumerate(objects):
        if i == at:
            change()
        seen.append(isinstance(item, kind))
    return seen


def ones(objects, change, at):
    seen = []
    for i, item in enumerate(objects):
        if i == at:
            change()
        seen.append(abs(item))
    return seen


def keep():
    pass


def rebind(name, value):
    def change():
        setattr(builtins, name, value)

    return change


def shadow(name, value):
    def change():
        globals()[name] = value

    return change


builtin_len, builtin_isinstance, builtin_abs = len, isinstance, abs
lists = [[1, 2], (3,), "four", {5: 6}, b"seven", range(8), {9}] * 3
for _ in range(60):
    lengths(lists, keep, -1)
    instances(lists, list, keep, -1)
    ones([1, -2, 2.5, True], keep, -1)
    appends([], [1, 2, 3], keep, -1)

warmed = [[1, 2], [3]] * 8
lengths = specialised(lengths, lambda f: f(warmed, keep, -1))
instances = specialised(instances, lambda f: f(warmed, list, keep, -1))
ones = specialised(ones, lambda f: f([1, -2], keep, -1))
appends = specialised(appends, lambda f: f([], [1, 2, 3], keep, -1))

for sizes in ([Sized(5)], [Sized(-1)], [Sized("x")], [Sized(1 << 65)], [5], [Sized(True)], [None, "a"]):
    print("len", outcome(lengths, lists[:4] + sizes, keep, -1))
for make in (rebind, shadow):
    print("len", outcome(lengths, lists, make("len", lambda x: 100), 5))
    print("len", outcome(lengths, lists, keep, -1))
    builtins.len = builtin_len
    globals().pop("len", None)
    print("isinstance", outcome(instances, lists, list, make("isinstance", lambda x, y: 100), 5))
    builtins.isinstance = builtin_isinstance
    globals().pop("isinstance", None)
    print("abs", outcome(ones, [-1, -2, -3, -4], make("abs", str), 2))
    builtins.abs = builtin_abs
    globals().pop("abs", None)
for kind in (list, (list, str), (int, (dict, tuple)), list | str, object, Checked, 5, (list, 5), "text", Meta):
    print("isinstance", kind, outcome(instances, [[], "a", {}, (), 1, True, Checked()], kind, keep, -1))
print("abs", outcome(ones, [-1, -2.5, True, 3 - 4j, -(1 << 70)], keep, -1), outcome(ones, [1, "a"], keep, -1))
print("append", outcome(appends, [], [[], "a", 1.5] * 20, keep, -1))
print("append", outcome(appends, Closed(), [1, 2], keep, -1))
print("append", outcome(appends, Borrower(), [1, 2], keep, -1))
log = []
print("append", outcome(appends, [], [Dies(log), 1], keep, -1), log)


def dying_list(log):
    for _ in range(60):
        [Dies(log)].append(1)
    return len(log)


def dying_length(log, n):
    total = 0
    for _ in range(n):
        total += len(Dies(log))
        total += len([Dies(log)])
        total += isinstance(Dies(log), Dies)
    return total, len(log)


print("dying", outcome(dying_list, []), [outcome(dying_length, [], 40) for _ in range(5)][-1])


# --- recursion ------------------------------------------------------------------------------------------------------------
class Node:
    def __init__(self, child):
        self.child = child

    def depth(self):
        return 1 + self.child.depth() if self.child is not None else 1

    def forever(self, counts):
        counts[0] += 1
        return self.forever(counts)


depth = Node.depth


def chain(length):
    node = None
    for _ in range(length):
        node = Node(node)
    return node


def recursing(n):
    node = chain(n)
    total = 0
    for _ in range(10):
        total += node.depth()
    return total


for _ in range(30):
    recursing(20)
print(outcome(recursing, 100), outcome(recursing, 5000)[:80])
for limit in (60, 100, 101):
    sys.setrecursionlimit(limit)
    counts = [0]
    try:
        Node(None).forever(counts)
    except RecursionError as error:
        print(limit, counts, error)
sys.setrecursionlimit(1000)
