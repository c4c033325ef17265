# SPDX-License-Identifier: MIT
# compiled: endless wait_for_calls
# An exception that another thread plants, and pending calls, reach a loop that calls nothing.
import ctypes
import sys
import threading
import time

sys.setswitchinterval(1e-4)


class Planted(Exception):
    pass


def endless():
    n = 0
    while True:
        n = n + 1


def plant(identifier):
    while sys._current_frames()[identifier].f_code.co_name != "endless":
        time.sleep(0.001)
    time.sleep(0.03)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(identifier), ctypes.py_object(Planted))


for attempt in range(3):
    threading.Thread(target=plant, args=(threading.get_ident(),)).start()
    try:
        endless()
    except Planted as error:
        frame = error.__traceback__.tb_next.tb_frame
        print("planted", frame.f_code.co_name, frame.f_locals["n"] > 0)

calls = []


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
def pending(argument):
    calls.append(1)
    return 0


def wait_for_calls():
    rounds = 0
    while waiting:
        rounds = rounds + 1
    return rounds > 0


def add_calls():
    for _ in range(3):
        time.sleep(0.01)
        ctypes.pythonapi.Py_AddPendingCall(pending, None)
    while len(calls) < 3:
        time.sleep(0.001)
    global waiting
    waiting = False


waiting = True
threading.Thread(target=add_calls).start()
print(wait_for_calls(), "pending calls made", len(calls))
