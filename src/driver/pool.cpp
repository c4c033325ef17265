// SPDX-License-Identifier: MIT
#include "driver/pool.h"

#include <array>
#include <memory>

#include "base/check.h"
#include "deopt/leave.h"
#include "deopt/unwinding.h"
#include "hir/type.h"
#include "python/allocation_trace.h"
#include "python/frame.h"
#include "python/reference_count.h"
#include "python/stack.h"
#include "python/thread.h"
#include "runtime/helper_table.h"

namespace pyjion::driver {

const void* builtinType(hir::Type leaf) {
    struct Row {
        hir::Type leaf;
        PyTypeObject* object;
    };
    const auto rows = std::to_array<Row>({
        {hir::kLongExact, &PyLong_Type},
        {hir::kFloatExact, &PyFloat_Type},
        {hir::kBoolExact, &PyBool_Type},
        {hir::kNoneExact, Py_TYPE(Py_None)},
        {hir::kStrExact, &PyUnicode_Type},
        {hir::kTupleExact, &PyTuple_Type},
        {hir::kListExact, &PyList_Type},
        {hir::kDictExact, &PyDict_Type},
        {hir::kRangeExact, &PyRange_Type},
        {hir::kRangeIterExact, &PyRangeIter_Type},
        {hir::kFunctionExact, &PyFunction_Type},
        {hir::kBuiltinExact, &PyCFunction_Type},
        {hir::kTypeObject, &PyType_Type},
    });
    for (const Row& row : rows) {
        if (row.leaf == leaf) {
            return row.object;
        }
    }
    PYJION_CHECK(false, "{} is not one type object", hir::toString(leaf));
    return nullptr;
}

namespace {

std::array<uint64_t, kExitBufferWords> exitBuffer;

/// What a number of a constant or site means among those of all code that is compiled together.
struct Numbered {
    CodeRecord& record;
    uint32_t index;
};

Numbered find(uint32_t number, uint32_t InlinedCode::*first, CodeRecord& record, const CompiledCode& code) {
    for (auto inlined = code.inlined.rbegin(); inlined != code.inlined.rend(); ++inlined) {
        if (number >= (*inlined).*first) {
            return {*inlined->record, number - (*inlined).*first};
        }
    }
    return {record, number};
}

const void* wordFor(lower::PoolRecipe recipe, CodeRecord& record, CompiledCode& code, const deopt::ExitTable& exits) {
    using Kind = lower::PoolKind;
    switch (recipe.kind) {
        case Kind::Helper:
            return runtime::info(static_cast<runtime::Helper>(recipe.index)).address;
        case Kind::Constant: {
            const Numbered constant = find(recipe.index, &InlinedCode::firstConstant, record, code);
            return PyTuple_GET_ITEM(constant.record.code->co_consts, static_cast<Py_ssize_t>(constant.index));
        }
        case Kind::Name:
            return PyTuple_GET_ITEM(record.code->co_names, static_cast<Py_ssize_t>(recipe.index));
        case Kind::KnownObject:
            return code.knownObjects[recipe.index];
        case Kind::Site: {
            const Numbered site = find(recipe.index, &InlinedCode::firstSite, record, code);
            return &site.record.sites[site.index];
        }
        case Kind::GuardSite: {
            std::unique_ptr<runtime::Site>& site = code.guardSites[recipe.index];
            if (!site) {
                const Numbered guarded = find(recipe.index, &InlinedCode::firstSite, record, code);
                site = std::make_unique<runtime::Site>();
                site->name = guarded.record.sites[guarded.index].name;
            }
            return site.get();
        }
        case Kind::CallCache:
            return &code.callees[recipe.index]->cache;
        case Kind::CallEntry:
            return static_cast<runtime::CodeEntry*>(code.callees[recipe.index]->record);
        case Kind::LoopCounter:
            return &record.loopCounters[recipe.index];
        case Kind::FirstInstruction:
            return python::firstInstruction(record.code);
        case Kind::EvalBreaker:
            return const_cast<const int32_t*>(python::evalBreakerWord(PyInterpreterState_Main()));
        case Kind::AllocationTracing:
            return python::allocationTracing();
        case Kind::StackRoom:
            return &python::stackRoom;
        case Kind::ReferenceTotal:
            return python::referenceTotal();
        case Kind::BuiltinType:
            return builtinType(hir::Type::fromBits(1u << recipe.index));
        case Kind::ListIterator:
            return &PyListIter_Type;
        case Kind::TupleIterator:
            return &PyTupleIter_Type;
        case Kind::Enumerate:
            return &PyEnum_Type;
        case Kind::Zip:
            return &PyZip_Type;
        case Kind::ModuleType:
            return &PyModule_Type;
        case Kind::None:
            return Py_None;
        case Kind::NotImplemented:
            return Py_NotImplemented;
        case Kind::True:
            return Py_True;
        case Kind::False:
            return Py_False;
        case Kind::Leave:
            return reinterpret_cast<const void*>(&deopt::leave);
        case Kind::LeaveWithoutInt:
            return reinterpret_cast<const void*>(&deopt::leaveWithoutInt);
        case Kind::ExitTable:
            return &exits;
        case Kind::Unwind:
            return reinterpret_cast<const void*>(&deopt::unwind);
        case Kind::UnwindWithoutInt:
            return reinterpret_cast<const void*>(&deopt::unwindWithoutInt);
        case Kind::CurrentThread:
            return python::currentThreadWord();
        case Kind::SelfBody:
            return code.self ? code.self->native->entry() : nullptr;
        case Kind::ExitBuffer:
            return exitBuffer.data();
    }
    return nullptr;
}

}  // namespace

std::vector<uint64_t> bindPool(const std::vector<lower::PoolRecipe>& recipes, CodeRecord& record, CompiledCode& code,
                               const deopt::ExitTable& exits) {
    std::vector<uint64_t> words;
    for (lower::PoolRecipe recipe : recipes) {
        words.push_back(reinterpret_cast<uint64_t>(wordFor(recipe, record, code, exits)));
    }
    return words;
}

}  // namespace pyjion::driver
