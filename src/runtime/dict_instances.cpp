// SPDX-License-Identifier: MIT
#include "runtime/dict_instances.h"

#include <array>
#include <cstddef>

namespace pyjion::runtime {
namespace {

constexpr size_t kRemembered = 1024;
std::array<uint32_t, kRemembered> versions{};

}  // namespace

void noteDictInstance(uint32_t version) {
    versions[version % kRemembered] = version;
}

bool hasDictInstances(uint32_t version) {
    return version != 0 && versions[version % kRemembered] == version;
}

}  // namespace pyjion::runtime
