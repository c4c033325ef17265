# SPDX-License-Identifier: MIT
# compiled: work leaf total
# sys.settrace and sys.setprofile, switched on and off in a callee of a running loop: every event, in order.
import sys
import threading

events = []


def tracer(frame, event, argument):
    if frame.f_code.co_name in ("work", "leaf", "total", "fails"):
        shown = argument if not isinstance(argument, tuple) else argument[0].__name__
        events.append(("trace", frame.f_code.co_name, event, frame.f_lineno, repr(shown)))
    return tracer


def profiler(frame, event, argument):
    if frame.f_code.co_name in ("work", "leaf", "total", "fails"):
        shown = getattr(argument, "__name__", argument)
        events.append(("profile", frame.f_code.co_name, event, frame.f_lineno, repr(shown)))


def leaf(i):
    return i + 1


def switch(i, on, off, setter, function):
    if i == on:
        setter(function)
        # For the frames that run already, too.
        sys._getframe(1).f_trace = tracer if setter is sys.settrace else None
    if i == off:
        setter(None)
    return 0


def work(n, on, off, setter, function):
    result = 0
    for i in range(n):
        switch(i, on, off, setter, function)
        result = result + leaf(i)
        if i % 2:
            result = result - abs(i)
    return result


def total(n):
    result = 0.0
    for i in range(n):
        result = result + i * 0.5
    return result


def fails(n):
    try:
        return total(n) + total(None)
    except TypeError:
        return -1


def show():
    sys.settrace(None)
    sys.setprofile(None)
    for event in events:
        print(*event)
    print(len(events))
    events.clear()


for attempt in range(2):
    print(work(300, -1, -1, sys.settrace, tracer))
    print(work(300, 290, 294, sys.settrace, tracer))
    show()
    print(work(300, 290, 294, sys.setprofile, profiler))
    show()
    print(work(300, 297, -1, sys.settrace, tracer), total(3))
    show()
    sys.settrace(tracer)
    print(fails(4))
    show()
    sys.setprofile(profiler)
    print(fails(4))
    show()
    threading.settrace(tracer)
    thread = threading.Thread(target=total, args=(5,))
    thread.start()
    thread.join()
    threading.settrace(None)
    show()
print(work(300, -1, -1, sys.settrace, tracer), total(1000))
