// SPDX-License-Identifier: MIT
#include "python/interrupted.h"

#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>

#include "python/internal.h"
#include "python/takeover.h"

namespace pyjion::python {
namespace {

/// Allowed in a handler of a signal; the number of bytes.
size_t readMemory(const void* from, void* to, size_t bytes) {
    const iovec local{to, bytes};
    const iovec remote{const_cast<void*>(from), bytes};
    const ssize_t count = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    return count > 0 ? static_cast<size_t>(count) : 0;
}

/// An object of this size at `from`, copied without its alignment's or its constructors' help.
template <typename T>
bool copy(const void* from, T& to) {
    return from != nullptr && readMemory(from, &to, sizeof(T)) == sizeof(T);
}

/// The fixed part of both, as CPython declares them.
constexpr size_t kFrameBytes = offsetof(_PyInterpreterFrame, localsplus);
constexpr size_t kCodeBytes = offsetof(PyCodeObject, co_code_adaptive);

template <typename T, size_t bytes>
class Header {
  public:
    bool read(const void* from) { return from != nullptr && readMemory(from, memory_, bytes) == bytes; }
    const T* operator->() const { return reinterpret_cast<const T*>(memory_); }

  private:
    alignas(T) std::byte memory_[bytes];
};

using CodeHeader = Header<PyCodeObject, kCodeBytes>;

/// The memory of an object that died is given to the allocator, which puts a pointer in the place of the count.
bool looksAlive(const CodeHeader& header) {
    constexpr Py_ssize_t kMostReferences = Py_ssize_t{1} << 40;
    const Py_ssize_t references = header->ob_base.ob_base.ob_refcnt;
    return header->ob_base.ob_base.ob_type == &PyCode_Type && references > 0 && references < kMostReferences;
}

}  // namespace

bool findInterrupted(Interrupted& found) {
    PyThreadState* own = PyGILState_GetThisThreadState();
    if (own == nullptr || own != _PyThreadState_UncheckedGet() || own->interp != PyInterpreterState_Main()) {
        return false;
    }
    _PyCFrame current{};
    Header<_PyInterpreterFrame, kFrameBytes> frame;
    CodeHeader code;
    if (!copy(own->cframe, current) || !frame.read(current.current_frame) || !code.read(frame->f_code) ||
        !looksAlive(code)) {
        return false;
    }
    const _Py_CODEUNIT* first = reinterpret_cast<_Py_CODEUNIT*>(frame->f_code->co_code_adaptive);
    const ptrdiff_t unit = frame->prev_instr - first;
    if (unit < -1 || unit >= code->ob_base.ob_size) {
        return false;
    }
    found = {frame->f_code, code->co_filename, code->co_linetable, static_cast<int32_t>(unit), frame->stacktop < 0};
    return true;
}

bool isStill(const Interrupted& found) {
    CodeHeader code;
    return code.read(found.code) && looksAlive(code) && code->co_filename == found.filename &&
           code->co_linetable == found.linetable;
}

size_t readStack(const void* first, uintptr_t* words, size_t count) {
    return readMemory(first, words, count * sizeof(uintptr_t)) / sizeof(uintptr_t);
}

}  // namespace pyjion::python
