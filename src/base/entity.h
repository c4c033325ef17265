// SPDX-License-Identifier: MIT
// Typed 32-bit ids and the dense tables that they index. Objects of one compilation refer to each other by id, never by
// pointer, so that tables may grow and text forms can name everything.
#pragma once

#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace pyjion::base {

/// An index into one particular table. `Tag` only keeps ids of different tables apart.
template <typename Tag>
class Id {
  public:
    constexpr Id() = default;
    constexpr explicit Id(uint32_t index) : index_(index) {}

    constexpr bool valid() const { return index_ != kNone; }
    constexpr uint32_t index() const { return index_; }
    constexpr auto operator<=>(const Id&) const = default;

  private:
    static constexpr uint32_t kNone = UINT32_MAX;
    uint32_t index_ = kNone;
};

/// A vector that is indexed by an id and hands out the next id on `push`.
template <typename IdType, typename T>
class EntityMap {
  public:
    IdType push(T value) {
        items_.push_back(std::move(value));
        return IdType(static_cast<uint32_t>(items_.size() - 1));
    }

    T& operator[](IdType id) {
        assert(id.index() < items_.size());
        return items_[id.index()];
    }
    const T& operator[](IdType id) const {
        assert(id.index() < items_.size());
        return items_[id.index()];
    }

    bool contains(IdType id) const { return id.valid() && id.index() < items_.size(); }
    size_t size() const { return items_.size(); }
    auto begin() { return items_.begin(); }
    auto end() { return items_.end(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

  private:
    std::vector<T> items_;
};

}  // namespace pyjion::base

template <typename Tag>
struct std::hash<pyjion::base::Id<Tag>> {
    size_t operator()(pyjion::base::Id<Tag> id) const noexcept { return id.index(); }
};
