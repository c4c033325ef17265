// SPDX-License-Identifier: MIT
#include "driver/classes_met.h"

#include <algorithm>
#include <vector>

#include "bytecode/decode.h"
#include "driver/access_facts.h"
#include "frontend/build.h"
#include "runtime/attribute_cache.h"
#include "runtime/site.h"

namespace pyjion::driver {

bool notesClass(CodeRecord& record, int32_t index, python::Frame* frame) {
    const int32_t depth = python::depth(frame);
    auto decoded = bytecode::decode(record.code);
    if (depth == 0 || record.sites.empty() || !decoded.ok()) {
        return false;
    }
    const std::vector<bytecode::Instruction>& instructions = decoded->instructions;
    const auto at = std::find_if(instructions.begin(), instructions.end(),
                                 [index](const auto& instruction) { return instruction.start == index; });
    const auto ordinal = static_cast<size_t>(at - instructions.begin());
    const std::vector<uint32_t> numbers = frontend::numberSites(*decoded);
    if (at == instructions.end() || numbers[ordinal] == frontend::kNoSite || !attributeUse(at->opcode)) {
        return false;
    }
    const runtime::ClassesSeen expected = expectedClasses(record, *decoded, numbers)[ordinal];
    PyObject* owner = python::stackBase(frame)[depth - 1];
    if (expected.isEmpty() || expected.isClosed() || expected.contains(Py_TYPE(owner)->tp_version_tag)) {
        return false;
    }
    runtime::Site& site = record.sites[numbers[ordinal]];
    site.classes = expected;
    runtime::noteClass(&site, *attributeUse(at->opcode), owner);
    return site.classes.contains(Py_TYPE(owner)->tp_version_tag);
}

}  // namespace pyjion::driver
