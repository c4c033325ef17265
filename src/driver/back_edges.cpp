// SPDX-License-Identifier: MIT
#include "driver/back_edges.h"

#include <algorithm>
#include <vector>

#include "bytecode/decode.h"
#include "driver/code_record.h"

namespace pyjion::driver {
namespace {

bool suspends(const bytecode::Code& code, const bytecode::Loop& loop) {
    return std::any_of(loop.blocks.begin(), loop.blocks.end(), [&code](uint32_t number) {
        const bytecode::Block& block = code.blocks[number];
        for (uint32_t ordinal = block.first; ordinal <= block.last; ++ordinal) {
            const bytecode::Opcode opcode = code.instructions[ordinal].opcode;
            if (opcode == bytecode::Opcode::YIELD_VALUE || opcode == bytecode::Opcode::SEND) {
                return true;
            }
        }
        return false;
    });
}

void addBackEdges(const bytecode::Code& code, const bytecode::Loop& loop, std::vector<python::BackEdge>& edges) {
    const bytecode::Instruction& header = code.instructions[code.blocks[loop.header].first];
    for (uint32_t latch : loop.latches) {
        const bytecode::Instruction& jump = code.instructions[code.blocks[latch].last];
        if (jump.target == header.start) {
            edges.push_back({jump.index, header.start, header.depth});
        }
    }
}

const std::vector<python::BackEdge>& backEdges(CodeRecord& record) {
    if (!record.backEdges) {
        std::vector<python::BackEdge> edges;
        if (auto decoded = bytecode::decode(record.code); decoded.ok()) {
            for (const bytecode::Loop& loop : decoded->loops) {
                if (!suspends(*decoded, loop)) {
                    addBackEdges(*decoded, loop, edges);
                }
            }
        }
        record.backEdges = std::move(edges);
    }
    return *record.backEdges;
}

}  // namespace

const python::BackEdge* backEdgeOf(CodeRecord& record, int32_t jump) {
    const std::vector<python::BackEdge>& edges = backEdges(record);
    auto found =
        std::find_if(edges.begin(), edges.end(), [jump](const python::BackEdge& edge) { return edge.jump == jump; });
    return found != edges.end() ? &*found : nullptr;
}

bool isInLoop(CodeRecord& record, int32_t index) {
    const std::vector<python::BackEdge>& edges = backEdges(record);
    return std::any_of(edges.begin(), edges.end(),
                       [index](const python::BackEdge& edge) { return edge.header <= index && index <= edge.jump; });
}

bool isLoopHeader(CodeRecord& record, int32_t index) {
    const std::vector<python::BackEdge>& edges = backEdges(record);
    return std::any_of(edges.begin(), edges.end(),
                       [index](const python::BackEdge& edge) { return edge.header == index; });
}

}  // namespace pyjion::driver
