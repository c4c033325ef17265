// SPDX-License-Identifier: MIT
// An object that is used while the process ends, hence never destroyed, and that takes no memory to make.
#pragma once

#include <cstddef>
#include <new>

namespace pyjion::base {

template <typename T>
class Immortal {
  public:
    Immortal() : object_(new (place_) T) {}
    Immortal(const Immortal&) = delete;
    Immortal& operator=(const Immortal&) = delete;

    T& operator*() const { return *object_; }

  private:
    alignas(T) std::byte place_[sizeof(T)];
    T* object_;
};

}  // namespace pyjion::base
