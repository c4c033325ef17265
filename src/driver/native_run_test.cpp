// SPDX-License-Identifier: MIT
// What native_run_test.h declares. Holds no tests of its own; the name keeps it out of the library.
#include "driver/native_run_test.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "cil/encode.h"
#include "cil/verify.h"
#include "clr/compiler.h"
#include "clr/sketch.h"
#include "deopt/leave.h"
#include "driver/pool.h"
#include "lower/text_input.h"
#include "oracle/object.h"
#include "python/abi.h"
#include "python/embedded_interpreter.h"
#include "python/range_iterator.h"
#include "python/reference_count.h"
#include "runtime/helper_table.h"

namespace pyjion::driver::test {

namespace abi = python::abi;

namespace {

constexpr uint32_t kSites = 64;
constexpr uint32_t kInstructions = 4096;
constexpr uint32_t kSpareSlots = 16;
constexpr uint32_t kFrameWords = abi::kFrameSlots / 8;

/// What the exit block of the code that runs now has passed.
struct Left {
    bool happened = false;
    uint32_t number = 0;
} left;

PyObject* recordExit(PyThreadState*, void*, uint32_t number, deopt::ExitTable*, const uint64_t*) {
    left = {true, number};
    return nullptr;
}
int64_t recordExitWithoutInt(PyThreadState*, void*, uint32_t number, deopt::ExitTable*, const uint64_t*) {
    left = {true, number};
    return deopt::kNoInt;
}

template <typename T>
uint64_t wordOf(T* pointer) {
    return reinterpret_cast<uint64_t>(pointer);
}

}  // namespace

NativeRun::NativeRun(const hir::Function& function, const oracle::Code& code, const Variant& variant)
    : localCount_(function.localCount),
      slotCount_(function.localCount + function.stackSize + kSpareSlots),
      code_(code),
      sites_(kSites),
      frame_(kFrameWords + slotCount_),
      exitBuffer_(kExitBufferWords),
      instructions_(kInstructions) {
    python::ensureInterpreter();
    globals_ = PyDict_New();
    guardSite_.name = PyUnicode_InternFromString("range");
    for (const std::string& text : code.constants) {
        constants_.push_back(object(text));
    }
    problem = lowerAndCompile(function, variant);
}

NativeRun::~NativeRun() {
    for (PyObject* constant : constants_) {
        Py_DECREF(constant);
    }
    Py_DECREF(guardSite_.name);
    Py_DECREF(globals_);
}

std::string NativeRun::lowerAndCompile(const hir::Function& function, const Variant& variant) {
    lower::Input input = lower::inputForText(function);
    input.quick = variant.quick;
    input.spillAll = variant.spillAll;
    auto lowered = lower::lower(input);
    if (!lowered) {
        return lowered.error();
    }
    if (!cil::verify(lowered->body).empty()) {
        return "the CIL breaks the verifier's rules";
    }
    returnsInt_ = lowered->body.signature.result == cil::Type::Int64;
    auto encoded = cil::encode(lowered->body);
    std::vector<uint64_t> words;
    for (lower::PoolRecipe recipe : lowered->pool) {
        words.push_back(wordFor(recipe));
    }
    if (!encoded.ok() || !problem.empty()) {
        return encoded.ok() ? problem : encoded.error();
    }
    for (const cil::Method& method : lowered->body.methods) {
        needsOptimiser = needsOptimiser || (method.isIntrinsic() && !variant.optimise);
    }
    if (needsOptimiser) {
        return "";
    }
    clr::CompileOptions options;
    options.optimise = variant.optimise;
    auto native = clr::Compiler(clr::test::library()).compile(lowered->body, *encoded, words, options);
    if (!native.ok()) {
        return native.error().message;
    }
    native_ = std::move(*native);
    exits_ = std::move(lowered->exits);
    return "";
}

uint64_t NativeRun::wordFor(lower::PoolRecipe recipe) {
    using Kind = lower::PoolKind;
    switch (recipe.kind) {
        case Kind::Helper:
            return wordOf(runtime::info(static_cast<runtime::Helper>(recipe.index)).address);
        case Kind::Constant:
            return wordOf(constants_[recipe.index]);
        case Kind::Site:
            return wordOf(&sites_[recipe.index]);
        case Kind::KnownObject:
            return code_.objects[recipe.index] == "builtins.range" ? wordOf(&PyRange_Type) : wordOf(Py_Ellipsis);
        case Kind::GuardSite:
            return wordOf(&guardSite_);
        case Kind::FirstInstruction:
            return wordOf(instructions_.data());
        case Kind::EvalBreaker:
            return wordOf(&evalBreaker_);
        case Kind::ReferenceTotal:
            return wordOf(python::referenceTotal());
        case Kind::BuiltinType:
            return wordOf(builtinType(hir::Type::fromBits(1u << recipe.index)));
        case Kind::None:
            return wordOf(Py_None);
        case Kind::True:
            return wordOf(Py_True);
        case Kind::False:
            return wordOf(Py_False);
        case Kind::Leave:
            return wordOf(&recordExit);
        case Kind::LeaveWithoutInt:
            return wordOf(&recordExitWithoutInt);
        case Kind::ExitTable:
            return wordOf(&exits_);
        case Kind::ExitBuffer:
            return wordOf(exitBuffer_.data());
        default:
            problem = "the pool has a word that a run on its own cannot have";
            return 0;
    }
}

// --- objects ------------------------------------------------------------------------------------------------------

/// A new reference to an object for a text of the oracle's form; null for `-`.
PyObject* NativeRun::object(const std::string& text) {
    if (text == "-") {
        return nullptr;
    }
    oracle::Heap heap;
    const oracle::Object* model = heap.parse(text);
    switch (model->kind) {
        case oracle::Kind::Int:
            return PyLong_FromString(oracle::toText(model->integer).c_str(), nullptr, 10);
        case oracle::Kind::Float:
            return PyFloat_FromDouble(model->real);
        case oracle::Kind::Bool:
            return PyBool_FromLong(model->integer != 0);
        case oracle::Kind::None:
            Py_RETURN_NONE;
        case oracle::Kind::Str:
            return PyUnicode_FromStringAndSize(model->name.data(), static_cast<Py_ssize_t>(model->name.size()));
        case oracle::Kind::RangeIter:
            return python::makeRangeIterator({static_cast<int64_t>(model->next), static_cast<int64_t>(model->step),
                                              static_cast<int64_t>(model->count)});
        default:
            break;
    }
    PyObject* other = PyList_New(0);
    names_[other] = text;
    return other;
}

std::string NativeRun::textOf(PyObject* object) const {
    if (object == nullptr) {
        return "-";
    }
    if (PyFloat_CheckExact(object)) {
        return oracle::toText(PyFloat_AS_DOUBLE(object));
    }
    if (python::isRangeIterator(object)) {
        const python::RangeState state = python::readRangeIterator(object);
        return fmt::format("range({}, {}, {})", state.next, state.step, state.left);
    }
    if (auto found = names_.find(object); found != names_.end()) {
        return found->second;
    }
    if (object == reinterpret_cast<PyObject*>(&PyRange_Type)) {
        return "<builtins.range>";
    }
    const std::string quote = PyUnicode_Check(object) ? "\"" : "";
    auto text = python::Ref<>::steal(PyObject_Str(object));
    return quote + PyUnicode_AsUTF8(text.get()) + quote;
}

void NativeRun::fillFrame(const oracle::Entry& entry) {
    frame_.assign(frame_.size(), 0);
    frame_[abi::kFrameGlobals / 8] = wordOf(globals_);
    frame_[abi::kFrameBuiltins / 8] = wordOf(PyEval_GetBuiltins());
    auto fill = [this](size_t slot, const std::string& text) {
        PyObject* made = object(text);
        frame_[kFrameWords + slot] = wordOf(made);
        // An iterator that somebody else holds is not taken apart.
        if (made != nullptr && !python::isRangeIterator(made)) {
            Py_INCREF(made);
            held_.push_back(made);
        }
    };
    for (size_t i = 0; i < entry.locals.size(); ++i) {
        fill(i, entry.locals[i]);
    }
    for (size_t i = 0; i < entry.stack.size(); ++i) {
        fill(localCount_ + i, entry.stack[i]);
    }
}

std::string NativeRun::referencesLeft() const {
    for (PyObject* object : held_) {
        // Small ints, bools and None have more than ours.
        const bool isOurs = Py_REFCNT(object) < 1000 && object != Py_None && !PyBool_Check(object);
        const bool isSmall = PyLong_CheckExact(object) && Py_ABS(Py_SIZE(object)) <= 1;
        if (isOurs && !isSmall && Py_REFCNT(object) != 1) {
            return fmt::format("{} is left with {} references", textOf(object), Py_REFCNT(object));
        }
    }
    return "";
}

// --- ends ---------------------------------------------------------------------------------------------------------

std::string NativeRun::textOf(const deopt::SlotRecipe& recipe, uint32_t slot) const {
    using Kind = deopt::SlotKind;
    auto word = [&](size_t i) { return exitBuffer_[recipe.words[i]]; };
    auto holds = [&](uint16_t condition, bool unconditionally) {
        return condition == deopt::SlotRecipe::kNone ? unconditionally
                                                     : static_cast<uint32_t>(exitBuffer_[condition]) != 0;
    };
    if (recipe.kind == Kind::InSlot || !holds(recipe.condition, true)) {
        return textOf(reinterpret_cast<PyObject*>(frame_[kFrameWords + recipe.local]));
    }
    const size_t number = holds(recipe.same, false) ? 1 : 0;
    switch (recipe.kind) {
        case Kind::InFrame:
        case Kind::InSlot:
            return textOf(reinterpret_cast<PyObject*>(frame_[kFrameWords + slot]));
        case Kind::Null:
            return "-";
        case Kind::Owned:
        case Kind::Borrowed:
            return textOf(reinterpret_cast<PyObject*>(word(0)));
        case Kind::Int:
            return fmt::format("{}", static_cast<int64_t>(word(number)));
        case Kind::Double:
            return oracle::toText(std::bit_cast<double>(word(number)));
        case Kind::Bool:
            return static_cast<uint32_t>(word(0)) != 0 ? "True" : "False";
        case Kind::RangeIter: {
            const auto next = static_cast<int64_t>(word(0));
            const auto step = static_cast<int64_t>(word(1));
            return fmt::format("range({}, {}, {})", next, step, (static_cast<int64_t>(word(2)) - next) / step);
        }
    }
    return "";
}

std::string NativeRun::exitText() const {
    const deopt::Exit& exit = exits_.exits[left.number];
    std::vector<std::string> locals;
    for (uint32_t local = 0; local < localCount_; ++local) {
        locals.push_back(textOf(deopt::SlotRecipe{deopt::SlotKind::InFrame, {}}, local));
    }
    for (const deopt::LocalRecipe& row : exit.locals) {
        locals[row.local] = textOf(row.recipe, row.local);
    }
    std::vector<std::string> stack;
    for (const deopt::SlotRecipe& recipe : exit.stack) {
        stack.push_back(textOf(recipe, 0));
    }
    return fmt::format("exit {} @{} ({}{}{})", deopt::info(exit.reason).name, exit.resumeIndex, fmt::join(locals, ", "),
                       stack.empty() ? "" : "; ", fmt::join(stack, ", "));
}

std::string NativeRun::raisedText(const deopt::Exit& exit) const {
    std::string name = reinterpret_cast<PyTypeObject*>(PyErr_Occurred())->tp_name;
    PyErr_Clear();
    return fmt::format("raise {} @{}", name, exit.runningIndex);
}

/// The frame's part of the contract: owned words are the frame's now, which is cleared at once.
void NativeRun::takeOver(const deopt::SlotRecipe& recipe) {
    if (recipe.kind == deopt::SlotKind::Owned) {
        Py_DECREF(reinterpret_cast<PyObject*>(exitBuffer_[recipe.words[0]]));
    }
}

std::string NativeRun::endOfExit() {
    const deopt::Exit& exit = exits_.exits[left.number];
    std::string text = PyErr_Occurred() != nullptr ? raisedText(exit) : exitText();
    for (const deopt::LocalRecipe& row : exit.locals) {
        takeOver(row.recipe);
    }
    for (const deopt::SlotRecipe& recipe : exit.stack) {
        takeOver(recipe);
    }
    return text;
}

std::string NativeRun::endOfReturn(int64_t word) {
    if (returnsInt_) {
        return fmt::format("return {}", word);
    }
    auto* result = reinterpret_cast<PyObject*>(word);
    std::string text = "return " + textOf(result);
    Py_XDECREF(result);
    return text;
}

std::string NativeRun::run(const oracle::Entry& entry) {
    fillFrame(entry);
    left = {};
    const auto word = native_->as<int64_t(PyThreadState*, void*)>()(PyThreadState_Get(), frame_.data());
    std::string text = left.happened ? endOfExit() : endOfReturn(word);
    for (uint32_t local = 0; local < localCount_; ++local) {
        Py_XDECREF(reinterpret_cast<PyObject*>(frame_[kFrameWords + local]));
    }
    const std::string wrong = referencesLeft();
    for (PyObject* object : held_) {
        names_.erase(object);
        Py_DECREF(object);
    }
    held_.clear();
    return wrong.empty() ? text : wrong + ", after " + text;
}

}  // namespace pyjion::driver::test
