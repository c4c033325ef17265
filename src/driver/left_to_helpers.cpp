// SPDX-License-Identifier: MIT
#include "driver/left_to_helpers.h"

#include <map>
#include <string_view>

#include "bytecode/decode.h"
#include "cil/decode.h"
#include "frontend/build.h"

namespace pyjion::driver {
namespace {

using runtime::Helper;

const std::map<std::string_view, Helper>& helpersByName() {
    static const auto* all = [] {
        auto* made = new std::map<std::string_view, Helper>;
        for (size_t i = 0; i < runtime::helperCount(); ++i) {
            made->emplace(runtime::info(static_cast<Helper>(i)).name, static_cast<Helper>(i));
        }
        return made;
    }();
    return *all;
}

/// A call of a function that was expected: what the helper does is what compiled code would do.
bool callsFunction(Helper helper) {
    return (helper >= Helper::CallFunction0 && helper <= Helper::CallFunctionForInt6) ||
           helper == Helper::CallOperator || helper == Helper::CallGetter;
}

/// What any compiled code does on the side, whatever the program is.
bool servesCode(Helper helper, Tier tier) {
    const runtime::Effects& effects = runtime::info(helper).effects;
    switch (helper) {
        case Helper::HandlePending:
        case Helper::MakeCell:
        case Helper::FinishOperator:  // where a method has said NotImplemented
            return true;
        case Helper::IterNext:
            return tier == Tier::Full;  // of lists and tuples, items are taken in place
        default:
            return callsFunction(helper) || !effects.mayFail;
    }
}

/// The site of each instruction that has one, by its code unit.
std::map<uint32_t, const runtime::Site*> sitesOf(const CodeRecord& record) {
    std::map<uint32_t, const runtime::Site*> sites;
    const auto decoded = bytecode::decode(record.code);
    if (!decoded.ok()) {
        return sites;
    }
    const std::vector<uint32_t> numbers = frontend::numberSites(*decoded);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] != frontend::kNoSite && numbers[ordinal] < record.sites.size()) {
            sites[static_cast<uint32_t>(decoded->instructions[ordinal].index)] = &record.sites[numbers[ordinal]];
        }
    }
    return sites;
}

}  // namespace

std::vector<HelperCall> helperCalls(const CompiledCode& code) {
    std::vector<HelperCall> calls;
    const auto decoded = cil::decode(code.encoded.il);
    if (!decoded.ok()) {
        return calls;
    }
    const auto sites = sitesOf(*code.record);
    for (const cil::DecodedInstruction& instruction : *decoded) {
        if (instruction.opcode != cil::Opcode::Call) {
            continue;
        }
        const auto method = cil::methodOfToken(code.body, static_cast<uint32_t>(instruction.operand));
        const auto position = code.encoded.positionAt(instruction.offset);
        const auto helper =
            method ? helpersByName().find(code.body.methods[method->index()].name) : helpersByName().end();
        if (helper == helpersByName().end() || !position) {
            continue;
        }
        if (servesCode(helper->second, code.tier)) {
            continue;
        }
        const auto site = sites.find(position->bytecodeIndex);
        calls.push_back({helper->second, *position, site != sites.end() ? site->second : nullptr});
    }
    return calls;
}

}  // namespace pyjion::driver
