// SPDX-License-Identifier: MIT
#include "driver/access_facts.h"

#include <optional>

#include "bytecode/feedback.h"
#include "driver/facts.h"
#include "frontend/build.h"
#include "python/elements.h"
#include "python/inline_caches.h"
#include "python/names.h"

namespace pyjion::driver {

namespace {

using Kind = passes::AccessFact::Kind;

std::optional<passes::AccessFact> attribute(Kind kind, const CodeRecord& record, int32_t instruction) {
    const python::AttributePlace found = python::attributePlace(record.code, instruction);
    passes::AccessFact fact;
    fact.kind = kind;
    fact.version = found.typeVersion;
    fact.place = found.place;
    return fact.version != 0 ? std::optional(fact) : std::nullopt;
}

std::optional<passes::AccessFact> method(bool isShared, const CodeRecord& record,
                                         const bytecode::Instruction& instruction, passes::CodeFacts& facts,
                                         CompiledCode& made) {
    const python::FoundMethod found = python::foundMethod(record.code, instruction.index);
    if (found.typeVersion == 0 || (isShared && found.sharedNamesVersion == 0)) {
        return std::nullopt;
    }
    passes::AccessFact fact;
    fact.kind = Kind::Method;
    fact.version = found.typeVersion;
    fact.sharedNames = isShared ? found.sharedNamesVersion : 0;
    fact.object = static_cast<uint32_t>(made.knownObjects.size());
    fact.type = typeOf(found.method);
    made.knownObjects.push_back(found.method);
    facts.objects.push_back(python::textOf(PyTuple_GET_ITEM(record.code->co_names, instruction.argument)));
    return fact;
}

std::optional<passes::AccessFact> factOf(const CodeRecord& record, const bytecode::Code& code,
                                         const bytecode::Instruction& instruction, passes::CodeFacts& facts,
                                         CompiledCode& made) {
    using bytecode::Access;
    switch (const Access access = bytecode::accessSeen(code, instruction)) {
        case Access::Field:
            return attribute(Kind::Field, record, instruction.index);
        case Access::Member:
            return attribute(Kind::Member, record, instruction.index);
        case Access::Method:
        case Access::MethodOfInstance:
            return method(access == Access::MethodOfInstance, record, instruction, facts, made);
        case Access::ListItem:
            return passes::AccessFact{.kind = Kind::ListItem};
        case Access::TupleItem:
            return passes::AccessFact{.kind = Kind::TupleItem};
        case Access::Unknown:
            break;
    }
    return std::nullopt;
}

/// What compiled code has learnt, where the interpreter has no form of its own.
std::optional<passes::AccessFact> element(const runtime::Site& site, bool isStored) {
    if (site.seenLeft != runtime::kElementsBit || (isStored && !python::kElements[site.elements.kind].isMutable)) {
        return std::nullopt;
    }
    passes::AccessFact fact;
    fact.kind = Kind::Element;
    fact.version = site.elements.typeVersion;
    fact.place = site.elements.kind;
    fact.type = python::kElements[fact.place].isDouble ? hir::kFloatExact : hir::kLongExact;
    fact.stored = site.seenRight == runtime::kIntBit ? hir::kLongExact : fact.type;
    return fact;
}

}  // namespace

void findAccesses(const CodeRecord& record, const bytecode::Code& code, passes::CodeFacts& facts, CompiledCode& made) {
    const std::vector<uint32_t> numbers = frontend::numberSites(code);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        if (numbers[ordinal] == frontend::kNoSite ||
            (record.sites[numbers[ordinal]].seenLeft & runtime::kOtherBit) != 0) {
            continue;
        }
        auto fact = factOf(record, code, code.instructions[ordinal], facts, made);
        const bytecode::Opcode opcode = code.instructions[ordinal].opcode;
        const bool isStore = opcode == bytecode::Opcode::STORE_SUBSCR;
        if (!fact && (isStore || opcode == bytecode::Opcode::BINARY_SUBSCR)) {
            fact = element(record.sites[numbers[ordinal]], isStore);
        }
        if (fact) {
            facts.accesses[numbers[ordinal]] = *fact;
            if (!fact->isOfSequence()) {
                made.guessedClasses.emplace_back(numbers[ordinal], fact->version);
            }
        }
    }
}

}  // namespace pyjion::driver
