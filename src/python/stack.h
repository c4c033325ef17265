// SPDX-License-Identifier: MIT
// The calling thread's C stack, and how much of it activations may take. Under a PEP 523 evaluator each call of a
// Python function is one on the C stack, so that every activation asks stackIsLow(), those too that the interpreter
// runs.
#pragma once

#include <Python.h>

#include <atomic>
#include <cstdint>

namespace pyjion::python {

/// The thread's stack grows down from `high`; nothing below `low` may be used. `reserve` bytes above `low` are kept for
/// what does not ask: C code, and the interpreter's own recursion through it.
struct StackBounds {
    uintptr_t low = 0;
    uintptr_t high = 0;
    uintptr_t reserve = 0;
};
/// Of the calling thread. What limits the stack of a process's first thread can change at any time.
StackBounds stackBounds();

/// Where activations may begin: `extent` bytes from `limit` up, a part of the stack of the thread that asked last. An
/// address of any other stack is outside, whoever it belongs to: another thread, a thread that has ended, or a stack
/// that some library has made and switched to. Guarded by the GIL, but for a thread that ends and takes its room away.
/// Compiled code reads it too (DirectCall in src/lower/calls.cpp).
struct StackRoom {
    static constexpr uintptr_t kNowhere = UINTPTR_MAX;
    std::atomic<uintptr_t> limit{kNowhere};
    std::atomic<uintptr_t> extent{0};

    /// address - limit < extent, with relaxed loads: written out because a compiler loads atomics into registers first,
    /// and every interpreted entry comes here.
    bool contains(uintptr_t address) const {
        bool inside = false;
        asm("subq %[limit], %[address]\n\tcmpq %[extent], %[address]"
            : [address] "+r"(address), "=@ccb"(inside)
            : [limit] "m"(limit), [extent] "m"(extent));
        return inside;
    }
};
static_assert(sizeof(StackRoom) == 2 * sizeof(uintptr_t) && std::atomic<uintptr_t>::is_always_lock_free);
[[gnu::visibility("hidden")]] extern StackRoom stackRoom;

/// Makes the calling thread's room the current one; whether the address is in it.
bool findStackRoom(uintptr_t address);

/// Not __builtin_frame_address(): every function that asks would keep a frame pointer.
inline uintptr_t stackAddress() {
    uintptr_t address;
    asm("movq %%rsp, %0" : "=r"(address));
    return address;
}

/// Whether too little C stack is left for an activation that takes `bytes` of it, or it is not known how much is left.
inline bool stackIsLow(size_t bytes = 0) {
    const uintptr_t address = stackAddress() - bytes;
    return !stackRoom.contains(address) && !findStackRoom(address);
}

/// Whether so little is left that not even the interpreter should begin another activation. Unknown stacks never are.
bool stackIsExhausted();

/// C stack that is left here, the reserve included; 0 where it is not known.
size_t stackBytesLeft();

}  // namespace pyjion::python
