// SPDX-License-Identifier: MIT
// A CIL method in symbolic form: what lower/ builds, what the verifier, the printer and the encoder read.
//
// Labels, locals, constant-pool entries, helpers and call-site signatures are named by typed ids. No object address
// appears anywhere: every word that depends on the process is an entry of the constant pool, bound when code is placed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "cil/opcode.h"

namespace pyjion::cil {

struct LabelTag;
struct LocalTag;
struct PoolTag;
struct MethodTag;
struct SignatureTag;
struct SwitchTag;
using LabelId = base::Id<LabelTag>;
using LocalId = base::Id<LocalTag>;
using PoolId = base::Id<PoolTag>;
using MethodId = base::Id<MethodTag>;
using SignatureId = base::Id<SignatureTag>;
using SwitchId = base::Id<SwitchTag>;

/// Types of locals, parameters and results. Helpers never take or return anything narrower (ECMA-335 III.1.1.1 widens
/// them, and RyuJIT trusts the callee to have done so).
enum class Type : uint8_t { Void, Int32, Int64, NativeInt, Double };

struct Signature {
    Type result = Type::Void;
    std::vector<Type> params;
    bool operator==(const Signature&) const = default;
};

/// A word of the function's constant pool. The name is what listings show; the value is supplied when code is placed.
struct PoolEntry {
    std::string name;
};

/// Something that `call` can name: a helper, reached through its pool entry, or a .NET intrinsic (no pool entry), which
/// RyuJIT replaces by instructions: namespace, class, method, for example "System", "Math", "Sqrt".
struct Method {
    std::string name;
    Signature signature;
    PoolId cell;
    std::string intrinsicNamespace;
    std::string intrinsicClass;
    std::string intrinsicMethod;
    bool isIntrinsic() const { return !intrinsicMethod.empty(); }
};

/// One instruction, or a pseudo instruction: `Label` binds a label, `Mark` starts the code of a source position,
/// `LoadPool` loads the word of a pool entry (encoded as ldc.i8 key; conv.i; ldind.i).
struct Instruction {
    Opcode opcode;
    /// Integer operand (ldc.i4, ldc.i8, ldarg index), bit pattern of ldc.r8, or the index of a label, local, pool
    /// entry, method, signature, list of switch targets, source position; the opcode's row in the table says which.
    int64_t operand = 0;
};

/// A position of the Python source that the code after a `Mark` came from.
struct SourcePosition {
    uint32_t bytecodeIndex = 0;  // code unit index of the instruction
    uint32_t line = 0;
};

struct Body {
    std::string name;
    Signature signature;
    std::vector<Type> locals;
    std::vector<std::string> localNames;  // for listings; same length as locals
    std::vector<PoolEntry> pool;
    std::vector<Method> methods;
    std::vector<Signature> signatures;
    std::vector<std::vector<LabelId>> switches;  // the targets of each
    std::vector<SourcePosition> positions;
    std::vector<Instruction> code;
    uint32_t labelCount = 0;
};

}  // namespace pyjion::cil
