// SPDX-License-Identifier: MIT
#include "passes/pass_scope.h"

#include <chrono>
#include <string>

#include "base/check.h"
#include "hir/generated/opcode.h"
#include "hir/print.h"
#include "hir/verify.h"

namespace pyjion::passes {

namespace {

constexpr PassInfo kPasses[] = {
#define PASS(name, doc, enabled) {PassId::name, #name, doc, enabled, name},
#include "passes/passes.def"
#undef PASS
};

/// Measures and checks one run of one pass, from construction to finish().
class PassScope {
  public:
    PassScope(const PassInfo& pass, const hir::Function& function, PassContext& context)
        : pass_(pass), function_(function), context_(context) {
        if (context_.verify) {
            before_ = fingerprint(function_);
        }
        start_ = std::chrono::steady_clock::now();
    }

    void finish(Changed changed) {
        auto elapsed = std::chrono::steady_clock::now() - start_;
        PassStatistics& statistics = context_.statistics[static_cast<size_t>(pass_.id)];
        statistics.nanoseconds +=
            static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count());
        statistics.runs += 1;
        statistics.changes += changed == Changed::kYes ? 1 : 0;
        if (context_.verify) {
            check(changed);
        }
        if (changed == Changed::kYes && context_.dump) {
            context_.dump(pass_.name, function_);
        }
    }

  private:
    void check(Changed changed) {
        if (changed == Changed::kNo && fingerprint(function_) != before_) {
            broken("says that it changed nothing, but the function differs:\n" + hir::print(function_));
        }
        std::vector<hir::VerifyError> errors = hir::verify(function_, hir::Stage::Optimised);
        if (!errors.empty()) {
            broken("breaks rules:\n" + hir::printErrors(function_, errors));
        }
    }

    void broken(const std::string& report) {
        if (context_.onBroken) {
            context_.onBroken(pass_.name, report);
            return;
        }
        PYJION_CHECK(false, "pass {} {}", pass_.name, report);
    }

    const PassInfo& pass_;
    const hir::Function& function_;
    PassContext& context_;
    uint64_t before_ = 0;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace

const PassInfo& info(PassId id) {
    return kPasses[static_cast<size_t>(id)];
}

std::span<const PassInfo> allPasses() {
    return kPasses;
}

std::optional<PassId> findPass(std::string_view name) {
    for (const PassInfo& pass : kPasses) {
        if (name == pass.name) {
            return pass.id;
        }
    }
    return std::nullopt;
}

void PassContext::count(std::string_view counter, uint64_t by) {
    auto found = counters.find(counter);
    if (found == counters.end()) {
        found = counters.emplace(std::string(counter), 0).first;
    }
    found->second += by;
}

namespace {

/// FNV-1a over words. Everything is taken apart by structured bindings, so that a new field does not compile until it
/// is named here.
class Fingerprint {
  public:
    void add(uint64_t word) { hash_ = (hash_ ^ word) * 0x100000001b3; }
    template <typename Tag>
    void add(base::Id<Tag> id) {
        add(id.valid() ? id.index() : UINT64_MAX);
    }
    template <typename Id>
    void add(const std::vector<Id>& ids) {
        add(ids.size());
        for (Id id : ids) {
            add(id);
        }
    }
    void add(const hir::Value& value) {
        const auto& [type, ownership, definition, block] = value;
        add(type.bits());
        add(static_cast<uint64_t>(ownership));
        add(definition);
        add(block);
    }
    void add(const hir::Snapshot& state) {
        const auto& [bytecode, locals, stack, parent, owner] = state;
        add(bytecode);
        add(locals);
        add(stack);
        add(parent);
        add(owner);
    }
    void add(const hir::Instr& instr) {
        const auto& [opcode, block, result, snapshot, operands, immediates, targets, bytecode] = instr;
        add(static_cast<uint64_t>(opcode));
        add(block);
        add(result);
        add(snapshot);
        add(operands);
        for (hir::Immediate immediate : immediates) {
            add(static_cast<uint64_t>(immediate.integer));
        }
        for (const auto& [target, arguments] : targets) {
            add(target);
            add(arguments);
        }
        add(bytecode);
    }
    uint64_t value() const { return hash_; }

  private:
    uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace

/// Of what is in blocks: instructions, values and snapshots that were taken out of them do not count.
uint64_t fingerprint(const hir::Function& function) {
    Fingerprint print;
    print.add(function.inlined.size());
    for (const hir::Block& block : function.blocks) {
        const auto& [params, instrs] = block;
        print.add(params);
        for (hir::ValueId param : params) {
            print.add(function.values[param]);
        }
        for (hir::InstrId id : instrs) {
            const hir::Instr& instr = function.instrs[id];
            print.add(instr);
            if (instr.result.valid()) {
                print.add(function.values[instr.result]);
            }
            if (instr.opcode == hir::Opcode::Snapshot) {
                print.add(function.snapshots[instr.snapshot]);
            }
        }
    }
    return print.value();
}

Changed runPass(PassId pass, hir::Function& function, PassContext& context) {
    return runPass(info(pass), function, context);
}

Changed runPass(const PassInfo& pass, hir::Function& function, PassContext& context) {
    if (isDisabled(context, pass.id)) {
        return Changed::kNo;
    }
    PassScope scope(pass, function, context);
    Changed changed = pass.run(function, context);
    scope.finish(changed);
    return changed;
}

Changed runPasses(std::span<const PassId> passes, hir::Function& function, PassContext& context) {
    Changed result = Changed::kNo;
    for (PassId pass : passes) {
        if (runPass(pass, function, context) == Changed::kYes) {
            result = Changed::kYes;
        }
    }
    return result;
}

}  // namespace pyjion::passes
