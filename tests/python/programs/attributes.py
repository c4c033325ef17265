# SPDX-License-Identifier: MIT
"""Attributes under inline caches: classes, instances and modules that change between the executions of one site."""
# compiled: load load_x store call_m call_m2 Point.__init__ Point.total deleted shadowing
import sys
import types


def load_x(o):
    return o.x


def load(o):
    try:
        return o.x
    except AttributeError as error:
        return f"AttributeError: {error} {error.name} {error.obj is o}"


def store(o, value):
    o.x = value
    return o.x


def call_m(o):
    return o.m()


def call_m2(o, a, b):
    return o.m(a, b=b)


def deleted(o):
    del o.x
    return hasattr(o, "x")


class Point:
    kind = "point"

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def total(self):
        return self.x + self.y

    def m(self):
        return ("Point.m", self.x)


class Slots:
    __slots__ = ("x", "y")

    def m(self):
        return "Slots.m"


class Derived(Slots):
    pass


class Fallback:
    def __getattr__(self, name):
        return f"fallback {name}"

    def m(self):
        return "Fallback.m"


class Data:
    def __get__(self, instance, owner):
        return ("data", instance is None, owner.__name__)

    def __set__(self, instance, value):
        instance.__dict__["log"] = value


class NonData:
    def __get__(self, instance, owner):
        return ("non-data", instance is None)


class WithData:
    x = Data()


class WithNonData:
    x = NonData()


class Property:
    @property
    def x(self):
        return "property"

    @x.setter
    def x(self, value):
        self.set = value


class Meta(type):
    @property
    def x(cls):
        return "from the metaclass"

    def m(cls):
        return "Meta.m"


class ByMeta(metaclass=Meta):
    x = "hidden by the metaclass"


class Static:
    @staticmethod
    def m():
        return "static"

    x = staticmethod(len)


class ClassMethod:
    @classmethod
    def m(cls):
        return cls.__name__

    x = 5


class Overrides:
    def __getattribute__(self, name):
        return (name,) if name != "m" else (lambda: "own m")

    def __setattr__(self, name, value):
        print("set", name, value)


class InDict(dict):
    def m(self):
        return len(self)


module = types.ModuleType("module")
module.x = "in a module"
module.m = lambda: "module.m"

for round in range(3):
    derived = Derived()
    derived.x = "derived"
    in_dict = InDict(a=1)
    in_dict.x = round
    slots = Slots()
    for each in (Point(1, 2), slots, derived, Fallback(), WithData(), WithNonData(), Property(), ByMeta, Static(),
                 Static, ClassMethod, ClassMethod(), Overrides(), module, in_dict, 5, None, Point):
        print(type(each).__name__, load(each))
        for method in (call_m,):
            try:
                print(method(each))
            except (AttributeError, TypeError) as error:
                print(type(error).__name__, error)
        try:
            print(store(each, each if each is Static else 1))
        except (AttributeError, TypeError) as error:
            print(type(error).__name__, error)
    ByMeta.__class__  # the class itself is not changed by the failed stores
    Point.x = None
    del Point.x
    Static.x = staticmethod(len)
    ClassMethod.x = 5
    module.x = "in a module"


def shadowing():
    result = []
    p = Point(1, 2)
    for step in range(8):
        result.append(call_m(p))
        result.append(load_x(p))
        if step == 1:
            p.m = lambda: "instance"
        elif step == 3:
            del p.m
        elif step == 4:
            Point.m = lambda self: ("rebound", self.y)
        elif step == 5:
            p.__dict__ = {"x": 10, "y": 20, "m": lambda: "from a new dict"}
        elif step == 6:
            del p.m
    return result


print(shadowing())
print(Point(3, 4).total(), Point(3, 4).kind)


class Other:
    def m(self):
        return "Other.m"

    x = "Other.x"


p = Point(1, 2)
print(call_m(p), load_x(p))
p.__class__ = Other
print(call_m(p), load_x(p), p.__dict__)
del p.x
print(load_x(p))
Other.x = property(lambda self: "now a property")
print(load_x(p))
p = Point(5, 6)
for value in range(6):
    print(store(p, value), p.__dict__)
    if value == 2:
        print(deleted(p))
    if value == 3:
        Point.x = WithData.__dict__["x"]
    if value == 4:
        del Point.x
print(list(vars(Point(1, 2))))


class Order:
    pass


def fill(o, names):
    for name in names:
        if name == "a":
            o.a = 1
        elif name == "b":
            o.b = 2
        else:
            o.c = 3
    return list(o.__dict__)


for names in ("abc", "cba", "bca", "abc"):
    print(fill(Order(), names))


class LaterData:
    def __get__(self, instance, owner):
        return "descriptor"


class UsesLater:
    attribute = LaterData()


def load_attribute(o):
    return o.attribute


u = UsesLater()
u.__dict__["attribute"] = "own"
print([load_attribute(u) for _ in range(3)])
LaterData.__set__ = lambda self, instance, value: None
print(load_attribute(u))


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies", self.name)

    def m(self):
        return self.name


def temporary():
    return Dies("temporary").m(), Dies("attribute").name


print(temporary())


def replaced():
    o = Point(Dies("old x"), Dies("old y"))
    o.x = 1
    print("x replaced")
    o.y = o
    print("y replaced")
    o.y = None


replaced()
s = Slots()
try:
    load_x(s)
except AttributeError as error:
    print(error)
store(s, Dies("in a slot"))
print(store(s, 2))
many = [type(f"C{i}", (), {"x": i, "m": lambda self, i=i: i})() for i in range(50)]
print([load_x(o) for o in many], [call_m(o) for o in many])
print([store(o, -1) for o in many] == [-1] * 50)
try:
    call_m2(Point(1, 2), 1, 2)
except TypeError as error:
    print(error)
try:
    load_x(None)
except AttributeError:
    import traceback
    print(traceback.format_exc().replace(sys.modules["__main__"].__file__, "FILE"))
