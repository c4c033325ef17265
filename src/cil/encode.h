// SPDX-License-Identifier: MIT
// Body -> IL bytes for RyuJIT: shortest opcodes, 4-byte branch offsets, tokens for methods and signatures, keys for the
// words of the constant pool. Checks what encoding needs (labels bound, operands in range) and no more: cil::verify
// says whether the method makes sense.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cil/body.h"

namespace pyjion::cil {

/// Pool entry n is loaded from the made-up address kPoolBase + 8*n, which RyuJIT reports as a relocation; the word is
/// bound when code is placed. Bodies hold no real addresses, so only integers of the program could look like a key,
/// and those are not loaded from.
inline constexpr uint64_t kPoolBase = 0x7E0000000000;
inline constexpr uint64_t kPoolStride = 8;

/// Tokens look like those of real metadata (ECMA-335 II.22): MemberRef and StandAloneSig.
inline constexpr uint32_t kMethodTokenBase = 0x0A000001;
inline constexpr uint32_t kSignatureTokenBase = 0x11000001;

constexpr uint32_t tokenOf(MethodId id) {
    return kMethodTokenBase + id.index();
}
constexpr uint32_t tokenOf(SignatureId id) {
    return kSignatureTokenBase + id.index();
}
constexpr uint64_t poolKey(PoolId id) {
    return kPoolBase + kPoolStride * id.index();
}

/// The id behind a token or key; nothing if the body has no such method, signature, entry.
std::optional<MethodId> methodOfToken(const Body& body, uint32_t token);
std::optional<SignatureId> signatureOfToken(const Body& body, uint32_t token);
std::optional<PoolId> poolOfKey(const Body& body, uint64_t key);

struct Encoded {
    /// The source position of the code from `ilOffset` to the next entry.
    struct PositionStart {
        uint32_t ilOffset;
        SourcePosition position;
    };

    std::vector<uint8_t> il;
    uint32_t maxStack = 0;
    std::vector<uint32_t> boundaries;      // IL offsets of the marks, ascending, each once
    std::vector<uint32_t> poolLoads;       // IL offsets of the loads of pool words, ascending
    std::vector<uint32_t> offsets;         // for each instruction of the body its IL offset
    std::vector<PositionStart> positions;  // ascending, one per boundary; of marks at one offset the last counts

    /// The position that the byte at `ilOffset` came from; nothing before the first mark.
    std::optional<SourcePosition> positionAt(uint32_t ilOffset) const;
};

/// The error says which instruction cannot be encoded and why.
base::Result<Encoded, std::string> encode(const Body& body);

}  // namespace pyjion::cil
