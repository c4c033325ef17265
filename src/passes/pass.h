// SPDX-License-Identifier: MIT
// What a pass is: a function that changes a function in HIR and says whether it did. Everything that it may know or use
// beside the function comes in the context; passes have no global state.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/iterator_kinds.h"
#include "hir/function.h"
#include "hir/operation.h"

namespace pyjion::passes {

enum class Changed : bool { kNo, kYes };

enum class PassId : uint8_t {
#define PASS(name, doc, enabled) name,
#include "passes/passes.def"
#undef PASS
};
#define PASS(name, doc, enabled) +1
inline constexpr size_t kPassCount = 0
#include "passes/passes.def"
    ;
#undef PASS

/// A supply of transformations: bisecting with `fuel=N` finds the one that breaks a program.
class Fuel {
  public:
    Fuel() = default;
    explicit Fuel(uint64_t amount) : left_(amount) {}
    /// Takes one unit; false when there is none left, and the transformation must not be made.
    bool take() {
        if (left_ && *left_ == 0) {
            return false;
        }
        if (left_) {
            --*left_;
        }
        ++used_;
        return true;
    }
    bool isEmpty() const { return left_ && *left_ == 0; }
    uint64_t used() const { return used_; }

  private:
    std::optional<uint64_t> left_;  // nothing: unlimited
    uint64_t used_ = 0;
};

/// A constant of the code object, as far as passes can compute with it.
struct ConstantFact {
    enum class Kind : uint8_t { Other, None, Bool, Int, Double };
    Kind kind = Kind::Other;
    int64_t integer = 0;  // Int: fits 62 bits, else the kind is Other; Bool: 0 or 1
    double real = 0;
    std::vector<std::string> names;  // of a call's last arguments, where it is a tuple of strings
};

/// The object that a global or builtin name means while the function is compiled.
struct GlobalFact {
    uint32_t object = 0;  // as in GuardGlobal
    hir::Type type;
};

/// How a function takes arguments that a call names or leaves out.
struct Signature {
    struct Default {
        uint32_t object = 0;  // as in LoadFound
        hir::Type type;
    };
    std::vector<std::string> parameters;
    uint32_t positionalOnly = 0;    // of them: how many cannot be named
    uint32_t defaultsObject = 0;    // the tuple of the defaults, if there are some: as in GuardSignature
    std::vector<Default> defaults;  // of the last parameters
};

/// The Python function that a call enters, if it still has the code that it had when the caller was compiled.
struct CalleeFact {
    uint32_t callee = 0;                         // as in CallFunction
    uint32_t argumentCount = 0;                  // with which it can be entered directly
    std::optional<bool> returnsInt;              // unboxed; nothing: it has no optimised code yet
    std::shared_ptr<const Signature> signature;  // null: not known
};

/// The code of a callee, made ready to be put into its callers (inlinee.h).
struct InlineeFact {
    std::shared_ptr<const hir::Function> body;
    uint32_t localCount = 0;
    uint32_t unitCount = 0;     // with what is inlined in it
    uint32_t ownUnitCount = 0;  // without
    bool readsNames = false;    // global or builtin ones
    bool returnsNone = false;   // and nothing else
};

/// The body of the function itself that its recursive calls can enter (self_calls.h).
struct SelfFact {
    uint32_t callee = 0;              // as in CallFunction
    std::vector<bool> passesNumbers;  // by argument: it takes the number of an int
    bool returnsNumber = false;
    /// Global names (indices, with a site of each) that it takes for the function: nothing that it does binds them, so
    /// that who enters it has looked.
    std::map<uint32_t, uint32_t> names;
};

/// The class that a global name means: what calling it enters.
struct ClassFact {
    uint32_t callee = 0;                         // __init__: as in CallFunction
    uint32_t argumentCount = 0;                  // that it takes, the instance included
    uint32_t object = 0;                         // likewise: as in PeekFound
    uint32_t version = 0;                        // of the class
    std::shared_ptr<const Signature> signature;  // of __init__
};

/// How a known builtin can be called with so many operands behind the callable.
struct BuiltinFact {
    hir::Operation operation = hir::Operation::CallBuiltinOne;
    uint32_t operandCount = 0;
    hir::Type result = hir::kObject;
    std::optional<uint32_t> mathFunction;  // as in CheckedMath
    bool isLen = false;
    bool takesMore = false;            // operands than `operandCount`
    bool isOneOfItsArguments = false;  // the result, where there are several
};

/// Where an attribute or item was found before, by the interpreter or by compiled code: one place, and the classes of
/// whose instances it is that of.
struct AccessFact {
    enum class Kind : uint8_t {
        Field,      // of the instance's own: in its values, or in its dict
        Member,     // in the object itself
        Method,     // in the class, to be called with the instance
        OfClass,    // in the class, and no descriptor
        Operator,   // in the class: the method that an operator enters for a left operand
        Getter,     // in the class: a property, whose function is entered
        OfModule,   // in the dict of a module, while that has a version
        ListItem,   // in a list, by an int
        TupleItem,  // in a tuple, by an int
        Element,    // a number that the object holds, by an int
    };
    Kind kind = Kind::Field;
    std::array<uint32_t, 4> versions{};  // of the owner's type, which has one of them; 0: no more
    uint64_t dictVersion = 0;            // OfModule
    uint32_t place = 0;  // Field: the index of the value; Member: the offset in bytes; Element: the kind; Operator:
                         // which; Getter: the offset of the function in the property
    bool mayHaveDict = false;             // Field, Method, OfClass: not all instances of the class have values
    std::optional<uint32_t> sharedNames;  // of the class: how many names instances share; nothing when they have none
    uint32_t object = 0;                  // of the class: as in LoadFound,
    hir::Type type = hir::kObject;        // and its type; Element: of its object
    hir::Type stored = hir::kBottom;      // Element: of what the site has put there

    bool isOfSequence() const { return kind >= Kind::ListItem; }
    hir::Type sequence() const {
        return kind == Kind::ListItem    ? hir::kListExact
               : kind == Kind::TupleItem ? hir::kTupleExact
                                         : hir::kOtherObject;
    }
};

/// What super().name was found to be for an object of one of these classes, behind one class.
struct SuperFact {
    std::array<uint32_t, 4> versions{};  // 0: no more
    uint32_t type = 0;                   // the class behind which it was looked for: as in GuardFound
    uint32_t object = 0;                 // as in LoadFound
    hir::Type objectType;
};

/// What passes need to know about the code object.
struct CodeFacts {
    uint32_t argumentCount = 0;                // locals that are bound at entry
    std::vector<ConstantFact> constants;       // by the index in LoadConst; may be shorter than the constants are
    std::vector<std::string> objects;          // names of KnownObject's and GuardGlobal's objects: "builtins.range"
    std::map<uint32_t, GlobalFact> globals;    // by the site of LoadGlobal
    std::map<uint32_t, CalleeFact> callees;    // by the site of Call
    std::map<uint32_t, CalleeFact> functions;  // by the site of LoadGlobal: what the name is bound to
    std::map<uint32_t, CalleeFact> slots;      // by local: what it or its cell held when compiling was asked for
    std::map<uint32_t, ClassFact> classes;     // by the site of LoadGlobal
    std::map<uint32_t, base::IteratorKind> iterators;     // by the site of GetIter: what it has given
    std::vector<base::IteratorKind> entryLocalIterators;  // when compiling was asked for, by local; empty: not known
    std::vector<base::IteratorKind> entryStackIterators;  // likewise, on-stack replacement: by depth
    bool makesPairs = false;                   // the tuples of enumerate() and zip(), which a replay asks for
    std::set<uint32_t> otherIterators;         // sites of IterNext that were guessed wrong
    std::set<uint32_t> loudNames;              // sites of LoadGlobal that could not be found quietly before
    std::map<uint32_t, CalleeFact> methods;    // by the object of LoadFound
    std::map<uint32_t, BuiltinFact> builtins;  // by the object of GuardGlobal or LoadFound
    std::map<uint32_t, std::vector<AccessFact>> accesses;  // by the site of the operation: of different classes
    std::map<uint32_t, uint32_t> supers;         // by the site of Call: it makes a super(), a class of this version,
    std::set<uint32_t> superSites;               // whose methods are looked for at these sites
    std::map<uint32_t, SuperFact> superMethods;  // by the site of the LoadMethod of super()
    std::optional<uint32_t> classCell;           // the slot of `__class__`, of code that can call super() so
    bool sharesStack = false;                    // on-stack replacement: others hold the iterators on the stack, too
    bool isResumed = false;                      // code that a generator runs until it is suspended again
    uint32_t unitCount = 0;                      // code units of the code: what is inlined is numbered from there
    std::map<uint32_t, InlineeFact> inlinees;    // by callee
    std::optional<SelfFact> self;                // for recursive calls
    std::set<uint32_t> notInlined;               // calls (code units) whose callees' code went other ways than expected
    std::set<uint32_t> binders;                  // instructions (code units) behind which global names were bound anew
};

struct PassStatistics {
    uint64_t runs = 0;
    uint64_t changes = 0;
    uint64_t nanoseconds = 0;
};

struct PassContext {
    CodeFacts facts;
    std::bitset<kPassCount> disabled;
    Fuel fuel;
    /// Verify after every pass that changed something, and check passes that say they did not.
    bool verify = false;
    /// Gets the function after a pass that changed it: the pass's name and the text.
    std::function<void(std::string_view pass, const hir::Function& function)> dump;
    /// Called instead of aborting when a pass leaves a function that breaks the verifier's rules, or lies about
    /// changes.
    std::function<void(std::string_view pass, const std::string& report)> onBroken;

    PassStatistics statistics[kPassCount];
    std::map<std::string, uint64_t, std::less<>> counters;

    void count(std::string_view counter, uint64_t by = 1);
};

inline bool isDisabled(const PassContext& context, PassId pass) {
    return context.disabled[static_cast<size_t>(pass)];
}

using PassFn = Changed (*)(hir::Function&, PassContext&);

#define PASS(name, doc, enabled) Changed name(hir::Function& function, PassContext& context);
#include "passes/passes.def"
#undef PASS

struct PassInfo {
    PassId id;
    const char* name;
    const char* doc;
    bool enabledByDefault;
    PassFn run;
};
const PassInfo& info(PassId id);
std::span<const PassInfo> allPasses();
std::optional<PassId> findPass(std::string_view name);

}  // namespace pyjion::passes
