// SPDX-License-Identifier: MIT
#include "python/attention.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "python/abi.h"
#include "python/bare_type.h"
#include "python/internal.h"
#include "python/thread.h"
#include "python/thread_list.h"
#include "python/unraise.h"

namespace pyjion::python {
namespace {

/// What a thread is asked for: functions, each once. Any thread adds to them, the asked one takes them out.
class Wanted {
  public:
    void add(Attention* function) {
        for (std::atomic<Attention*>& place : functions_) {
            Attention* there = nullptr;
            if (place.compare_exchange_strong(there, function) || there == function) {
                return;
            }
        }
    }

    void clear() { take(); }

    /// Calls them; what comes behind one that fails is asked for again by whoever wants it.
    int answer() {
        for (Attention* function : take()) {
            if (function != nullptr && function() != 0) {
                return -1;
            }
        }
        return 0;
    }

  private:
    /// More functions than anybody asks for.
    static constexpr size_t kPlaces = 4;

    std::array<Attention*, kPlaces> take() {
        std::array<Attention*, kPlaces> taken{};
        for (size_t i = 0; i < taken.size(); ++i) {
            taken[i] = functions_[i].exchange(nullptr);
        }
        return taken;
    }

    std::array<std::atomic<Attention*>, kPlaces> functions_{};
};

// --- the main thread --------------------------------------------------------------------------------------------

std::atomic<PyThreadState*> mainThread = nullptr;  // only compared
Wanted wantedOfMain;
std::atomic<bool> mainIsAsked = false;

int answerInMain(void*) {
    mainIsAsked = false;
    return wantedOfMain.answer();
}

void askMain() {
    if (!mainIsAsked.exchange(true) && _PyEval_AddPendingCall(PyInterpreterState_Main(), answerInMain, nullptr) != 0) {
        mainIsAsked = false;  // too many calls wait already
        return;
    }
    // Set by what adds the call only if that is the main thread.
    *evalBreakerWord(PyInterpreterState_Main()) = 1;
}

bool isMainThread() {
    return PyThread_get_thread_ident() == _PyRuntime.main_thread;
}

// --- other threads ----------------------------------------------------------------------------------------------

/// Stands in for a class of exceptions in the field `async_exc` of one thread. That reference is not counted: when the
/// interpreter has raised it and drops the reference that it takes for its own, the last one is gone and tp_dealloc is
/// called. Where a user's exception takes its place, or the thread ends, the count becomes -1, which calls nothing.
struct Request {
    PyTypeObject standIn{};
    PyThreadState* thread = nullptr;
    uint64_t threadId = 0;
    Wanted wanted;
    Request* next = nullptr;

    PyObject* object() { return reinterpret_cast<PyObject*>(&standIn); }
    static Request* of(PyObject* object) { return reinterpret_cast<Request*>(object); }
};

/// As many as there have been threads at once that were asked. They live as long as the process. Guarded like the list
/// of threads.
Request* requests = nullptr;

PyTypeObject& requestType();

template <typename Condition>
Request* findRequest(Condition condition) {
    Request* request = requests;
    while (request != nullptr && !condition(*request)) {
        request = request->next;
    }
    return request;
}

Request* addRequest() {
    auto* request = new (std::nothrow) Request;
    if (request != nullptr) {
        Py_SET_TYPE(request->object(), &requestType());
        request->standIn.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASE_EXC_SUBCLASS;
        request->standIn.tp_vectorcall = [](PyObject*, PyObject* const*, size_t, PyObject*) {
            return exceptionToUnraise();
        };
        request->next = requests;
        requests = request;
    }
    return request;
}

/// The request of a thread that is in the list; null when there is no memory for one.
Request* requestFor(const ThreadList& threads, PyThreadState* thread) {
    Request* request = findRequest(
        [thread](const Request& candidate) { return candidate.thread == thread && candidate.threadId == thread->id; });
    if (request != nullptr) {
        return request;
    }
    request = findRequest(
        [&threads](const Request& candidate) { return !threads.contains(candidate.thread, candidate.threadId); });
    if (request == nullptr && (request = addRequest()) == nullptr) {
        return nullptr;
    }
    request->thread = thread;
    request->threadId = thread->id;
    request->wanted.clear();
    return request;
}

/// Needs the list of threads, or the GIL in that thread. A user's exception that waits is left alone. Nobody else
/// writes a request to the field, and who takes one out of it has the GIL: so the thread is either the caller, or the
/// one that runs now, or does not run.
void raiseIn(PyThreadState* thread, Request* request) {
    PyObject* nothing = nullptr;
    if (__atomic_load_n(&thread->async_exc, __ATOMIC_RELAXED) == nullptr && Py_REFCNT(request->object()) < 0) {
        Py_SET_REFCNT(request->object(), 0);  // the last one was not raised
    }
    __atomic_compare_exchange_n(&thread->async_exc, &nothing, request->object(), false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    // Behind that: the thread computes the eval breaker anew when it takes the GIL, and only then.
    *evalBreakerWord(thread->interp) = 1;
}

/// tp_dealloc: the interpreter has raised the request in the calling thread.
void answerRaised(PyObject* self) {
    PyThreadState* ts = currentThread();
    ts->curexc_type = nullptr;  // no reference, as said above
    Py_CLEAR(ts->curexc_value);
    Py_CLEAR(ts->curexc_traceback);
    dropContext();
    if (Request::of(self)->wanted.answer() == 0) {
        unraise(ts);
    }
}

/// Its instances count as classes. While an exception is being handled, the interpreter creates an instance before it
/// raises one, and counts no recursion for that as long as it is a vectorcall.
PyTypeObject& requestType() {
    static PyTypeObject type = [] {
        PyTypeObject made = bareType<Request>("pyjion.request");
        made.tp_dealloc = answerRaised;
        made.tp_vectorcall_offset = offsetof(PyTypeObject, tp_vectorcall);
        made.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_HAVE_VECTORCALL;
        return made;
    }();
    return type;
}

void ask(const ThreadList& threads, PyThreadState* thread, Attention* function) {
    if (thread == mainThread) {
        wantedOfMain.add(function);
        askMain();
    } else if (Request* request = requestFor(threads, thread)) {
        request->wanted.add(function);
        raiseIn(thread, request);
    }
}

/// CPython's debugging build ends the process when a count becomes negative.
constexpr bool kCanAskOthers = !abi::kReferencesAreTotalled;

}  // namespace

void findMainThread() {
    PyThreadState* found = PyInterpreterState_ThreadHead(PyInterpreterState_Main());
    while (found != nullptr && found->thread_id != _PyRuntime.main_thread) {
        found = PyThreadState_Next(found);
    }
    mainThread = found;
}

void forked() {
    mainThread = _PyThreadState_UncheckedGet();
}

bool isFinalizing() {
    return _Py_IsFinalizing() != 0;
}

void askWhoRuns(Attention* function) {
    PyThreadState* thread = _PyThreadState_UncheckedGet();
    if (thread == nullptr || isFinalizing()) {
        return;
    }
    if (thread == mainThread) {
        wantedOfMain.add(function);
        askMain();
        return;
    }
    const ThreadList threads;
    thread = _PyThreadState_UncheckedGet();
    if (!kCanAskOthers || !threads) {
        return;
    }
    PyThreadState* alive = threads.first();
    while (alive != nullptr && alive != thread) {
        alive = alive->next;
    }
    if (alive != nullptr) {
        ask(threads, alive, function);
    }
}

bool askAgain(Attention* function) {
    PyThreadState* ts = currentThread();
    if (!kCanAskOthers) {
        if (isMainThread()) {
            wantedOfMain.add(function);
            askMain();
        }
        return isMainThread();
    }
    // In the main thread as well: a pending call that asks for another is called again at once, 32 times.
    const ThreadList threads;
    Request* request = threads ? requestFor(threads, ts) : nullptr;
    if (request != nullptr) {
        request->wanted.add(function);
        raiseIn(ts, request);
    }
    return request != nullptr;
}

void askNewThreads(Attention* function) {
    static uint64_t newestAsked = 0;
    const ThreadList threads;
    if (!kCanAskOthers || !threads || threads.first()->id == newestAsked) {
        return;
    }
    newestAsked = threads.first()->id;  // each is put in front of those that there are
    for (PyThreadState* ts = threads.first(); ts != nullptr; ts = ts->next) {
        if (ts != currentThread()) {
            ask(threads, ts, function);
        }
    }
}

bool asksForAttention(PyObject* asynchronousException) {
    return Py_TYPE(asynchronousException) == &requestType();
}

int payAttention(PyObject* asynchronousException) {
    return Request::of(asynchronousException)->wanted.answer();
}

}  // namespace pyjion::python
