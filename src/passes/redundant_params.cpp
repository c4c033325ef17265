// SPDX-License-Identifier: MIT
// Names what blocks are passed by what it is. Input: any function. Output: block parameters that receive one value on
// every way are gone. What is on the value stack where a conditional expression begins, as the callable of `f(a if b
// else c)`, is that value behind it, too.
#include "passes/block_params.h"
#include "passes/pass.h"

namespace pyjion::passes {

Changed redundant_params(hir::Function& function, PassContext& context) {
    return context.fuel.take() && removeRedundantParams(function) ? Changed::kYes : Changed::kNo;
}

}  // namespace pyjion::passes
