# SPDX-License-Identifier: MIT
# compiled: forever with_callee reads_flag
# Ctrl-C and other signals in a running loop: when they come, and with a state that fits.
import signal
import sys
import time

from observing import describe


def forever():
    a = 0
    b = 0
    while True:
        a = a + 1
        b = b + 1


def with_callee(n):
    total = 0
    for i in range(n):
        total = total + maybe_raise(i)
    return total


def maybe_raise(i):
    if i == 1000:
        signal.raise_signal(signal.SIGINT)
    return 1


def reads_flag():
    count = 0
    while not flag:
        count = count + 1
    return count > 0


def set_flag(*arguments):
    global flag
    flag = True


for attempt in range(3):
    start = time.monotonic()
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        forever()
    except KeyboardInterrupt as error:
        frame = error.__traceback__.tb_next.tb_frame
        a, b = frame.f_locals["a"], frame.f_locals["b"]
        print("interrupted", frame.f_code.co_name, a > 0, a - b in (0, 1), time.monotonic() - start < 5)
    try:
        print(with_callee(2000))
    except KeyboardInterrupt as error:
        print(describe(error))
    flag = False
    signal.signal(signal.SIGALRM, set_flag)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    print(reads_flag())


class Stop(Exception):
    pass


def stop(*arguments):
    raise Stop("from the handler")


signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.03, 0.0)
try:
    forever()
except Stop as error:
    print(type(error).__name__, error, error.__traceback__.tb_next.tb_frame.f_code.co_name)
sys.stdout.flush()
