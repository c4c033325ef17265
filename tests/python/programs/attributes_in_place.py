# SPDX-License-Identifier: MIT
# compiled: load add store method both every temporary fill delete_and_load of_self replace load_dying store_dying call_dying
# Attributes that compiled code loads, stores and calls where the interpreter has found them before, while objects and
# classes change: in the middle of a loop, between calls, and from finalizers of what is replaced.
import gc
import sys
import weakref

from observing import outcome, specialised, value_text, warm


def load(owner, change, at, n):
    total = 0
    for i in range(n):
        if i == at:
            change(owner)
        total = total + owner.a
    return total


def add(owner, change, at, n):
    for i in range(n):
        if i == at:
            change(owner)
        owner.a += 1
    return owner.a


def store(owner, change, at, n):
    for i in range(n):
        owner.b = i
        if i == at:
            change(owner)
        owner.a = i
        owner.late = i
    return owner.a, owner.b, owner.late


def method(owner, change, at, n):
    total = 0
    for i in range(n):
        if i == at:
            change(owner)
        total = total + owner.m(i)
    return total


def both(owner, change, at, n):
    total = 0
    for i in range(n):
        total = total + owner.a + (change(owner) if i == at else owner.b) + owner.a
        owner.b, owner.a = owner.a, owner.b
    return total


def every(owner, change, at, n):
    seen = []
    for i in range(n):
        try:
            if i == at:
                change(owner)
            seen.append(owner.a)
            owner.a = i
            seen.append(owner.m(i))
        except Exception as error:
            seen.append((type(error).__name__, str(error)))
    return seen


FUNCTIONS = (load, add, store, method, both, every)


def m(self, x):
    return x + 1


def start(self, a=3, b=4):
    self.a = a
    self.b = b


def plain():
    return type("Plain", (), {"m": m, "__init__": start})


def with_base():
    base = type("Base", (), {"m": m, "other": 1})
    return type("Derived", (base,), {"__init__": start})


def with_slots():
    return type("Slots", (), {"m": m, "__init__": start, "__slots__": ("b", "a", "late")})


def slots_of_base():
    return type("OfSlots", (with_slots(),), {})


def of_exception():
    return type("OfException", (Exception,), {"m": m, "__init__": start})


def of_list():
    return type("OfList", (list,), {"m": m, "__init__": start})


CLASSES = (plain, with_base, with_slots, slots_of_base, of_exception, of_list)


class Data:
    def __get__(self, instance, owner):
        return 1000

    def __set__(self, instance, value):
        vars(type(instance)).get("log", []).append(value)


def other_class(owner, names):
    bases = type(owner).__mro__[1:-1] or (object,)
    body = {"m": lambda self, x: -x, "a": 77} if "__dict__" in dir(owner) else {}
    if not hasattr(owner, "__dict__"):
        bases, body = (object,), {"__slots__": names, "m": lambda self, x: -x}
    return type("Other", bases[:1], body)


def other_base():
    return type("Base", (), {"m": lambda self, x: x * 100, "__slots__": ()})


def raising_getattr(self, name):
    raise (KeyError if name == "a" else AttributeError)(name)


def from_now_on(owner, name, value):
    setattr(type(owner), name, value)
    return 0


def nothing(owner):
    return 0


def class_attribute(owner):
    return from_now_on(owner, "a", 50)


def class_property(owner):
    return from_now_on(owner, "a", property(lambda self: 60))


def class_data(owner):
    type(owner).log = []
    return from_now_on(owner, "a", Data())


def method_replaced(owner):
    return from_now_on(owner, "m", lambda self, x: x - 1)


def method_is_a_number(owner):
    return from_now_on(owner, "m", 1)


def method_of_base(owner):
    base = type(owner).__mro__[1]
    try:
        base.m = lambda self, x: x * 2
        del base.other
    except (TypeError, AttributeError):
        pass
    return 0


def method_deleted(owner):
    for cls in type(owner).__mro__:
        if "m" in vars(cls):
            del cls.m
    return 0


def bases(owner):
    try:
        type(owner).__bases__ = (other_base(),)
    except TypeError:
        owner.b = 11
    return 0


def class_assigned(owner):
    try:
        owner.__class__ = other_class(owner, ("b", "a", "late"))
    except TypeError:
        owner.b = 12
    return 0


def class_assigned_otherwise(owner):
    try:
        owner.__class__ = other_class(owner, ("a", "b", "late"))
    except TypeError:
        owner.b = 13
    return 0


def dict_seen(owner):
    kept.append(getattr(owner, "__dict__", None))
    return 0


def dict_written(owner):
    if hasattr(owner, "__dict__"):
        vars(owner)["a"] = 21
        vars(owner)["m"] = lambda x: 22
    return 0


def dict_replaced(owner):
    if hasattr(owner, "__dict__"):
        owner.__dict__ = {"b": 31, "x": 0, "a": 32}
    return 0


def dict_cleared(owner):
    if hasattr(owner, "__dict__"):
        vars(owner).clear()
    return 0


def deleted(owner):
    del owner.a
    return 0


def deleted_and_restored(owner):
    del owner.a
    owner.a = 41
    return 0


def deleted_with_default(owner):
    type(owner).__getattr__ = lambda self, name: 51
    del owner.a
    return 0


def deleted_with_error(owner):
    type(owner).__getattr__ = raising_getattr
    del owner.a
    return 0


def shadowed(owner):
    owner.m = lambda x: 61
    return 0


def shadowed_in_another(owner):
    another = type(owner)()
    another.m = lambda x: 62
    kept.append(another)
    return 0


def getattribute(owner):
    return from_now_on(owner, "__getattribute__", lambda self, name: 71 if name == "a" else object.__getattribute__(self, name))


def setattribute(owner):
    return from_now_on(owner, "__setattr__", lambda self, name, value: object.__setattr__(self, name, 81))


def many_more(owner):
    for i in range(40):
        setattr(owner, f"more{i}", i)
    return 0


def other_types(owner):
    owner.a = 2.5
    owner.b = True
    return 0


def text(owner):
    owner.a = "text"
    return 0


def collected(owner):
    gc.collect()
    return 0


def raises(owner):
    raise LookupError(str(owner.b))


CHANGES = (
    nothing, class_attribute, class_property, class_data, method_replaced, method_is_a_number, method_of_base,
    method_deleted, bases, class_assigned, class_assigned_otherwise, dict_seen, dict_written, dict_replaced, dict_cleared,
    deleted, deleted_and_restored, deleted_with_default, deleted_with_error, shadowed, shadowed_in_another, getattribute,
    setattribute, many_more, other_types, text, collected, raises,
)  # fmt: skip
kept = []


def state(owner):
    own = getattr(owner, "__dict__", None)
    if type(own) is not dict:
        return [outcome(getattr, owner, name) for name in ("a", "b", "late")]
    return {name: value_text(value) if not callable(value) else "callable" for name, value in own.items()}


def names_of(owner):
    return list(vars(owner))


# Each function with each class, each class with each change, and each function with each change.
for f, function in enumerate(FUNCTIONS):
    warm(function, plain()(), nothing, 3, 9, times=3)
    for c, new_class in enumerate(CLASSES):
        for change in CHANGES[(f + c) % 2 :: 2]:
            cls = new_class()
            warmed = cls()
            copy = specialised(function, lambda f: f(warmed, nothing, 0, 1))
            owner = cls()
            print(function.__name__, cls.__name__, change.__name__, outcome(copy, owner, change, 6, 9))
            print(" ", state(owner), outcome(copy, owner, nothing, 2, 3), outcome(copy, warmed, nothing, 2, 3))
            print(" ", outcome(lambda: names_of(cls())), outcome(names_of, warmed))
            kept.clear()

# Owners of several classes at one site.
for function in FUNCTIONS:
    for count in (2, 6):
        owners = [new_class()() for new_class in CLASSES[:count]]
        copy = specialised(function, lambda f: f(owners[0], nothing, 0, 1))
        for round in range(4):
            print(function.__name__, [outcome(copy, owner, nothing, 1, 3) for owner in owners])


# Classes that die and are made again.
def of_self(self, x):
    self.a = self.a + x
    self.b = self.m(x)
    return self.a, self.b


def made_again(n, slots):
    results = []
    for i in range(n):
        cls = type("Again", (), {"m": (lambda self, x, i=i: x * i), "__init__": start, **({"__slots__": ("b", "a")} if slots else {})})
        owner = cls(i, 0)
        copy = specialised(of_self, lambda f: f(owner, 1)) if i == 0 else copy
        results.append(copy(owner, i))
        if i % 3 == 0:
            gc.collect()
    return results


warm(of_self, plain()(), 1, times=3)
print(made_again(12, False), made_again(12, True))


# The order of attributes is the order in which they were stored.
def fill(owner, order):
    if order & 1:
        owner.a = 1
        owner.b = 2
    else:
        owner.b = 3
        owner.a = 4
    if order & 2:
        owner.c = 5
    owner.d = 6
    owner.c = 7


def delete_and_load(owner):
    owner.a = 1
    owner.b = 2
    del owner.a
    owner.c = 3
    owner.a = 4
    return owner.a


class Bare:
    pass


class BareSlots:
    __slots__ = ("a", "b", "c", "d", "__weakref__")


warm(fill, Bare(), 1, times=3)
warm(delete_and_load, Bare(), times=3)
for order in range(4):
    cls = type("Ordered", (), {})
    copy = specialised(fill, lambda f: f(cls(), 3))
    for later in (order, 0, 1, 2, 3):
        owner = cls()
        copy(owner, later)
        print(order, later, vars(owner))
        copy(owner, 3 - later)
        del owner.a
        copy(owner, later)
        print(vars(owner))
cls = type("Ordered", (), {})
copy = specialised(delete_and_load, lambda f: f(cls()))
owner = cls()
print(copy(owner), copy(owner), vars(owner))
owner = cls()
print(vars(owner), copy(owner), vars(owner))


# Slots that are not set, in a handler of the loop.
def unset(owner, n):
    seen = []
    for i in range(n):
        try:
            if i % 3 == 2:
                del owner.a
            seen.append(owner.a)
        except AttributeError as error:
            seen.append((str(error), error.name, error.__traceback__.tb_lineno - unset.__code__.co_firstlineno))
            owner.a = i
    return seen


for cls in (Bare, BareSlots):
    owner = cls()
    owner.a = 1
    copy = specialised(unset, lambda f: f(owner, 2))
    print(copy(owner, 9), copy(cls(), 4))
    copy = specialised(load, lambda f: f(owner, nothing, 0, 1))
    print(outcome(copy, cls(), nothing, 0, 3))


# What is released runs code: the old value, the owner.
def replace(owner, make, n):
    seen = []
    for i in range(n):
        owner.a = make(i)
        seen.append(type(owner).__name__)
        owner.b = i
    return seen


def temporary(make, n):
    total = 0
    for i in range(n):
        total = total + make(i).a
    return total


def load_dying(make, n):
    seen = []
    for i in range(n):
        seen.append(make(i).a)
    return seen


def store_dying(make, n):
    for i in range(n):
        make(i).a = i
        make(i).a = make(i)
    return i


def call_dying(make, n):
    seen = []
    for i in range(n):
        seen.append(make(i).m(i))
    return seen


class Dying:
    action = None
    __slots__ = ("__weakref__",)

    def __del__(self):
        if Dying.action is not None:
            Dying.action()


class Mortal:
    def __init__(self, a=1, b=2):
        self.a = a
        self.b = b

    m = m

    def __del__(self):
        Dying.__del__(self)


class MortalSlots:
    __slots__ = ("a", "b", "__weakref__")
    __init__ = start
    m = m

    def __del__(self):
        Dying.__del__(self)


def seen_from_finalizer():
    frame = sys._getframe(2)
    log.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals)))


def raises_in_finalizer():
    raise ValueError("nobody sees it")


def mutates():
    log.append(getattr(held[0], "a", "none").__class__.__name__)
    held[0].a = 99


def deletes():
    del held[0].a


def looks_at_dict():
    log.append(list(getattr(held[0], "__dict__", ())))


def changes_class():
    type(held[0]).extra = len(log)
    log.append("class")


def other_method():
    Mortal.m = MortalSlots.m = lambda self, x: (x, "other")


def disables():
    if "pyjion" in sys.modules:
        sys.modules["pyjion"].disable()


def compiler_on():
    if "pyjion" in sys.modules:
        sys.modules["pyjion"].enable(strict=True)


def weakly():
    log.append(sum(reference() is None for reference in references))


log, held, references = [], [], []
sys.unraisablehook = lambda unraisable: log.append(repr(unraisable.exc_value))
ACTIONS = (seen_from_finalizer, raises_in_finalizer, mutates, deletes, looks_at_dict, changes_class, other_method, disables, weakly, gc.collect)


def make_with(action, at, make):
    def made(i):
        Dying.action = None
        thing = make()
        references.append(weakref.ref(thing, lambda reference: log.append("gone")))
        if i == at:
            Dying.action = action
        return thing

    return made


def restore():
    Dying.action = None
    Mortal.m = MortalSlots.m = m
    compiler_on()
    shown = log[:12], len(log)
    log.clear()
    references.clear()
    return shown


for function in (replace,):
    warm(function, Mortal(), lambda i: i, 3, times=3)
    for new_class in (plain, with_slots, of_exception):
        for action in ACTIONS:
            cls = new_class()
            held[:] = [cls()]
            warmed = cls()
            copy = specialised(function, lambda f: f(warmed, lambda i: i, 1))
            print(function.__name__, cls.__name__, action.__name__, outcome(copy, held[0], make_with(action, 5, Dying), 9))
            Dying.action = None
            for name in ("a", "b"):
                print(" ", name, type(getattr(held[0], name, None)).__name__)
            held[0].a = 0
            print(" ", restore())
for function in (temporary, load_dying, store_dying, call_dying):
    for cls in (Mortal, MortalSlots):
        warm(function, lambda i: cls(), 3, times=3)
        for action in ACTIONS:
            held[:] = [cls()]
            copy = specialised(function, lambda f: f(lambda i: cls(), 1))
            print(function.__name__, cls.__name__, action.__name__, outcome(copy, make_with(action, 5, cls), 9).replace(" object at 0x", "")[:60])
            print(" ", restore())
