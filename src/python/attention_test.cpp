// SPDX-License-Identifier: MIT
// A thread that is not the main one is asked at each check of the eval breaker while it runs Python code of all kinds:
// what it computes, what its trace function sees and what becomes of a user's asynchronous exceptions must be what they
// are without.
#include "python/attention.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "python/embedded_interpreter.h"
#include "python/takeover.h"
#include "python/thread.h"

namespace pyjion::python {
namespace {

std::atomic<bool> goesOn = false;
std::atomic<int> answers = 0;
const void* lastPosition = nullptr;

/// Before a traced function begins, the interpreter comes back to the same check: not asked again there.
int askAtNextCheck() {
    answers++;
    PyThreadState* ts = currentThread();
    const void* position = positionOf(currentFrame(ts));
    const bool isStuck = isTraced(ts) && position == lastPosition;
    lastPosition = position;
    if (goesOn && !isStuck) {
        askAgain(askAtNextCheck);
    }
    return 0;
}

int count() {
    answers++;
    return 0;
}

constexpr const char* kPrograms = R"(
import ctypes, sys, threading, time

class Manager:
    def __init__(self, log):
        self.log = log
    def __enter__(self):
        self.log.append('enter')
    def __exit__(self, *what):
        self.log.append(what[0] and what[0].__name__)
        return True

def many(*values, **names):
    return len(values) + len(names)

def loops(n):
    total, k = 0, n
    for i in range(n):
        total += i * 3 % 7
    while k > 0:
        k -= 1
        total += k
    names = [1] + [None] * n
    while names.pop() is None:
        total += 1
    names = [None] + [1] * n
    while names.pop() is not None:
        total += 1
    return total

def calls(n):
    made = []
    for i in range(n):
        made.append(many(*(1, 2), **{'a': 1}) + many(i) + abs(-i))
        made += [str(i), tuple([i]), max(i, 3), len(made), divmod(i, 3), int('7'), 'a,b'.split(','), sorted([3, i])]
    return made

def handlers(n):
    log = []
    with Manager(log):
        try:
            for i in range(n):
                try:
                    if i % 5 == 3:
                        raise ValueError(i)
                except ValueError as error:
                    log.append(error.args[0])
                    for k in range(3):
                        log.append(repr(sys.exc_info()[1]))
            1 / 0
        finally:
            for k in range(3):
                log.append(type(sys.exc_info()[1]).__name__)
    return log, sys.exc_info()

def one():
    yield

def generate(n):
    for i in range(n):
        sent = yield i
        if sent:
            return sent

def generators(n):
    paused = generate(n)
    return [*one()], list(generate(n)), next(paused), next(paused), sum(i for i in range(n))

def to_the_limit(n):
    def in_handler(k):
        try:
            raise KeyError(k)
        except KeyError:
            for i in range(3):
                pass
            return in_handler(k + 1)
    try:
        in_handler(0)
    except RecursionError as error:
        depth = 0
        while error.__context__ is not None:
            error, depth = error.__context__, depth + 1
        return depth > 100

PROGRAMS = [loops, calls, handlers, generators]

def traced(n):
    events = []
    def trace(frame, event, argument):
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        ask_on()
        return trace
    sys.settrace(trace)
    try:
        for program in PROGRAMS:
            program(n)
    finally:
        sys.settrace(None)
    return events

def profiled(n):
    events = []
    def profile(frame, event, argument):
        events.append((event, frame.f_code.co_name))
        ask_on()
    sys.setprofile(profile)
    try:
        for program in PROGRAMS:
            program(n)
    finally:
        sys.setprofile(None)
    return events

def in_thread(program, *arguments):
    results = []
    def run():
        begin()
        try:
            results.append(program(*arguments))
        except BaseException as error:
            results.append(error)
        end()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]

def same(name, *arguments):
    program = globals()[name]
    for attempt in range(3):  # in the first, code is not specialised
        asked = in_thread(program, *arguments)
        plain = program(*arguments)
        if asked != plain:
            return [asked, plain]
    return True

def different_results(count, answers):
    results = []
    def run():
        while answered() < answers:
            results.append(repr([program(100) for program in PROGRAMS]))
    threads = [threading.Thread(target=run) for k in range(count)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    return len(set(results))

def exceptions_arrive(rounds):
    "All that were sent, in code that does nothing else than being asked and catching them."
    caught, ready = [], threading.Event()
    class Sent(Exception):
        pass
    def receive():
        while len(caught) < rounds:
            try:
                ask_on()
                ready.set()
                while True:
                    for i in range(10):
                        i + 1
            except Sent as error:
                caught.append(error)
    def run():
        in_thread(receive)
    thread = threading.Thread(target=run)
    thread.start()
    while len(caught) < rounds:
        ready.wait()
        ready.clear()
        receiver = [t for t in threading.enumerate() if t not in (thread, threading.current_thread())]
        before = len(caught)
        for t in receiver:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(t.ident), ctypes.py_object(Sent))
        while len(caught) == before and thread.is_alive():
            time.sleep(0)
    thread.join()
    return len(caught), {error.__context__ for error in caught}
)";

class AttentionTest : public testing::Test {
  protected:
    void SetUp() override {
        ensureInterpreter();
        findMainThread();
        answers = 0;
        begin_ = makeCallable([](PyObject*) {
            goesOn = true;
            askAgain(askAtNextCheck);
            return Py_NewRef(Py_None);
        });
        end_ = makeCallable([](PyObject*) {
            goesOn = false;
            return Py_NewRef(Py_None);
        });
        askOn_ = makeCallable([](PyObject*) {
            if (goesOn) {
                askAgain(askAtNextCheck);
            }
            return Py_NewRef(Py_None);
        });
        answered_ = makeCallable([](PyObject*) { return PyLong_FromLong(answers); });
        names_ = runPython(kPrograms);
        PyDict_SetItemString(names_.get(), "begin", begin_.get());
        PyDict_SetItemString(names_.get(), "end", end_.get());
        PyDict_SetItemString(names_.get(), "ask_on", askOn_.get());
        PyDict_SetItemString(names_.get(), "answered", answered_.get());
    }

    void TearDown() override { Py_MakePendingCalls(); }

    std::string result(const char* expression) { return reprOf(evaluate(names_, expression).get()); }

    Ref<> begin_;
    Ref<> end_;
    Ref<> askOn_;
    Ref<> answered_;
    Ref<> names_;
};

TEST_F(AttentionTest, NothingIsSeenOfIt) {
    for (const char* program : {"loops", "calls", "handlers", "generators", "to_the_limit", "traced", "profiled"}) {
        const int before = answers;
        EXPECT_EQ(result((std::string("same('") + program + "', 20)").c_str()), "True") << program;
        EXPECT_GE(answers - before, 60) << program;
    }
}

TEST_F(AttentionTest, JumpsWithPrefixesAreFollowed) {
    perform(names_, R"(exec('''
def far(n):
    total = 0
    for i in range(n):
''' + '\n'.join(f'        total += i * {k}' for k in range(300)) + '''
    return total
''', globals()))");
    EXPECT_EQ(result("same('far', 20)"), "True");
    EXPECT_GE(answers, 60);
}

TEST_F(AttentionTest, AUsersExceptionTakesItsPlace) {
    EXPECT_EQ(result("exceptions_arrive(50)"), "(50, {None})");
    EXPECT_GE(answers, 100);
}

TEST_F(AttentionTest, WhoRunsIsAskedFromOutside) {
    std::atomic<bool> isOver = false;
    std::thread outside([&isOver] {
        while (!isOver) {
            askWhoRuns(count);
            std::this_thread::sleep_for(std::chrono::microseconds(20));  // the list of threads is free meanwhile
        }
    });
    EXPECT_EQ(result("different_results(8, 300)"), "1");
    isOver = true;
    outside.join();
}

TEST_F(AttentionTest, NewThreadsAreAskedOnce) {
    auto ask = makeCallable([](PyObject*) {
        askNewThreads(count);
        return Py_NewRef(Py_None);
    });
    PyDict_SetItemString(names_.get(), "ask", ask.get());
    perform(names_, R"(exec('''
threads = [threading.Thread(target=lambda: time.sleep(0.05)) for k in range(3)]
for thread in threads: thread.start()
ask()
ask()
for thread in threads: thread.join()
''', globals()))");
    EXPECT_EQ(answers, 3);
}

}  // namespace
}  // namespace pyjion::python
