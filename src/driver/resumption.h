// SPDX-License-Identifier: MIT
// The places at which the generators of a code object go on, and the optimised code that runs from there to the next
// suspension. Each place has code of its own, which is among the record's loops: it is entered in the middle as they
// are. What decides about it is in generators.h.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "driver/trial.h"
#include "runtime/resumption.h"

namespace pyjion::driver {

struct CompiledCode;

struct Resumption : runtime::Resumption {
    /// Runs after which it is asked whether the place is worth compiling: some places are passed once in the life of a
    /// generator, others once in each of its iterations.
    static constexpr uint32_t kRunsToAsk = 32;

    int32_t unit = 0;              // the code unit behind what suspends
    CompiledCode* code = nullptr;  // null: the interpreter runs it
    uint32_t unasked = kRunsToAsk;
    uint64_t triedRuns = 0;  // of either kind
    bool isWatched = false;
    bool isGivenUp = false;
    std::unique_ptr<Trial> trial;
};

/// Those of a code object. Generators that stand at a place are met while it is watched.
class Resumptions {
  public:
    explicit Resumptions(std::vector<Resumption> found) : places(std::move(found)) {}
    ~Resumptions();
    Resumptions(const Resumptions&) = delete;
    Resumptions& operator=(const Resumptions&) = delete;

    /// Those that have no code and may get some; they ask for it after so many runs. Throws std::bad_alloc; then some
    /// are watched.
    void watch(uint32_t runsToAsk);
    static void unwatch(Resumption& place);
    /// Null: there is none.
    Resumption* at(int32_t unit);

    std::vector<Resumption> places;
    uint32_t samplesPaid = 0;  // of the record's, with what is compiled already
};

}  // namespace pyjion::driver
