// SPDX-License-Identifier: MIT
#include "hir/operation.h"

#include <algorithm>

namespace pyjion::hir {

namespace {

constexpr std::string_view kParameters[] = {
#define OPERATION(name, parameters, effects, result) parameters,
#include "hir/operations.def"
#undef OPERATION
};

constexpr Type kResults[] = {
#define OPERATION(name, parameters, effects, result) result,
#include "hir/operations.def"
#undef OPERATION
};

constexpr const char* kNames[] = {
#define OPERATION(name, parameters, effects, result) #name,
#include "hir/operations.def"
#undef OPERATION
};

}  // namespace

std::string_view parametersOf(Operation operation) {
    return kParameters[static_cast<size_t>(operation)];
}

Type resultOf(Operation operation) {
    return kResults[static_cast<size_t>(operation)];
}

size_t borrowedOperands(Operation operation) {
    std::string_view parameters = parametersOf(operation);
    return static_cast<size_t>(std::count(parameters.begin(), parameters.end(), 'b'));
}

std::span<const char* const> namesOfOperation() {
    return kNames;
}

const char* toString(Operation operation) {
    return kNames[static_cast<size_t>(operation)];
}

}  // namespace pyjion::hir
