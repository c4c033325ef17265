# SPDX-License-Identifier: MIT
"""A tour: a function runs in CPython, then compiled; what was compiled, its CIL, its machine code, and the speed-up.

`make run` runs it. Output: text. The plain time comes from a process of its own, in which pyjion is never imported.
"""
import subprocess
import sys
import time

LIMIT = 60000


def collatz(limit):
    """The longest Collatz sequence that starts below the limit."""
    longest = 0
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps = steps + 1
        if steps > longest:
            longest = steps
    return longest


def measured():
    start = time.perf_counter()
    result = collatz(LIMIT)
    return result, time.perf_counter() - start


def heading(text):
    print(f"\n--- {text} " + "-" * (100 - len(text)))


def main():
    if sys.argv[1:] == ["plain"]:
        print(*measured())
        return
    command = [sys.executable, __file__, "plain"]
    result, plain = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    import pyjion
    import pyjion.dis

    pyjion.enable()
    compiled_result, compiled = measured()

    heading("what was compiled")
    print(pyjion.explain(collatz))
    heading("its CIL")
    pyjion.dis.dis(collatz)
    heading("its machine code")
    pyjion.dis.dis_native(collatz)
    heading("result and speed-up")
    print(f"collatz({LIMIT}) = {compiled_result}, as in CPython: {compiled_result == int(result)}")
    print(f"CPython {float(plain):.3f} s, pyjion {compiled:.3f} s (compiling included): {float(plain) / compiled:.1f} times")
    if not pyjion.info(collatz)["compiled"] or compiled_result != int(result):
        sys.exit(1)


if __name__ == "__main__":
    main()
