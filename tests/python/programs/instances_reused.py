# SPDX-License-Identifier: MIT
# Instances that die in compiled code, of whose memory new ones are made: with other attributes than the dead ones had, of
# classes that change meanwhile, with weak references, dicts of their own, finalizers that come and go, and in cycles.
# compiled: points counted differing with_dicts watched renamed chained grown swapped slotted derived ending collected
import gc
import weakref


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)


def points(n):
    total = Point(0, 0)
    for i in range(n):
        total = total.plus(Point(i, -i))
    return total.x, total.y, sorted(vars(total))


class Counted:
    alive = 0

    def __init__(self, value):
        self.value = value
        Counted.alive += 1


def release(value):
    Counted.alive -= 1


def counted(n):
    for i in range(n):
        thing = Counted(i)
        weakref.finalize(thing, release, i) if i % 3 == 0 else release(i)
    del thing
    return Counted.alive


class Differing:
    def __init__(self, i):
        if i % 2:
            self.odd = i
        if i % 3 == 0:
            self.third = [i]
        self.always = i


def differing(n):
    seen = set()
    for i in range(n):
        seen.add(tuple(sorted(vars(Differing(i)).items(), key=str)[0][0:1]))
        thing = Differing(i)
        seen.add((hasattr(thing, "odd"), hasattr(thing, "third"), thing.always == i))
    return sorted(seen, key=str)


def with_dicts(n):
    kept = []
    for i in range(n):
        point = Point(i, i)
        if i % 5 == 0:
            point.__dict__["z"] = i
        if i % 7 == 0:
            point.__dict__ = {"x": "x", "y": i}
        if i % 50 == 0:
            kept.append(vars(point))
    return kept[-2:]


def watched(n):
    heard = []
    for i in range(n):
        point = Point(i, i)
        reference = weakref.ref(point, lambda dead: heard.append(dead() is None)) if i % 4 == 0 else None
        del point
        if reference is not None and reference() is not None:
            heard.append("alive")
    return len(heard), all(heard)


def renamed(n):
    results = []
    for i in range(n):
        point = Point(i, i)
        if i % 3 == 0:
            point.__class__ = Differing
        results.append(type(point).__name__)
    return results.count("Point"), results.count("Differing")


class Link:
    def __init__(self, following):
        self.following = following


def chained(n):
    link = None
    for _ in range(n):
        link = Link(link)
    return link.following is not None


class Growing:
    def __init__(self, i):
        self.first = i


def grown(n):
    """The class gets to know more and more names while its dead instances wait."""
    last = None
    for i in range(n):
        thing = Growing(i)
        if i % 20 == 19:
            setattr(thing, f"name{i // 20}", i)
            last = dict(vars(thing))
    return last


def swapped(n):
    """Classes come and go, and are where others were."""
    names = []
    for i in range(n):
        kind = type(f"Kind{i % 3}", (Point,), {"extra": i})
        for k in range(3):
            thing = kind(i, k)
        names.append((type(thing).__name__, thing.extra == i, sorted(vars(thing))))
        del thing, kind
    return names[-1]


class Slotted:
    __slots__ = ("value", "__dict__")

    def __init__(self, value):
        self.value = value


def slotted(n):
    total = 0
    for i in range(n):
        total += Slotted(i).value
        thing = Slotted(i)
        thing.other = i
    return total, thing.other


class Listed(list):
    def __init__(self, value):
        self.value = value
        self.append(value)


def derived(n):
    total = 0
    for i in range(n):
        total += Listed(i).value + len(Listed(i))
    return total


class Ending:
    ended = []
    kept = []

    def __init__(self, value):
        self.value = value


def ending(n, said):
    for i in range(n):
        thing = Ending(i)
        if i == n // 2:
            Ending.__del__ = said
        if i == n - 3:
            del Ending.__del__
    del thing
    return len(Ending.ended), len(Ending.kept)


def say(thing):
    Ending.ended.append(thing.value)
    if thing.value % 5 == 0:
        Ending.kept.append(thing)


def collected(n):
    for i in range(n):
        first = Point(i, None)
        first.y = first
        second = Point(first, None)
        first.x = second
    return i


def main():
    for _ in range(3):
        print(points(3000), counted(300), differing(200), with_dicts(300))
        print(watched(200), renamed(200), chained(30_000), grown(400), swapped(60))
        print(slotted(400), derived(300), ending(60, say), [kept.value for kept in Ending.kept], collected(2000))
        Ending.ended.clear()
        Ending.kept.clear()
    gc.collect()
    print(sum(isinstance(thing, Point) for thing in gc.get_objects()))


main()
