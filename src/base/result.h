// SPDX-License-Identifier: MIT
// Result<T, E>: a value or an error, for C++20, which has no std::expected. Compiling reports failures with it; C++
// exceptions are not used for control flow anywhere in the project.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace pyjion::base {

/// Wraps an error so that it converts to any Result with that error type: `return fail(ParseError{...});`.
template <typename E>
struct Failure {
    E error;
};

template <typename E>
Failure<std::decay_t<E>> fail(E&& error) {
    return {std::forward<E>(error)};
}

template <typename T, typename E>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    template <typename F>
    Result(Failure<F> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() {
        assert(ok());
        return *std::get_if<0>(&state_);
    }
    const T& value() const {
        assert(ok());
        return *std::get_if<0>(&state_);
    }
    const E& error() const {
        assert(!ok());
        return *std::get_if<1>(&state_);
    }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

  private:
    std::variant<T, E> state_;
};

}  // namespace pyjion::base
