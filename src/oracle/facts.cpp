// SPDX-License-Identifier: MIT
#include "oracle/facts.h"

#include <fmt/format.h>

#include "oracle/object.h"

namespace pyjion::oracle {

using passes::ConstantFact;

namespace {

std::string constantText(const ConstantFact& fact) {
    switch (fact.kind) {
        case ConstantFact::Kind::Int:
            return fmt::format("{}", fact.integer);
        case ConstantFact::Kind::Double:
            return toText(fact.real);
        case ConstantFact::Kind::Bool:
            return fact.integer != 0 ? "True" : "False";
        case ConstantFact::Kind::None:
            return "None";
        case ConstantFact::Kind::Other:
            break;
    }
    return "<constant>";
}

}  // namespace

Code codeOf(const passes::CodeFacts& facts) {
    Code code;
    for (const ConstantFact& constant : facts.constants) {
        code.constants.push_back(constantText(constant));
    }
    code.objects = facts.objects;
    for (const auto& [site, fact] : facts.globals) {
        code.globals[site] = fact.object;
    }
    return code;
}

}  // namespace pyjion::oracle
