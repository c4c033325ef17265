# SPDX-License-Identifier: MIT
"""Compiled code goes on, and does what it is asked to, whatever the eval breaker says: events that another thread must
handle, signals, requests for the GIL, pending calls, and the JIT being switched off from anywhere.

Each program runs plain first, where its output must be the expected one too, and then in each mode. They print what
came out and whether there was progress in time; bounds are wide, since what they guard against never ends.
"""
from __future__ import annotations

import concurrent.futures
import textwrap

import pytest

import running

MODES = {
    "plain": None,
    "default": {},
    "budget-inf": {"budget": "inf"},
    "compile-all": {"stress": "compile-all"},
    "osr-every-1": {"osr": "every:1", "budget": "inf"},
}
if running.SHORT:
    MODES = {mode: MODES[mode] for mode in ("plain", "default", "compile-all")}

PRELUDE = """
import ctypes, faulthandler, itertools, os, signal, sys, threading, time
faulthandler.dump_traceback_later(50, exit=True)

def total(n):
    s = 0
    for i in range(n):
        s += i
    return s

def counted(n):
    i = 0
    while i < n:
        i += 1
    return i

def total_of_floats(n):
    s = 0.0
    for i in range(n):
        s += i * 0.5
    return s

def closure(n):
    def inner(i):
        return n + i
    return inner(1)

def generated(n):
    return sum(i for i in range(n))

def nested(n):
    return [total(i % 7) for i in range(n)][-1]

KINDS = [(total, 50, 1225), (counted, 60, 60), (total_of_floats, 30, 217.5), (closure, 3, 4), (generated, 20, 190), (nested, 9, 0)]
for _ in range(700):
    for function, argument, result in KINDS:
        assert function(argument) == result

def all_kinds(times):
    wrong = 0
    for _ in range(times):
        for function, argument, result in KINDS:
            wrong += function(argument) != result
    return wrong

api = ctypes.pythonapi
PENDING = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
"""

# name: (program, its output)
PROGRAMS = {
    # A thread that is blocked cannot take the exception that waits for it; the others go on.
    "exception for a blocked thread": ("""
        lock = threading.Lock()
        lock.acquire()
        def blocked():
            try:
                begun.set()
                lock.acquire()
                total(100)
            except SystemExit:
                outcome.append("ended")
        outcome, begun = [], threading.Event()
        thread = threading.Thread(target=blocked)
        thread.start()
        begun.wait()
        api.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
        print(all_kinds(300), total(300_000), counted(300_000))
        other = threading.Thread(target=lambda: print(all_kinds(300), total(300_000)))
        other.start()
        other.join()
        lock.release()
        thread.join()
        print(*outcome)
        """, "0 44999850000 300000\n0 44999850000\nended\n"),
    # A signal waits for the main thread, which is in a C function that does not look.
    "signal while the main thread is in C": ("""
        import hashlib
        signal.signal(signal.SIGALRM, lambda *_: outcome.append("handled"))
        outcome = []
        in_c = True
        def work():
            while not signal_sent:
                time.sleep(0.01)
            outcome.append(all_kinds(200) + total(100_000) - 4999950000)
            outcome.append(in_c)
        signal_sent = False
        def send():
            global signal_sent
            time.sleep(0.1)
            os.kill(os.getpid(), signal.SIGALRM)
            signal_sent = True
        threads = [threading.Thread(target=target) for target in (work, send)]
        for thread in threads:
            thread.start()
        # For as long as the workers need: each call stays in C for a while.
        while threads[0].is_alive():
            hashlib.pbkdf2_hmac("sha256", b"x", b"y", 1_000_000)
            in_c = False
            break
        for thread in threads:
            thread.join()
        print(sorted(map(str, outcome)))
        """, "['0', 'True', 'handled']\n"),
    "the GIL is asked for all the time": ("""
        sys.setswitchinterval(1e-6)
        counts = [0] * 4
        wrong = [0] * 4
        end = time.monotonic() + 0.8
        def work(k):
            while time.monotonic() < end:
                wrong[k] += all_kinds(1)
                counts[k] += 1
        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(sum(wrong), min(counts) > 0, max(counts) < 50 * min(counts))
        """, "0 True True\n"),
    "one loop each, the GIL is asked for all the time": ("""
        sys.setswitchinterval(1e-6)
        results = []
        def work(function):
            results.append(function(20_000))
        threads = [threading.Thread(target=work, args=(f,)) for f in (total, counted, total_of_floats, total)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(sorted(results))
        """, "[20000, 99995000.0, 199990000, 199990000]\n"),
    "pending calls that add themselves again": ("""
        calls = 0
        @PENDING
        def again(argument):
            global calls
            calls += 1
            if calls < 2000:
                api.Py_AddPendingCall(again, None)
            return total(20) - 190
        def wait():
            rounds = 0
            while calls < 2000:
                rounds += 1
            return rounds > 0
        api.Py_AddPendingCall(again, None)
        print(wait(), calls, all_kinds(10))
        """, "True 2000 0\n"),
    # While a pending call runs no other one is made: the eval breaker stays set.
    "a loop inside of a pending call while another waits": ("""
        order = []
        @PENDING
        def second(argument):
            order.append("second")
            return 0
        @PENDING
        def first(argument):
            api.Py_AddPendingCall(second, None)
            order.append(total(100_000) + counted(100_000))
            order.append(all_kinds(50))
            return 0
        def wait():
            while len(order) < 3:
                pass
        api.Py_AddPendingCall(first, None)
        wait()
        print(order)
        """, "[5000050000, 0, 'second']\n"),
    "Ctrl-C": ("""
        def forever():
            n = 0
            while True:
                n += 1
        def forever_in_floats():
            x = 0.0
            for _ in itertools.repeat(None):
                x += 1.0
        def forever_calling():
            while True:
                total(5)
        def interrupt():
            global sent
            time.sleep(0.05)
            sent = time.monotonic()
            os.kill(os.getpid(), signal.SIGINT)
        for function in (forever, forever_in_floats, forever_calling):
            latencies = []
            for _ in range(4):
                thread = threading.Thread(target=interrupt)
                thread.start()
                try:
                    function()
                except KeyboardInterrupt:
                    latencies.append(time.monotonic() - sent)
                thread.join()
            print(function.__name__, len(latencies), min(latencies) < 0.1, max(latencies) < 5)
        """, "".join(f"{name} 4 True True\n" for name in ("forever", "forever_in_floats", "forever_calling"))),
    "an interval timer": ("""
        ticks = 0
        def handler(*_):
            global ticks
            ticks += 1
        def wait(n):
            rounds = 0
            while ticks < n:
                rounds += 1
            return rounds > 0
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
        start = time.monotonic()
        done = wait(100)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(done, time.monotonic() - start < 10)
        """, "True True\n"),
    # The interpreter looks for the handler in front of the jump's target.
    "where an exception of a signal handler is caught": ("""
        class Stop(Exception):
            pass
        def stop(*_):
            raise Stop
        signal.signal(signal.SIGALRM, stop)
        def at_first_instruction():
            n = 0
            try:
                while True: n = n + 1
            except Stop:
                return "caught"
        def pass_alone():
            try:
                while True:
                    pass
            except Stop:
                return "caught"
        def tested(flag=True):
            n = 0
            try:
                while flag:
                    n = n + 1
            except Stop:
                return "caught"
        def try_in_loop():
            n = 0
            while True:
                try:
                    n = n + 1
                except Stop:
                    return "caught"
        def in_finally(flag=True):
            try:
                try:
                    while flag: pass
                finally:
                    flag = "finally"
            except Stop:
                return flag
        for function in (at_first_instruction, pass_alone, tested, try_in_loop, in_finally) * 2:
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            try:
                print(function.__name__, function())
            except Stop as error:
                print(function.__name__, "escaped", error.__traceback__.tb_next.tb_lineno - function.__code__.co_firstlineno)
        """, ("at_first_instruction escaped 3\npass_alone caught\ntested caught\ntry_in_loop escaped 2\n"
              "in_finally finally\n") * 2),
}


def run(program, mode, timeout=90):
    code = PRELUDE + textwrap.dedent(program)
    options = MODES[mode]
    if options is None:
        return running.run_python("-c", code, timeout=timeout)
    return running.run_python("-m", "pyjion", "-c", code, env=running.environment(**options), timeout=timeout)


@pytest.fixture(scope="module")
def runs(request):
    """(program, mode) -> future of its run, for all that is selected: two run side by side."""
    pool = concurrent.futures.ThreadPoolExecutor(2)
    keys = [
        (item.callspec.params["name"], item.callspec.params["mode"])
        for item in request.session.items
        if item.module is request.module and hasattr(item, "callspec")
    ]
    yield {key: pool.submit(run, PROGRAMS[key[0]][0] if key[0] in PROGRAMS else SWITCHING[key[0]][0], key[1]) for key in keys}
    pool.shutdown()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_goes_on(name, mode, runs):
    assert running.succeed(runs[name, mode].result()) == PROGRAMS[name][1]


STUCK = """
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lock.acquire, daemon=True)
    thread.start()
    def least(n):
        times = []
        for _ in range(7):
            start = time.thread_time()
            assert counted(n) == n
            times.append(time.thread_time() - start)
        return min(times)
    least(200_000)
    api.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    print(least(200_000))
    sys.stdout.flush()
    os._exit(0)
"""


def test_what_another_thread_must_handle_costs_no_more_than_in_the_interpreter():
    plain = float(running.succeed(run(STUCK, "plain")))
    compiled = float(running.succeed(run(STUCK, "default")))
    assert compiled < plain * 1.1


SWITCHING = {
    # Threads that are in a loop when the JIT is switched off go on interpreted, and compiled after it is on again.
    "disable while loops run": ("""
        import pyjion
        running = True
        def spin():
            n = 0
            while running:
                n += 1
            return n
        def spin_in_two_loops():
            n = 0
            while running:
                for i in range(100):
                    n += i
            return n
        def until(condition):
            end = time.monotonic() + 20
            while not condition() and time.monotonic() < end:
                time.sleep(0.01)
            return condition()
        def ends():
            return pyjion.statistics()["interpreted_ends"]
        sys.setswitchinterval(1e-4)
        paused = pyjion.pause()
        results = []
        for off, on in ((pyjion.disable, pyjion.enable), (paused.__enter__, lambda: paused.__exit__(None, None, None))):
            running = True
            threads = [threading.Thread(target=lambda f=f: results.append(f() > 0)) for f in (spin, spin, spin_in_two_loops)]
            assert pyjion._native.compile(spin) and pyjion._native.compile(spin_in_two_loops)
            for thread in threads:
                thread.start()
            time.sleep(0.3)
            before = ends()
            off()
            print("interpreted", until(lambda: ends() >= before + 3))
            on()
            running = False
            for thread in threads:
                thread.join()
        print(results, all_kinds(5), pyjion.info(total)["compiled"])
        """, "interpreted True\n" * 2 + "[True, True, True, True, True, True] 0 True\n"),
    "pause in a worker while the main thread joins": ("""
        import pyjion
        def worker():
            bad = all_kinds(300)
            with pyjion.pause():
                bad += all_kinds(30)
            results.append(bad + all_kinds(300))
        results = []
        for _ in range(2):
            threads = [threading.Thread(target=worker) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        print(results)
        """, "[0, 0, 0, 0]\n"),
    "disable and enable beside a running thread": ("""
        import pyjion
        def worker(switches):
            bad = 0
            for i in range(400):
                bad += all_kinds(1)
                if switches and i % 50 == 25:
                    pyjion.disable()
                    bad += all_kinds(1)
                    pyjion.enable()
            results.append(bad)
        results = []
        threads = [threading.Thread(target=worker, args=(k,)) for k in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(results, pyjion.status()["enabled"])
        """, "[0, 0] True\n"),
    "the JIT is switched off by a finalizer": ("""
        import pyjion
        class Mischief:
            def __init__(self, act):
                self.act = act
            def __del__(self):
                self.act()
        def loop(n, at):
            s = 0
            for i in range(n):
                x = Mischief(pyjion.disable) if i == at else None
                x = None
                s += i
            return s
        assert pyjion._native.compile(loop)
        before = pyjion.statistics()["interpreted_ends"]
        for _ in range(5):
            assert loop(3000, 2000) == 4498500
            pyjion.enable()
        print("interpreted", pyjion.statistics()["interpreted_ends"] >= before + 5)
        """, "interpreted True\n"),
}
@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "plain"])
@pytest.mark.parametrize("name", SWITCHING)
def test_switched_off_from_anywhere(name, mode, runs):
    assert running.succeed(runs[name, mode].result()) == SWITCHING[name][1]
