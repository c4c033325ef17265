// SPDX-License-Identifier: MIT
#include "passes/facts_text.h"

#include <algorithm>
#include <sstream>

#include "base/math_functions.h"
#include "hir/constants.h"
#include "hir/type.h"

namespace pyjion::passes {

namespace {

/// Keeps a typing error in an index from asking for gigabytes.
constexpr uint32_t kMaxIndex = 1u << 16;

bool readIndex(std::istream& in, uint32_t& index) {
    return static_cast<bool>(in >> index) && index < kMaxIndex;
}

bool readType(std::istream& in, hir::Type& type) {
    std::string name;
    in >> name;
    std::optional<hir::Type> found = hir::parseType(name);
    type = found.value_or(hir::kBottom);
    return found.has_value();
}

bool readConstant(std::istream& in, CodeFacts& facts) {
    uint32_t index = 0;
    std::string kind;
    if (!readIndex(in, index) || !(in >> kind)) {
        return false;
    }
    ConstantFact fact;
    bool good = true;
    if (kind == "Int") {
        fact.kind = ConstantFact::Kind::Int;
        good = static_cast<bool>(in >> fact.integer);
    } else if (kind == "Double") {
        fact.kind = ConstantFact::Kind::Double;
        good = static_cast<bool>(in >> fact.real);
    } else if (kind == "Bool") {
        fact.kind = ConstantFact::Kind::Bool;
        std::string word;
        in >> word;
        fact.integer = word == "true" ? 1 : 0;
        good = word == "true" || word == "false";
    } else if (kind == "None") {
        fact.kind = ConstantFact::Kind::None;
    } else if (kind == "Names") {
        for (std::string name; in >> name;) {
            fact.names.push_back(name);
        }
        in.clear();
    } else {
        good = kind == "Other";
    }
    if (facts.constants.size() <= index) {
        facts.constants.resize(index + 1);
    }
    facts.constants[index] = fact;
    return good;
}

bool readObject(std::istream& in, CodeFacts& facts) {
    uint32_t index = 0;
    std::string name;
    if (!readIndex(in, index) || !(in >> name)) {
        return false;
    }
    if (facts.objects.size() <= index) {
        facts.objects.resize(index + 1);
    }
    facts.objects[index] = name;
    return true;
}

bool readGlobal(std::istream& in, CodeFacts& facts) {
    uint32_t site = 0;
    std::string word;
    GlobalFact fact;
    if (!readIndex(in, site) || !(in >> word) || word != "object" || !readIndex(in, fact.object) ||
        !readType(in, fact.type)) {
        return false;
    }
    facts.globals[site] = fact;
    return true;
}

/// signature NAME ... [defaults OBJECT OBJECT TYPE ...], or nothing: the tuple, and each of its objects.
bool readSignature(std::istream& in, std::shared_ptr<const Signature>& known) {
    std::string word;
    if (!(in >> word)) {
        in.clear();
        return true;
    }
    Signature signature;
    bool ok = word == "signature";
    while (ok && in >> word && word != "defaults") {
        signature.parameters.push_back(word);
    }
    if (ok && word == "defaults") {
        ok = readIndex(in, signature.defaultsObject);
        Signature::Default found;
        while (ok && readIndex(in, found.object)) {
            ok = readType(in, found.type);
            signature.defaults.push_back(found);
        }
    }
    in.clear();
    known = std::make_shared<const Signature>(std::move(signature));
    return ok;
}

bool readCallee(std::istream& in, std::map<uint32_t, CalleeFact>& callees) {
    uint32_t key = 0;
    std::string number;
    std::string arguments;
    CalleeFact fact;
    if (!readIndex(in, key) || !(in >> number) || number != "number" || !readIndex(in, fact.callee) ||
        !(in >> arguments) || arguments != "arguments" || !readIndex(in, fact.argumentCount) ||
        !readSignature(in, fact.signature)) {
        return false;
    }
    callees[key] = fact;
    return true;
}

/// builtin OBJECT OPERATION operands COUNT TYPE, and perhaps len, more, or math NAME
bool readBuiltin(std::istream& in, CodeFacts& facts) {
    uint32_t object = 0;
    std::string name;
    std::string operands;
    BuiltinFact fact;
    if (!readIndex(in, object) || !(in >> name >> operands) || operands != "operands" ||
        !readIndex(in, fact.operandCount) || !readType(in, fact.result)) {
        return false;
    }
    const std::span<const char* const> names = hir::namesOfOperation();
    const auto found = std::find(names.begin(), names.end(), name);
    fact.operation = static_cast<hir::Operation>(found - names.begin());
    if (std::string kind, function; in >> kind) {
        fact.isLen = kind == "len";
        fact.takesMore = kind == "more";
        fact.mathFunction = in >> function ? base::findMathFunction(function) : std::nullopt;
    }
    in.clear();
    facts.builtins[object] = fact;
    return found != names.end();
}

/// VERSION or VERSION,VERSION,...
bool readVersions(std::istream& in, AccessFact& fact) {
    std::string text;
    in >> text;
    std::istringstream numbers(text);
    size_t count = 0;
    for (std::string number; std::getline(numbers, number, ',') && count < fact.versions.size();) {
        fact.versions[count++] = static_cast<uint32_t>(std::stoul(number));
    }
    return count != 0;
}

/// super SITE version VERSION: the Call that makes it
bool readSuper(std::istream& in, CodeFacts& facts) {
    uint32_t site = 0;
    std::string word;
    return readIndex(in, site) && in >> word && word == "version" && readIndex(in, facts.supers[site]);
}

/// behind SITE VERSIONS OBJECT OBJECT TYPE: the class, and what is found behind it
bool readBehind(std::istream& in, CodeFacts& facts) {
    uint32_t site = 0;
    AccessFact classes;
    SuperFact fact;
    if (!readIndex(in, site) || !readVersions(in, classes) || !readIndex(in, fact.type) ||
        !readIndex(in, fact.object) || !readType(in, fact.objectType)) {
        return false;
    }
    fact.versions = classes.versions;
    facts.superMethods[site] = fact;
    return true;
}

/// -, or how many names instances share
bool readSharedNames(std::istream& in, AccessFact& fact) {
    std::string text;
    in >> text;
    if (text != "-") {
        fact.sharedNames = static_cast<uint32_t>(std::stoul(text));
    }
    return !text.empty();
}

/// `-`: none, see hir::kNoPlace.
bool readPlace(std::istream& in, uint32_t& place) {
    if (in >> std::ws && in.peek() == '-') {
        place = hir::kNoPlace;
        return static_cast<bool>(in.ignore());
    }
    return readIndex(in, place);
}

/// access SITE field VERSIONS INDEX, own (the same, perhaps in a dict), member VERSIONS OFFSET, method VERSIONS NAMES
/// OBJECT, hidden (the same, perhaps by a dict), class VERSIONS NAMES OBJECT TYPE, operator VERSIONS OP OBJECT, module
/// VERSION OBJECT, list, tuple, element VERSION KIND TYPE TYPE (of what is loaded and of what was stored)
bool readAccess(std::istream& in, CodeFacts& facts) {
    using Kind = AccessFact::Kind;
    uint32_t site = 0;
    std::string kind;
    AccessFact fact;
    if (!readIndex(in, site) || !(in >> kind)) {
        return false;
    }
    bool good = true;
    if (kind == "field" || kind == "own" || kind == "member") {
        fact.kind = kind == "member" ? Kind::Member : Kind::Field;
        fact.mayHaveDict = kind == "own";
        good = readVersions(in, fact) && readPlace(in, fact.place);
    } else if (kind == "method" || kind == "hidden" || kind == "class") {
        fact.kind = kind == "class" ? Kind::OfClass : Kind::Method;
        fact.mayHaveDict = kind == "hidden";
        good = readVersions(in, fact) && readSharedNames(in, fact) && readIndex(in, fact.object) &&
               (kind != "class" || readType(in, fact.type));
    } else if (kind == "operator") {
        fact.kind = Kind::Operator;
        fact.type = hir::kFunctionExact;
        good = readVersions(in, fact) && readIndex(in, fact.place) && readIndex(in, fact.object);
    } else if (kind == "getter") {
        fact.kind = Kind::Getter;
        good = readVersions(in, fact) && readPlace(in, fact.place) && readIndex(in, fact.object);
    } else if (kind == "module") {
        fact.kind = Kind::OfModule;
        good = static_cast<bool>(in >> fact.dictVersion) && readIndex(in, fact.object);
    } else if (kind == "element") {
        fact.kind = Kind::Element;
        good =
            readVersions(in, fact) && readIndex(in, fact.place) && readType(in, fact.type) && readType(in, fact.stored);
    } else {
        fact.kind = kind == "list" ? Kind::ListItem : Kind::TupleItem;
        good = kind == "list" || kind == "tuple";
    }
    facts.accesses[site].push_back(fact);
    return good;
}

bool readEntry(std::istream& in, hir::Function& function) {
    uint32_t local = 0;
    hir::Type type;
    if (!readIndex(in, local) || local >= function.localCount || !readType(in, type)) {
        return false;
    }
    function.entryTypes.resize(function.localCount);
    function.entryTypes[local] = type;
    return true;
}

/// iterator SITE KIND
bool readIterator(std::istream& in, CodeFacts& facts) {
    static const std::map<std::string, base::IteratorKind> kKinds{{"Sequence", base::IteratorKind::Sequence},
                                                                  {"Enumerated", base::IteratorKind::Enumerated},
                                                                  {"Zipped", base::IteratorKind::Zipped},
                                                                  {"Other", base::IteratorKind::Other}};
    uint32_t site = 0;
    std::string name;
    if (!readIndex(in, site) || !(in >> name) || !kKinds.contains(name)) {
        return false;
    }
    facts.iterators[site] = kKinds.at(name);
    return true;
}

bool readFact(std::istream& in, hir::Function& function, CodeFacts& facts) {
    std::string what;
    in >> what;
    if (what == "arguments") {
        return static_cast<bool>(in >> facts.argumentCount);
    }
    if (what == "constant") {
        return readConstant(in, facts);
    }
    if (what == "object") {
        return readObject(in, facts);
    }
    if (what == "global") {
        return readGlobal(in, facts);
    }
    if (what == "callee") {
        return readCallee(in, facts.callees);
    }
    if (what == "function") {
        return readCallee(in, facts.functions);
    }
    if (what == "method") {
        return readCallee(in, facts.methods);
    }
    if (what == "builtin") {
        return readBuiltin(in, facts);
    }
    if (what == "access") {
        return readAccess(in, facts);
    }
    if (what == "super") {
        return readSuper(in, facts);
    }
    if (what == "behind") {
        return readBehind(in, facts);
    }
    if (what == "cell") {
        return readIndex(in, facts.classCell.emplace());
    }
    if (what == "binder") {
        uint32_t unit = 0;
        return readIndex(in, unit) && facts.binders.insert(unit).second;
    }
    if (what == "iterator") {
        return readIterator(in, facts);
    }
    if (what == "resumed") {
        return facts.isResumed = true;
    }
    if (what == "loud") {
        uint32_t site = 0;
        return readIndex(in, site) && facts.loudNames.insert(site).second;
    }
    return what == "entry" && readEntry(in, function);
}

}  // namespace

std::optional<std::string> readFacts(std::string_view text, hir::Function& function, CodeFacts& facts) {
    constexpr std::string_view kMark = "; fact:";
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(kMark)) {
            continue;
        }
        std::istringstream in(line.substr(kMark.size()));
        std::string rest;
        if (!readFact(in, function, facts) || in >> rest) {
            return "cannot read the fact '" + line + "'";
        }
    }
    return std::nullopt;
}

}  // namespace pyjion::passes
