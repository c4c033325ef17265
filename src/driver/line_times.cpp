// SPDX-License-Identifier: MIT
#include "driver/line_times.h"

#include <signal.h>
#include <time.h>
#include <ucontext.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <new>
#include <optional>

#include "driver/code_record.h"
#include "driver/options.h"
#include "python/interrupted.h"
#include "python/names.h"

namespace pyjion::driver {
namespace {

/// Of processor time. The kernel looks at such timers at its own ticks: every 4 ms on most systems.
constexpr int64_t kPeriod = 1'000'000;

constexpr size_t kStackWords = 256;

struct Sample {
    python::Interrupted place;
    bool isPython = false;
    int64_t nanoseconds = 0;
    uintptr_t position = 0;                      // where the processor was,
    std::array<uintptr_t, kStackWords> stack{};  // and what called it, among other words; of compiled code alone
    size_t stackWords = 0;
};

/// Filled by the handler, in the thread that has the GIL or beside it, and emptied under the GIL. A handler that finds
/// another one at work counts its time for the next sample.
class Ring {
  public:
    Sample* begin() {
        if (isBusy_.exchange(true)) {
            return nullptr;
        }
        if (written_.load() - read_.load() == samples_.size()) {
            isBusy_ = false;
            return nullptr;
        }
        return &samples_[written_.load() % samples_.size()];
    }
    void end() {
        written_++;
        isBusy_ = false;
    }
    const Sample* oldest() const {
        return read_.load() != written_.load() ? &samples_[read_.load() % samples_.size()] : nullptr;
    }
    void drop() { read_++; }

  private:
    std::array<Sample, 256> samples_;
    std::atomic<size_t> written_ = 0;
    std::atomic<size_t> read_ = 0;
    std::atomic<bool> isBusy_ = false;
};

struct Watch {
    Ring ring;
    timer_t timer{};
    bool runs = false;
    int signal = 0;
    std::atomic<int64_t> last = 0;
    LineTimes times;
    double elsewhere = 0;
};

/// Made when it is used first, and kept.
Watch* watch = nullptr;

int64_t processTime() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

void onSignal(int, siginfo_t*, void* context) {
    const int error = errno;
    if (Sample* sample = watch->ring.begin()) {
        const int64_t now = processTime();
        sample->nanoseconds = now - watch->last.exchange(now);
        sample->isPython = python::findInterrupted(sample->place);
        sample->stackWords = 0;
        if (sample->isPython && !sample->place.isInterpreted) {
            const auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
            sample->position = static_cast<uintptr_t>(registers[REG_RIP]);
            sample->stackWords = python::readStack(reinterpret_cast<void*>(registers[REG_RSP]), sample->stack.data(),
                                                   sample->stack.size());
        }
        watch->ring.end();
    }
    errno = error;
}

/// The position in the compiled code of this record that an address is in, if it is in any.
struct Place {
    const CompiledCode* code;
    cil::SourcePosition position;
};

std::optional<Place> placeOf(const CodeRecord& record, uintptr_t behind) {
    std::optional<Place> found;
    record.forEachCode([&](const CompiledCode& code) {
        const uint32_t offset = code.native->ilOffsetOfCall(reinterpret_cast<void*>(behind));
        const auto position = offset != clr::NativeMapEntry::kNoIl ? code.encoded.positionAt(offset) : std::nullopt;
        if (!found && position) {
            found = Place{&code, *position};
        }
    });
    return found;
}

/// Of a frame that compiled code runs: the processor is in that code, or in what it called. Return addresses of calls
/// that have ended may lie on the stack too, but above all others is that of the call that has not.
std::optional<Place> compiledPlace(const Sample& sample) {
    auto* record = static_cast<CodeRecord*>(runtime::entryOf(sample.place.code));
    if (record == nullptr) {
        return std::nullopt;
    }
    std::optional<Place> place = placeOf(*record, sample.position + 1);
    for (size_t i = 0; !place && i < sample.stackWords; ++i) {
        place = placeOf(*record, sample.stack[i]);
    }
    return place;
}

void add(const Sample& sample) {
    const double seconds = static_cast<double>(sample.nanoseconds) / 1e9;
    if (!sample.isPython || !python::isStill(sample.place)) {
        watch->elsewhere += seconds;
        return;
    }
    int line = PyCode_Addr2Line(sample.place.code, 2 * sample.place.unit);
    RunsIn where = RunsIn::Interpreter;
    if (!sample.place.isInterpreted) {
        // Where it cannot be told, its frame knows the last call. A frame that just begins or ends is no compiled one.
        if (const std::optional<Place> place = compiledPlace(sample)) {
            where = place->code->tier == Tier::Full ? RunsIn::Full : RunsIn::Quick;
            line = static_cast<int>(place->position.line);
        }
    }
    if (line <= 0) {
        line = sample.place.code->co_firstlineno;
    }
    watch->times[python::textOf(sample.place.filename)][line][static_cast<size_t>(where)] += seconds;
}

void empty() {
    while (const Sample* sample = watch->ring.oldest()) {
        add(*sample);
        watch->ring.drop();
    }
}

/// One of the signals for applications that nobody uses.
int takeSignal() {
    for (int signal = SIGRTMAX - 1; signal > SIGRTMIN; --signal) {
        struct sigaction before {};
        if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL) {
            struct sigaction action {};
            action.sa_sigaction = onSignal;
            action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
            sigfillset(&action.sa_mask);
            return sigaction(signal, &action, nullptr) == 0 ? signal : 0;
        }
    }
    return 0;
}

void start() {
    if (watch == nullptr) {
        watch = new (std::nothrow) Watch;
    }
    if (watch == nullptr || watch->runs) {
        return;
    }
    watch->signal = watch->signal != 0 ? watch->signal : takeSignal();
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = watch->signal;
    if (watch->signal == 0 || timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &watch->timer) != 0) {
        return;
    }
    const timespec period{0, kPeriod};
    const itimerspec setting{period, period};
    watch->last = processTime();
    watch->runs = timer_settime(watch->timer, 0, &setting, nullptr) == 0;
}

/// The handler stays: a signal may be under way.
void stop() {
    if (watch != nullptr && watch->runs) {
        timer_delete(watch->timer);
        watch->runs = false;
    }
}

}  // namespace

void updateLineTimes() {
    if (options().observe) {
        start();
    } else {
        stop();
    }
}

void endLineTimes() {
    stop();
}

void readLineTimes() {
    if (watch == nullptr) {
        return;
    }
    try {
        empty();
    } catch (const std::bad_alloc&) {
        // Later there may be some memory.
    }
}

const LineTimes& lineTimes(double& elsewhere) {
    static const LineTimes none;
    elsewhere = 0;
    if (watch == nullptr) {
        return none;
    }
    empty();
    elsewhere = watch->elsewhere;
    return watch->times;
}

}  // namespace pyjion::driver
