// SPDX-License-Identifier: MIT
#include "driver/object_types.h"

namespace pyjion::driver {

hir::Type toType(runtime::TypeSet seen) {
    return hir::Type::fromBits(seen) & (hir::kObject | hir::kNull);
}

hir::Type typeOf(PyObject* object) {
    return toType(runtime::typeBit(object));
}

}  // namespace pyjion::driver
