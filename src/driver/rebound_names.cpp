// SPDX-License-Identifier: MIT
#include "driver/rebound_names.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pyjion::driver {
namespace {

struct Name {
    PyObject* globals = nullptr;
    PyObject* name = nullptr;
};
constexpr size_t kRemembered = 1024;
std::array<Name, kRemembered> names{};

Name& placeOf(PyObject* globals, PyObject* name) {
    const uintptr_t hash = (reinterpret_cast<uintptr_t>(globals) >> 4U) * 97U ^ reinterpret_cast<uintptr_t>(name) >> 4U;
    return names[hash % kRemembered];
}

}  // namespace

void noteRebound(PyObject* globals, PyObject* name) {
    placeOf(globals, name) = {globals, name};
}

bool wasRebound(PyObject* globals, PyObject* name) {
    const Name& known = placeOf(globals, name);
    return known.globals == globals && known.name == name;
}

}  // namespace pyjion::driver
