// SPDX-License-Identifier: MIT
#include "bytecode/never_run.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "python/original_units.h"

namespace pyjion::bytecode {

namespace {

enum class Evidence : uint8_t { None, Run, NeverRun };

constexpr size_t indexOf(Opcode opcode) {
    return static_cast<size_t>(opcode);
}

/// By opcode: the adaptive form that waits for its counter, of the opcodes that have one.
std::array<Opcode, 256> makeAdaptiveForms() {
    std::array<Opcode, 256> forms{};
    for (size_t number = 0; number < forms.size(); ++number) {
        const OpcodeInfo& row = info(static_cast<Opcode>(number));
        if (row.known && row.name == std::string(nameOf(row.base)) + "_ADAPTIVE") {
            forms[indexOf(row.base)] = static_cast<Opcode>(number);
        }
    }
    return forms;
}

/// Of what is found at a code unit, whose cache begins with a counter.
Evidence evidenceOf(Opcode found, uint16_t counter) {
    static const std::array<Opcode, 256> kAdaptive = makeAdaptiveForms();
    const Opcode base = info(found).base;
    const Opcode adaptive = kAdaptive[indexOf(base)];
    if (adaptive == Opcode::CACHE || found == base) {
        return Evidence::None;
    }
    return found == adaptive && counter == 0 ? Evidence::NeverRun : Evidence::Run;
}

Evidence evidenceOf(const Code& code, const Instruction& instruction) {
    if (info(instruction.opcode).caches == 0) {
        return Evidence::None;
    }
    return evidenceOf(instruction.found, python::originalUnit(code.object, instruction.index + 1));
}

class Search {
  public:
    explicit Search(Code& code) : code_(code), evidence_(code.blocks.size(), Evidence::None) {}

    void run(const std::set<int32_t>& executed) {
        for (uint32_t block = 0; block < code_.blocks.size(); ++block) {
            evidence_[block] = ofCaches(code_.blocks[block]);
        }
        evidence_.front() = Evidence::Run;
        for (int32_t unit : executed) {
            if (const Instruction* instruction = code_.at(unit)) {
                evidence_[instruction->block] = Evidence::Run;
            }
        }
        spreadRun();
        while (spreadNeverRun()) {
        }
        for (uint32_t block = 0; block < code_.blocks.size(); ++block) {
            code_.blocks[block].neverRun = evidence_[block] == Evidence::NeverRun;
        }
    }

  private:
    /// An exception may end a block early, and a specialised PRECALL does what the CALL behind it would do: one
    /// instruction that was executed says enough.
    Evidence ofCaches(const Block& block) const {
        Evidence found = Evidence::None;
        for (uint32_t ordinal = block.first; ordinal <= block.last; ++ordinal) {
            const Evidence one = evidenceOf(code_, code_.instructions[ordinal]);
            if (one == Evidence::Run) {
                return one;
            }
            found = one == Evidence::None ? found : one;
        }
        return found;
    }

    /// What has run was reached through its dominators, and went on where there is but one way.
    void spreadRun() {
        std::vector<uint32_t> pending;
        for (uint32_t block = 0; block < code_.blocks.size(); ++block) {
            if (evidence_[block] == Evidence::Run) {
                pending.push_back(block);
            }
        }
        while (!pending.empty()) {
            const Block& block = code_.blocks[pending.back()];
            pending.pop_back();
            if (block.dominator != kNone) {
                noteRun(static_cast<uint32_t>(block.dominator), true, pending);
            }
            if (block.successors.size() == 1) {
                noteRun(block.successors.front(), false, pending);
            }
        }
    }

    void noteRun(uint32_t block, bool isCertain, std::vector<uint32_t>& pending) {
        if (evidence_[block] == Evidence::None || (isCertain && evidence_[block] == Evidence::NeverRun)) {
            evidence_[block] = Evidence::Run;
            pending.push_back(block);
        }
    }

    bool spreadNeverRun() {
        bool changed = false;
        for (uint32_t block = 0; block < code_.blocks.size(); ++block) {
            if (evidence_[block] == Evidence::None && code_.blocks[block].reachable && hasNotRun(code_.blocks[block])) {
                evidence_[block] = Evidence::NeverRun;
                changed = true;
            }
        }
        return changed;
    }

    bool hasNotRun(const Block& block) const {
        return haveNotRun(block.successors) || (!block.isHandler && haveNotRun(block.predecessors));
    }

    bool haveNotRun(const std::vector<uint32_t>& blocks) const {
        return !blocks.empty() && std::all_of(blocks.begin(), blocks.end(), [this](uint32_t other) {
            return evidence_[other] == Evidence::NeverRun;
        });
    }

    Code& code_;
    std::vector<Evidence> evidence_;  // by block
};

}  // namespace

void findNeverRun(Code& code, const std::set<int32_t>& executed) {
    Search(code).run(executed);
}

double partThatHasRun(PyCodeObject* code) {
    int32_t known = 0;
    int32_t run = 0;
    for (int32_t unit = 0; unit < Py_SIZE(code);) {
        const auto found = static_cast<Opcode>(python::originalUnit(code, unit) & 0xff);
        const int32_t caches = info(found).caches;
        const Evidence evidence =
            caches != 0 ? evidenceOf(found, python::originalUnit(code, unit + 1)) : Evidence::None;
        known += evidence != Evidence::None ? 1 : 0;
        run += evidence == Evidence::Run ? 1 : 0;
        unit += 1 + caches;
    }
    return known != 0 ? static_cast<double>(run) / known : 1;
}

}  // namespace pyjion::bytecode
