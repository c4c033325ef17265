// SPDX-License-Identifier: MIT
#include "python/start_trampoline.h"

#include <opcode.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "python/bare_type.h"
#include "python/frame_end.h"
#include "python/internal.h"
#include "python/takeover.h"
#include "python/thread.h"
#include "python/thread_list.h"
#include "python/trace_events.h"
#include "python/tracing_heard.h"

namespace pyjion::python {

// --- all of them ------------------------------------------------------------------------------------------------

/// Guarded by the GIL.
class Trampolines {
  public:
    static void add(StartTrampoline* trampoline) {
        trampoline->next_ = first_;
        if (first_ != nullptr) {
            first_->previous_ = trampoline;
        }
        first_ = trampoline;
    }
    static void erase(StartTrampoline* trampoline) {
        (trampoline->previous_ != nullptr ? trampoline->previous_->next_ : first_) = trampoline->next_;
        if (trampoline->next_ != nullptr) {
            trampoline->next_->previous_ = trampoline->previous_;
        }
    }
    static void suspendAll() {
        for (StartTrampoline* one = first_; one != nullptr; one = one->next_) {
            one->suspend();
        }
    }
    static void putWaiting() {
        const bool wasWaiting = std::exchange(waiting_, false);
        for (StartTrampoline* one = wasWaiting ? first_ : nullptr; one != nullptr; one = one->next_) {
            if (one->isWanted_ && !one->isInPlace()) {
                one->tryToPut();  // notes when it waits still
            }
        }
    }
    static void noteWaiting() { waiting_ = true; }
    static StartTrampoline* inPlaceAt(PyCodeObject* code, int32_t index) {
        StartTrampoline* one = first_;
        while (one != nullptr && !one->replaced_.areInPlaceAt(code, index)) {
            one = one->next_;
        }
        return one;
    }

  private:
    inline static StartTrampoline* first_ = nullptr;
    inline static bool waiting_ = false;
};

void putWaiting() {
    Trampolines::putWaiting();
}

void makeWay(Frame* frame) {
    const int32_t index = resumeIndex(frame);
    if (!ReplacedUnits::mayBeAt(index)) {
        return;
    }
    if (StartTrampoline* trampoline = Trampolines::inPlaceAt(frame->f_code, index)) {
        trampoline->suspend();
    }
}

namespace {

// --- tracing ----------------------------------------------------------------------------------------------------

bool isAnythingTraced(const ThreadList& threads) {
    for (PyThreadState* ts = threads.first(); ts != nullptr; ts = ts->next) {
        if (ts->c_tracefunc != nullptr || ts->c_profilefunc != nullptr) {
            return true;
        }
    }
    return false;
}

// --- words in reach of LOAD_CONST -------------------------------------------------------------------------------

/// It does not compare its argument, an int, with the length of the tuple of constants.
constexpr ptrdiff_t kReachOfConstants = ptrdiff_t{1} << 31;

std::vector<PyObject**>& freeWords() {
    static auto* words = new std::vector<PyObject**>;
    return *words;
}

PyObject** firstConstant(PyCodeObject* code) {
    return &PyTuple_GET_ITEM(code->co_consts, 0);
}

bool isInReach(PyObject** word, PyCodeObject* code) {
    return word > firstConstant(code) && word - firstConstant(code) < kReachOfConstants;
}

PyObject** takeWord(PyCodeObject* code) {
    std::vector<PyObject**>& words = freeWords();
    auto found = std::find_if(words.rbegin(), words.rend(), [code](PyObject** word) { return isInReach(word, code); });
    if (found == words.rend()) {
        CodeUnits block = CodeUnits::above(reinterpret_cast<uintptr_t>(firstConstant(code)));
        if (!block) {
            return nullptr;
        }
        constexpr size_t kWords = CodeUnits::kCapacity * sizeof(uint16_t) / sizeof(PyObject*);
        auto* first = reinterpret_cast<PyObject**>(block.begin());
        for (size_t i = 0; i < kWords; ++i) {
            words.push_back(first + i);
        }
        static auto* blocks = new std::vector<CodeUnits>;  // live as long as the process
        blocks->push_back(std::move(block));
        found = words.rbegin();
    }
    std::iter_swap(found, words.rbegin());
    PyObject** word = words.back();
    words.pop_back();
    return word;
}

// --- activations ------------------------------------------------------------------------------------------------

TakenOver* freeEntries = nullptr;

TakenOver* takeEntry() {
    if (freeEntries == nullptr) [[unlikely]] {
        return new (std::nothrow) TakenOver;
    }
    return std::exchange(freeEntries, freeEntries->next);
}

void giveEntryBack(TakenOver* entry) {
    entry->next = std::exchange(freeEntries, entry);
}

/// CPython's debugging build compares the argument of LOAD_CONST.
constexpr bool kIsPossible = !abi::kReferencesAreTotalled;

PyObject notHereMarker{};  // only its address counts

}  // namespace

PyObject* const kNotHere = &notHereMarker;

PyTypeObject& StartTrampoline::type() {
    static PyNumberMethods numberMethods = [] {
        PyNumberMethods methods{};
        methods.nb_positive = run;
        return methods;
    }();
    static PyTypeObject type = [] {
        PyTypeObject made = bareType<StartTrampoline>("pyjion.start");
        made.tp_as_number = &numberMethods;
        return made;
    }();
    return type;
}

/// nb_positive. The interpreter's stack holds `self`, and nothing below.
PyObject* StartTrampoline::run(PyObject* self) {
    static_assert(offsetof(StartTrampoline, object_) == 0);
    auto& trampoline = *reinterpret_cast<StartTrampoline*>(self);
    PyThreadState* ts = currentThread();
    Frame* frame = currentFrame(ts);
    setResumeAt(frame, trampoline.at_);
    setDepth(frame, 0);
    TakenOver* entry = takeEntry();
    PyObject* result = kNotHere;
    int32_t from = 0;
    if (entry != nullptr) [[likely]] {
        entry->frame = frame;
        noteRunning(*entry);
        result = trampoline.body_(ts, frame, trampoline.context_);
        noteEnded(*entry);
        from = entry->from;
        giveEntryBack(entry);
    }
    if (result == kNotHere) {
        trampoline.suspend();
        setDepth(frame, 0);
        setResumeAt(frame, trampoline.at_);
        result = kGivenBack;
    }
    WayBack& way = trampoline.way_;
    way.frame = frame;
    way.from = from;
    return goBack(way, result);
}

std::unique_ptr<StartTrampoline> StartTrampoline::make(PyCodeObject* code, int32_t firstTarget, StartBody* body,
                                                       void* context) {
    if (!kIsPossible || code->co_stacksize < kSlotsToGoBack || !hearOfTracing(Trampolines::suspendAll)) {
        return nullptr;
    }
    // Cached in the code object from now on: later it would be made of what stands there then.
    PyObject* bytes = PyCode_GetCode(code);
    if (bytes == nullptr) {
        PyErr_Clear();
        return nullptr;
    }
    Py_DECREF(bytes);
    try {
        std::unique_ptr<StartTrampoline> made(new StartTrampoline(CodeUnits::near(code)));
        made->code_ = code;
        made->body_ = body;
        made->context_ = context;
        made->word_ = takeWord(code);
        Trampolines::add(made.get());
        constexpr int kUnitsToCall = 8;
        if (!made->units_ || made->word_ == nullptr ||
            kUnitsToCall + mostUnits(code) > static_cast<int>(CodeUnits::kCapacity)) {
            return nullptr;
        }
        PyObject_Init(&made->object_, &type());
        *made->word_ = &made->object_;
        UnitWriter writer(made->units_.begin());
        writer.add(LOAD_CONST, static_cast<uint32_t>(made->word_ - firstConstant(code)));
        writer.add(UNARY_POSITIVE);
        made->way_.units = writer.next();
        return made->plan(firstTarget) ? std::move(made) : nullptr;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

/// Where the jump goes, and the jump; false where it would reach a unit that the code jumps to. Behind RESUME if it
/// fits there: a frame that has just been called looks at the eval breaker in RESUME, and so is in nobody's way. The
/// loop of a comprehension begins too early for that. With cells or free variables there is code before RESUME that the
/// body does, too.
bool StartTrampoline::plan(int32_t firstTarget) {
    at_ = code_->_co_firsttraceable == 0 ? 1 : 0;
    length_ = unitsToJump();
    if (at_ != 0 && at_ + length_ > firstTarget) {
        at_ = 0;
        length_ = unitsToJump();
    }
    const auto distance = static_cast<uint32_t>(distanceBehind(length_));
    for (int32_t i = 0; i < length_; ++i) {
        const uint32_t rest = distance >> (8 * (length_ - 1 - i));
        const uint32_t opcode = i == length_ - 1 ? JUMP_FORWARD : rest != 0 ? EXTENDED_ARG : NOP;
        jump_[static_cast<size_t>(i)] = static_cast<uint16_t>(opcode | (rest & 0xff) << 8);
    }
    return at_ + length_ <= firstTarget;
}

/// Jumps count from behind themselves.
ptrdiff_t StartTrampoline::distanceBehind(int32_t length) const {
    return units_.begin() - (firstInstruction(code_) + at_ + length);
}

/// The fewest that can hold the distance.
int32_t StartTrampoline::unitsToJump() const {
    int32_t length = 1;
    while (length < kMostUnits && distanceBehind(length) >> (8 * length) != 0) {
        length++;
    }
    return length;
}

StartTrampoline::~StartTrampoline() {
    remove();
    Trampolines::erase(this);
    if (word_ != nullptr) {
        freeWords().push_back(word_);  // has had room for it
    }
}

/// Whether the interpreter would go on, in this frame, behind the first unit of the jump.
bool StartTrampoline::standsInside(Frame* frame) const {
    return frame->f_code == code_ && isInside(runningIndex(frame) + 1) && runningIndex(frame) + 1 != at_;
}

bool StartTrampoline::mayPut() const {
    const ThreadList threads;
    if (!threads || isAnythingTraced(threads)) {
        return false;
    }
    for (PyThreadState* ts = threads.first(); ts != nullptr; ts = ts->next) {
        for (Frame* frame = ts->cframe->current_frame; frame != nullptr; frame = frame->previous) {
            if (standsInside(frame)) {
                return false;
            }
        }
    }
    return true;
}

void StartTrampoline::tryToPut() {
    if (mayPut()) {
        replaced_.put(code_, at_, std::span(jump_).first(static_cast<size_t>(length_)));
    } else {
        Trampolines::noteWaiting();
    }
}

void StartTrampoline::put() {
    isWanted_ = true;
    if (!isInPlace()) {
        tryToPut();
    }
}

void StartTrampoline::suspend() {
    if (isInPlace()) {
        replaced_.putBack();
        Trampolines::noteWaiting();
    }
}

void StartTrampoline::remove() {
    suspend();
    isWanted_ = false;
}

SetAside setAside(PyThreadState* ts, Frame* frame) {
    TakenOver* entry = takenOver;
    while (entry->frame != frame) {
        entry = entry->next;
    }
    noteEnded(*entry);
    setResumeAt(frame, 0);
    const bool isEntry = frame->is_entry;
    finishFrame(ts, frame);
    return {entry, isEntry};
}

PyObject* takeBack(PyThreadState* ts, Frame* frame, SetAside aside, PyObject* result) {
    link(ts, frame);
    ts->recursion_remaining--;
    frame->is_entry = aside.isEntry;
    noteRunning(*aside.entry);
    setDepth(frame, 0);
    if (isTraced(ts)) {
        skipReturn(ts);  // they were told of the end
    }
    if (result == nullptr) {
        giveBackRaised(frame, takeException());
        return nullptr;
    }
    if (!isTraced(ts)) {
        return result;
    }
    // The interpreter executes the last instruction once more.
    const int32_t end = runningIndex(frame);
    stackBase(frame)[0] = result;
    setDepth(frame, 1);
    setResumeAt(frame, end);
    noteExecuted(frame, end);
    return giveBack(frame);
}

}  // namespace pyjion::python
