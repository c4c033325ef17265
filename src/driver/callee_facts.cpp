// SPDX-License-Identifier: MIT
#include "driver/callee_facts.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/math_functions.h"
#include "driver/known_objects.h"
#include "driver/object_types.h"
#include "driver/registry.h"
#include "frontend/build.h"
#include "python/names.h"
#include "python/properties.h"
#include "runtime/attribute_cache.h"
#include "runtime/builtin_calls.h"
#include "runtime/class_calls.h"

namespace pyjion::driver {

namespace {

/// Whether defaults may be kept alive by the code that uses them: they are plain data.
bool mayBeKept(PyObject* defaults) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(defaults); ++i) {
        if (!typeOf(PyTuple_GET_ITEM(defaults, i)).isSubtypeOf(hir::kPlainData)) {
            return false;
        }
    }
    return true;
}

/// The tuple of defaults is kept: no other one can be in its place, and so be taken for it.
std::shared_ptr<const passes::Signature> signatureOf(const PyFunctionObject& function, CompiledCode& made,
                                                     passes::CodeFacts& facts) {
    auto signature = std::make_shared<passes::Signature>();
    const auto* code = reinterpret_cast<const PyCodeObject*>(function.func_code);
    for (int i = 0; i < code->co_argcount; ++i) {
        signature->parameters.push_back(python::textOf(PyTuple_GET_ITEM(code->co_localsplusnames, i)));
    }
    signature->positionalOnly = static_cast<uint32_t>(code->co_posonlyargcount);
    PyObject* defaults = function.func_defaults;
    if (defaults == nullptr || PyTuple_GET_SIZE(defaults) > code->co_argcount || !mayBeKept(defaults)) {
        return signature;
    }
    const std::string owner = python::textOf(function.func_qualname);
    made.keptAlive.push_back(Py_NewRef(defaults));
    signature->defaultsObject = nameObject(defaults, owner + ".__defaults__", made, facts);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(defaults); ++i) {
        PyObject* value = PyTuple_GET_ITEM(defaults, i);
        const size_t parameter = signature->parameters.size() - static_cast<size_t>(PyTuple_GET_SIZE(defaults) - i);
        std::string name = owner + "." + signature->parameters[parameter];
        signature->defaults.push_back({nameObject(value, std::move(name), made, facts), typeOf(value)});
    }
    return signature;
}

/// Numbers callees in the order in which they are met.
class CalleeNumbers {
  public:
    CalleeNumbers(CompiledCode& made, passes::CodeFacts& facts) : made_(made), facts_(facts) {
        for (uint32_t number = 0; number < made.callees.size(); ++number) {
            numbers_.emplace(made.callees[number]->record, number);
        }
    }

    /// Nothing where a call cannot move its arguments into a frame.
    std::optional<passes::CalleeFact> factOf(CodeRecord* callee) {
        if (callee == nullptr || !callee->simpleParameters || callee->makesGenerator) {
            return std::nullopt;
        }
        auto [known, isNew] = numbers_.try_emplace(callee, static_cast<uint32_t>(numbers_.size()));
        if (isNew) {
            made_.callees.push_back(std::make_unique<Callee>(*callee));
        }
        passes::CalleeFact fact{known->second, callee->argumentCount, std::nullopt, nullptr};
        if (callee->body && callee->full) {  // what quick code returns is an object in any case
            fact.returnsInt = callee->body.intFunction != nullptr;
        }
        return fact;
    }

    /// That of a function, with what it does about arguments that a call names or leaves out.
    std::optional<passes::CalleeFact> factOf(PyObject* object) {
        if (object == nullptr || !Py_IS_TYPE(object, &PyFunction_Type)) {
            return std::nullopt;
        }
        auto fact = factOf(recordFor(reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(object))));
        if (fact) {
            std::shared_ptr<const passes::Signature>& known = signatures_[object];
            known = known ? known : signatureOf(*reinterpret_cast<PyFunctionObject*>(object), made_, facts_);
            fact->signature = known;
        }
        return fact;
    }

  private:
    CompiledCode& made_;
    passes::CodeFacts& facts_;
    std::map<const CodeRecord*, uint32_t> numbers_;
    std::map<PyObject*, std::shared_ptr<const passes::Signature>> signatures_;
};

std::optional<passes::ClassFact> classFact(PyTypeObject* type, CalleeNumbers& callees, passes::CodeFacts& facts,
                                           CompiledCode& made) {
    auto* initialiser = reinterpret_cast<PyObject*>(runtime::initialiserOf(type));
    const auto callee = callees.factOf(initialiser);
    const uint32_t version = callee ? runtime::assuredVersion(type) : 0;
    if (version == 0) {
        return std::nullopt;
    }
    // (The class has it, as long as it has the version.)
    std::string name = python::textOf(reinterpret_cast<PyFunctionObject*>(initialiser)->func_qualname);
    const uint32_t object = nameObject(initialiser, std::move(name), made, facts);
    return passes::ClassFact{callee->callee, callee->argumentCount, object, version, callee->signature};
}

}  // namespace

namespace {

/// What locals and cells hold, which often is the same in other calls: a callback, a decorated function.
void findInSlots(python::Frame* frame, int32_t count, CalleeNumbers& callees, passes::CodeFacts& facts) {
    for (int32_t i = 0; i < count; ++i) {
        PyObject* object = python::local(frame, static_cast<uint32_t>(i));
        object = object != nullptr && PyCell_Check(object) ? PyCell_GET(object) : object;
        if (auto fact = callees.factOf(object)) {
            facts.slots[static_cast<uint32_t>(i)] = *fact;
        }
    }
}

}  // namespace

void findCallees(const CodeRecord& record, const bytecode::Code& code, PyObject* globals, python::Frame* frame,
                 passes::CodeFacts& facts, CompiledCode& made) {
    CalleeNumbers callees(made, facts);
    if (frame != nullptr) {
        findInSlots(frame, record.code->co_nlocalsplus, callees, facts);
    }
    const bool knowsGlobals = python::looksUpQuietly(globals);
    const std::vector<uint32_t> numbers = frontend::numberSites(code);
    for (size_t ordinal = 0; ordinal < numbers.size(); ++ordinal) {
        const uint32_t site = numbers[ordinal];
        const bytecode::Instruction& instruction = code.instructions[ordinal];
        if (site == frontend::kNoSite) {
            continue;
        }
        if (instruction.opcode == bytecode::Opcode::CALL) {
            if (auto fact = callees.factOf(liveRecord(record.sites[site].callee))) {
                facts.callees[site] = *fact;
            }
        } else if (instruction.opcode == bytecode::Opcode::LOAD_GLOBAL && knowsGlobals) {
            PyObject* name = PyTuple_GET_ITEM(record.code->co_names, instruction.argument >> 1);
            PyObject* object = python::quietLookup(globals, name);
            if (auto fact = callees.factOf(object)) {
                facts.functions[site] = *fact;
            } else if (object != nullptr && Py_IS_TYPE(object, &PyType_Type)) {
                if (auto fact = classFact(reinterpret_cast<PyTypeObject*>(object), callees, facts, made)) {
                    facts.classes[site] = *fact;
                }
            }
        }
    }
    for (const auto& [site, super] : facts.superMethods) {
        if (auto fact = callees.factOf(made.knownObjects[super.object])) {
            facts.methods[super.object] = *fact;
        }
    }
    for (const auto& [site, accesses] : facts.accesses) {
        for (const passes::AccessFact& access : accesses) {
            using Kind = passes::AccessFact::Kind;
            const bool isCalled = access.kind == Kind::Method || access.kind == Kind::Operator ||
                                  access.kind == Kind::Getter || access.kind == Kind::OfModule;
            if (!isCalled) {
                continue;
            }
            PyObject* object = made.knownObjects[access.object];
            PyObject* function = access.kind == Kind::Getter ? python::getterFunction(object) : object;
            if (auto fact = callees.factOf(function)) {
                facts.methods[access.object] = *fact;
            }
        }
    }
}

namespace {

PyObject* originalBuiltin(const char* name) {
    PyObject* string = PyUnicode_InternFromString(name);
    PyObject* found = string != nullptr ? python::originalBuiltin(string) : nullptr;
    Py_XDECREF(string);
    return found;
}

}  // namespace

std::optional<uint32_t> mathFunctionOf(PyObject* object) {
    PyObject* owner = PyCFunction_CheckExact(object) ? PyCFunction_GET_SELF(object) : nullptr;
    const PyModuleDef* module = owner != nullptr && PyModule_CheckExact(owner) ? PyModule_GetDef(owner) : nullptr;
    const bool isOfMath = module != nullptr && std::string_view(module->m_name) == "math";
    return isOfMath ? base::findMathFunction(reinterpret_cast<PyCFunctionObject*>(object)->m_ml->ml_name)
                    : std::nullopt;
}

namespace {

/// What calls functions, or methods with their self, by each convention.
struct Conventions {
    hir::Operation none;
    hir::Operation one;
    hir::Operation fast;
    uint32_t selves;
};
using hir::Operation;
constexpr Conventions kFunctions{Operation::CallBuiltinNone, Operation::CallBuiltinOne, Operation::CallBuiltinFast, 0};
constexpr Conventions kMethods{Operation::CallMethodNone, Operation::CallMethodOne, Operation::CallMethodFast, 1};

std::optional<passes::BuiltinFact> factOf(int flags, const Conventions& conventions) {
    passes::BuiltinFact fact;
    fact.operandCount = conventions.selves;
    switch (flags & runtime::kConvention) {
        case METH_NOARGS:
            fact.operation = conventions.none;
            return fact;
        case METH_O:
            fact.operation = conventions.one;
            fact.operandCount++;
            return fact;
        case METH_FASTCALL:
        case METH_FASTCALL | METH_KEYWORDS:
        case METH_VARARGS:
        case METH_VARARGS | METH_KEYWORDS:
            fact.operation = conventions.fast;
            fact.takesMore = true;
            return fact;
        default:
            return std::nullopt;
    }
}

/// What a method of a builtin type gives, whenever it gives something. The names, with a space around each.
struct MethodResults {
    PyTypeObject* type;
    hir::Type result;
    std::string_view names;
};
constexpr MethodResults kMethodResults[] = {
    {&PyUnicode_Type, hir::kBoolExact,
     " endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle "
     "isupper startswith "},
    {&PyUnicode_Type, hir::kStrExact,
     " capitalize casefold center join ljust lower lstrip removeprefix removesuffix replace rjust rstrip strip "},
    {&PyUnicode_Type, hir::kStrExact, " swapcase title translate upper zfill "},
    {&PyUnicode_Type, hir::kLongExact, " count find index rfind rindex "},
    {&PyUnicode_Type, hir::kListExact, " rsplit split splitlines "},
    {&PyUnicode_Type, hir::kTupleExact, " partition rpartition "},
    {&PyList_Type, hir::kNoneExact, " clear extend insert remove reverse sort "},
    {&PyList_Type, hir::kLongExact, " count index "},
    {&PyList_Type, hir::kListExact, " copy "},
    {&PyDict_Type, hir::kNoneExact, " clear update "},
    {&PyDict_Type, hir::kDictExact, " copy "},
    {&PySet_Type, hir::kNoneExact, " add clear discard remove "},
    {&PySet_Type, hir::kBoolExact, " isdisjoint issubset issuperset "},
    {&PyBytes_Type, hir::kBoolExact, " endswith isalnum isalpha isdigit isspace startswith "},
    {&PyBytes_Type, hir::kLongExact, " count find index rfind rindex "},
    {&PyTuple_Type, hir::kLongExact, " count index "},
};

/// What classes of CPython's own make. (Not range, whose iteration is counting: see unbox_ranges.)
struct ClassResult {
    PyTypeObject* type;
    hir::Type result;
};
constexpr ClassResult kClassResults[] = {
    {&PyBool_Type, hir::kBoolExact}, {&PyLong_Type, hir::kLongExact},   {&PyFloat_Type, hir::kFloatExact},
    {&PyList_Type, hir::kListExact}, {&PyTuple_Type, hir::kTupleExact}, {&PyDict_Type, hir::kDictExact},
    {&PyUnicode_Type, hir::kObject}, {&PySet_Type, hir::kObject},       {&PyFrozenSet_Type, hir::kObject},
    {&PyType_Type, hir::kObject},
};

std::optional<passes::BuiltinFact> classFact(PyObject* object) {
    for (const ClassResult& row : kClassResults) {
        if (object == reinterpret_cast<PyObject*>(row.type)) {
            passes::BuiltinFact fact{Operation::CallClass, 0, row.result, {}};
            fact.takesMore = true;
            return fact;
        }
    }
    return std::nullopt;
}

hir::Type methodResult(const PyTypeObject* type, std::string_view name) {
    const std::string word = " " + std::string(name) + " ";
    for (const MethodResults& row : kMethodResults) {
        if (row.type == type && row.names.find(word) != std::string_view::npos) {
            return row.result;
        }
    }
    return hir::kObject;
}

std::optional<passes::BuiltinFact> builtinFact(PyObject* object) {
    static PyObject* const len = originalBuiltin("len");
    static PyObject* const isInstance = originalBuiltin("isinstance");
    static PyObject* const min = originalBuiltin("min");
    static PyObject* const max = originalBuiltin("max");
    static PyObject* const append = PyDict_GetItemString(PyList_Type.tp_dict, "append");
    if (object == len) {
        return passes::BuiltinFact{Operation::CallBuiltinOne, 1, hir::kLongExact, {}, true};
    }
    if (object == isInstance) {
        return passes::BuiltinFact{Operation::CallIsInstance, 2, hir::kBoolExact, {}};
    }
    if (object == min || object == max) {
        passes::BuiltinFact fact{object == min ? Operation::CallMin : Operation::CallMax, 1, hir::kObject, {}};
        fact.takesMore = true;
        fact.isOneOfItsArguments = true;
        return fact;
    }
    if (object == append) {
        return passes::BuiltinFact{Operation::CallAppend, 2, hir::kNoneExact, {}};
    }
    if (PyCFunction_CheckExact(object)) {
        auto fact = factOf(PyCFunction_GET_FLAGS(object), kFunctions);
        if (fact) {
            fact->mathFunction = mathFunctionOf(object);
        }
        return fact;
    }
    if (!Py_IS_TYPE(object, &PyMethodDescr_Type)) {
        return classFact(object);
    }
    auto* method = reinterpret_cast<PyMethodDescrObject*>(object);
    auto fact = factOf(method->d_method->ml_flags, kMethods);
    if (fact) {
        fact->result = methodResult(method->d_common.d_type, method->d_method->ml_name);
    }
    return fact;
}

}  // namespace

bool isOwnClass(PyObject* object) {
    return classFact(object).has_value();
}

void findBuiltins(passes::CodeFacts& facts, const CompiledCode& made) {
    for (uint32_t number = 0; number < made.knownObjects.size(); ++number) {
        if (auto fact = builtinFact(made.knownObjects[number])) {
            facts.builtins[number] = *fact;
        }
    }
}

}  // namespace pyjion::driver
