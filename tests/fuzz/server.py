# SPDX-License-Identifier: MIT
"""Runs programs in a process that has everything imported (serving.py): what costs is the program alone.

Requests and answers are pickles with their length in front. Request: source, options of pyjion, seconds, whether facts
are wanted. Answer: the fields of Result.
"""
from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Result:
    ended: str  # "" if the program ran to its end, else "signal N", "status N" or "timeout"
    lines: list[str] = field(default_factory=list)
    statistics: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    stderr: str = ""


def send(stream, value) -> None:
    data = pickle.dumps(value)
    stream.write(struct.pack("<q", len(data)) + data)
    stream.flush()


def receive(stream):
    head = stream.read(8)
    if len(head) < 8:
        return None
    return pickle.loads(stream.read(struct.unpack("<q", head)[0]))


class Server:
    """The client's side. A server that has died is started anew."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.process = None

    def run(self, source: str, options: dict[str, str], seconds: int = 10, facts: bool = False) -> Result:
        for _ in range(2):
            if self.process is None:
                self.start()
            try:
                send(self.process.stdin, (source, options, seconds, facts))
                answer = receive(self.process.stdout)
            except BrokenPipeError:
                answer = None
            if answer is not None:
                return Result(*answer)
            self.stop()
        raise RuntimeError(f"the {self.kind} server does not answer")

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYJION_")}
        environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
        command = [sys.executable, os.path.join(HERE, "serving.py"), self.kind]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None
