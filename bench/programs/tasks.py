# SPDX-License-Identifier: MIT
"""A small operating system: tasks of several classes, a queue by priority, messages."""
SIZE = 600


class Message:
    def __init__(self, kind, number):
        self.kind = kind
        self.number = number
        self.answers = []


class Task:
    def __init__(self, name, priority):
        self.name = name
        self.priority = priority
        self.inbox = []
        self.waiting = False
        self.steps = 0

    def receive(self, message):
        self.inbox.append(message)
        self.waiting = False

    def run(self, scheduler):
        self.steps += 1
        if not self.inbox:
            self.waiting = True
            return
        self.handle(self.inbox.pop(0), scheduler)

    def handle(self, message, scheduler):
        raise NotImplementedError


class Worker(Task):
    def handle(self, message, scheduler):
        message.answers.append(message.number * len(self.name) % 101)
        scheduler.send("device" if message.number % 3 else "handler", message)


class Handler(Task):
    def __init__(self, name, priority):
        super().__init__(name, priority)
        self.done = []

    def handle(self, message, scheduler):
        self.done.append(message)
        if len(self.done) % 4 == 0:
            scheduler.send("device", Message("flush", len(self.done)))


class Device(Task):
    def __init__(self, name, priority):
        super().__init__(name, priority)
        self.busy = 0

    def handle(self, message, scheduler):
        self.busy += message.number % 5
        if message.kind == "work":
            scheduler.send("handler", message)


class Scheduler:
    def __init__(self):
        self.tasks = {}
        self.rounds = 0

    def add(self, task):
        self.tasks[task.name] = task

    def send(self, name, message):
        self.tasks[name].receive(message)

    def next_task(self):
        best = None
        for task in self.tasks.values():
            if not task.waiting and (best is None or task.priority > best.priority):
                best = task
        return best

    def run(self):
        while (task := self.next_task()) is not None:
            self.rounds += 1
            task.run(self)


def main(size):
    rounds, checksum = 0, 0
    for seed in range(size):
        scheduler = Scheduler()
        for task in (Worker("worker", 10), Worker("second", 20), Handler("handler", 30), Device("device", 40)):
            scheduler.add(task)
        for number in range(600):
            scheduler.send("worker" if number % 2 else "second", Message("work", number + seed))
        scheduler.run()
        rounds += scheduler.rounds
        checksum += sum(sum(message.answers) for message in scheduler.tasks["handler"].done)
        checksum += scheduler.tasks["device"].busy
    return rounds, checksum
