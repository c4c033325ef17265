// SPDX-License-Identifier: MIT
// The cyclic garbage collector: whether it is about to run; and made as eager as it can be, for tests that look for
// objects that are reachable too early or not at all.
#pragma once

namespace pyjion::python {

/// Whether making an object that it knows of would run it.
bool collectorIsDue();

/// The thread runs the collector, if it is due by then, at its next check of the eval breaker. False where that cannot
/// be: it has to run at once, as it does in tests that want it to be eager.
bool collectAtNextCheck();

/// While one lives, making objects does not run the collector.
class WithoutCollector {
  public:
    WithoutCollector();
    ~WithoutCollector();
    WithoutCollector(const WithoutCollector&) = delete;
    WithoutCollector& operator=(const WithoutCollector&) = delete;

  private:
    int wasCollecting_;
};

/// From now on each allocation that may run the collector does, and it looks at all objects that were made since (older
/// ones are frozen, as gc.freeze() does it: without that, every allocation would look at every object of the standard
/// library; and while there are thousands of new ones, not all of them are looked at each time). Not while an exception
/// is set or a collection is under way; gc.disable() works as ever. Silent when the collector cannot be reached;
/// calling it again only does so again what has been undone.
void collectAtEveryAllocation();

}  // namespace pyjion::python
