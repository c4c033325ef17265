// SPDX-License-Identifier: MIT
#include "python/data_stack.h"

#include "base/check.h"

namespace pyjion::python {
namespace {

PyObjectArenaAllocator arena() {
    PyObjectArenaAllocator allocator;
    PyObject_GetArenaAllocator(&allocator);  // where the thread's other chunks come from, and go to
    return allocator;
}

}  // namespace

bool DataStackRoom::open(PyThreadState* ts, size_t words) {
    constexpr size_t kChunkBytes = 16 * 1024;
    if (ts->datastack_top != nullptr && words < static_cast<size_t>(ts->datastack_limit - ts->datastack_top)) {
        return true;
    }
    // The first word stays free: a frame that begins a chunk would take that with it.
    const size_t needed = sizeof(_PyStackChunk) + sizeof(PyObject*) * (words + 1);
    const size_t bytes = (needed / kChunkBytes + 1) * kChunkBytes;
    const PyObjectArenaAllocator allocator = arena();
    auto* chunk = static_cast<_PyStackChunk*>(allocator.alloc(allocator.ctx, bytes));
    if (chunk == nullptr) {
        return false;
    }
    _PyStackChunk* previous = ts->datastack_chunk;
    if (previous != nullptr) {
        previous->top = static_cast<size_t>(ts->datastack_top - &previous->data[0]);
    }
    chunk->previous = previous;
    chunk->size = bytes;
    chunk->top = 0;
    ts->datastack_chunk = chunk;
    ts->datastack_top = &chunk->data[1];
    ts->datastack_limit = reinterpret_cast<PyObject**>(reinterpret_cast<char*>(chunk) + bytes);
    isOpen_ = true;
    return true;
}

void DataStackRoom::close(PyThreadState* ts) const {
    if (!isOpen_) {
        return;
    }
    _PyStackChunk* chunk = ts->datastack_chunk;
    PYJION_CHECK(ts->datastack_top == &chunk->data[1], "frames are left on a chunk of the data stack");
    _PyStackChunk* previous = chunk->previous;
    ts->datastack_chunk = previous;
    ts->datastack_top = previous != nullptr ? &previous->data[previous->top] : nullptr;
    ts->datastack_limit = previous != nullptr
                              ? reinterpret_cast<PyObject**>(reinterpret_cast<char*>(previous) + previous->size)
                              : nullptr;
    const PyObjectArenaAllocator allocator = arena();
    allocator.free(allocator.ctx, chunk, chunk->size);
}

}  // namespace pyjion::python
