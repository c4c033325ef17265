// SPDX-License-Identifier: MIT
#include "bytecode/flow.h"

#include <algorithm>

namespace pyjion::bytecode {
namespace {

// Ordinals at which a block begins.
std::vector<bool> findLeaders(const Code& code, std::span<const int32_t> wanted) {
    std::vector<bool> leads(code.instructions.size(), false);
    leads[0] = true;
    for (const int32_t unit : wanted) {
        leads[static_cast<size_t>(code.ordinals[static_cast<size_t>(unit)])] = true;
    }
    for (size_t i = 0; i < code.instructions.size(); i++) {
        const Instruction& instruction = code.instructions[i];
        if (instruction.target != kNone) {
            leads[static_cast<size_t>(code.ordinals[static_cast<size_t>(instruction.target)])] = true;
        }
        const bool ends = instruction.target != kNone || endsFlow(instruction.opcode) || suspends(instruction.opcode);
        if (ends && i + 1 < code.instructions.size()) {
            leads[i + 1] = true;
        }
    }
    for (const python::ExceptionEntry& handler : code.handlers) {
        leads[static_cast<size_t>(code.ordinals[static_cast<size_t>(handler.target)])] = true;
    }
    return leads;
}

// The i-th block that control can go to from here: by jumps first, then by exceptions.
std::optional<uint32_t> successorAt(const Block& block, size_t i) {
    if (i < block.successors.size()) {
        return block.successors[i];
    }
    i -= block.successors.size();
    return i < block.handlers.size() ? std::optional(block.handlers[i]) : std::nullopt;
}

// Blocks that can be reached, by exceptions too, in reverse postorder.
std::vector<uint32_t> reversePostorder(const Code& code) {
    struct Visit {
        uint32_t block;
        size_t nextSuccessor;
    };
    std::vector<uint32_t> order;
    std::vector<bool> seen(code.blocks.size(), false);
    std::vector<Visit> stack{{0, 0}};
    seen[0] = true;
    while (!stack.empty()) {
        Visit& visit = stack.back();
        const std::optional<uint32_t> next = successorAt(code.blocks[visit.block], visit.nextSuccessor++);
        if (!next) {
            order.push_back(visit.block);
            stack.pop_back();
            continue;
        }
        const uint32_t successor = *next;
        if (!seen[successor]) {
            seen[successor] = true;
            stack.push_back({successor, 0});
        }
    }
    std::reverse(order.begin(), order.end());
    return order;
}

// "A Simple, Fast Dominance Algorithm" of Cooper, Harvey and Kennedy.
void findDominators(Code& code, const std::vector<uint32_t>& order) {
    std::vector<uint32_t> number(code.blocks.size(), 0);
    for (uint32_t i = 0; i < order.size(); i++) {
        number[order[i]] = i;
    }
    auto common = [&](int32_t left, int32_t right) {
        while (left != right) {
            int32_t& later = number[static_cast<size_t>(left)] > number[static_cast<size_t>(right)] ? left : right;
            later = code.blocks[static_cast<size_t>(later)].dominator;
        }
        return left;
    };
    code.blocks[0].dominator = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t block : order) {
            if (block == 0) {
                continue;
            }
            int32_t dominator = kNone;
            for (uint32_t predecessor : code.blocks[block].predecessors) {
                if (code.blocks[predecessor].dominator != kNone) {
                    const auto candidate = static_cast<int32_t>(predecessor);
                    dominator = dominator == kNone ? candidate : common(dominator, candidate);
                }
            }
            if (code.blocks[block].dominator != dominator) {
                code.blocks[block].dominator = dominator;
                changed = true;
            }
        }
    }
    code.blocks[0].dominator = kNone;
}

bool dominates(const Code& code, uint32_t above, uint32_t below) {
    for (auto block = static_cast<int32_t>(below); block != kNone;
         block = code.blocks[static_cast<size_t>(block)].dominator) {
        if (block == static_cast<int32_t>(above)) {
            return true;
        }
    }
    return false;
}

// Everything that reaches a latch without passing the header.
std::vector<uint32_t> bodyOf(const Code& code, uint32_t header, const std::vector<uint32_t>& latches) {
    std::vector<bool> inside(code.blocks.size(), false);
    inside[header] = true;
    std::vector<uint32_t> work;
    auto add = [&](uint32_t block) {
        if (!inside[block]) {
            inside[block] = true;
            work.push_back(block);
        }
    };
    for (uint32_t latch : latches) {
        add(latch);
    }
    while (!work.empty()) {
        const uint32_t block = work.back();
        work.pop_back();
        for (uint32_t predecessor : code.blocks[block].predecessors) {
            add(predecessor);
        }
    }
    std::vector<uint32_t> body;
    for (uint32_t block = 0; block < inside.size(); block++) {
        if (inside[block]) {
            body.push_back(block);
        }
    }
    return body;
}

// Reducible: without the edges back to dominating headers no cycle is left (Kahn's algorithm consumes every block).
bool isReducible(const Code& code, const std::vector<uint32_t>& order) {
    std::vector<size_t> waiting(code.blocks.size(), 0);
    auto forward = [&](uint32_t from, uint32_t to) { return !dominates(code, to, from); };
    for (uint32_t block : order) {
        for (size_t i = 0; const auto successor = successorAt(code.blocks[block], i); i++) {
            waiting[*successor] += forward(block, *successor) ? 1 : 0;
        }
    }
    std::vector<uint32_t> ready{0};
    size_t consumed = 0;
    while (!ready.empty()) {
        const uint32_t block = ready.back();
        ready.pop_back();
        consumed++;
        for (size_t i = 0; const auto successor = successorAt(code.blocks[block], i); i++) {
            if (forward(block, *successor) && --waiting[*successor] == 0) {
                ready.push_back(*successor);
            }
        }
    }
    return consumed == order.size();
}

// An exception can leave a block from any of its instructions.
void findHandlers(Code& code) {
    if (code.handlers.empty()) {
        return;
    }
    for (const Instruction& instruction : code.instructions) {
        if (const python::ExceptionEntry* handler = code.handlerFor(instruction.index)) {
            std::vector<uint32_t>& handlers = code.blocks[instruction.block].handlers;
            const uint32_t target = code.at(handler->target)->block;
            if (std::find(handlers.begin(), handlers.end(), target) == handlers.end()) {
                handlers.push_back(target);
            }
        }
    }
}

void markReachable(Code& code) {
    std::vector<uint32_t> work{0};
    code.blocks[0].reachable = true;
    while (!work.empty()) {
        const uint32_t block = work.back();
        work.pop_back();
        for (uint32_t successor : code.blocks[block].successors) {
            if (!code.blocks[successor].reachable) {
                code.blocks[successor].reachable = true;
                work.push_back(successor);
            }
        }
    }
}

}  // namespace

void findBlocks(Code& code, std::span<const int32_t> wanted) {
    const std::vector<bool> leads = findLeaders(code, wanted);
    for (uint32_t i = 0; i < leads.size(); i++) {
        if (leads[i]) {
            code.blocks.emplace_back().first = i;
        }
        code.blocks.back().last = i;
        code.instructions[i].block = static_cast<uint32_t>(code.blocks.size() - 1);
    }
    auto blockAt = [&](int32_t unit) { return code.at(unit)->block; };
    for (Block& block : code.blocks) {
        const Instruction& last = code.instructions[block.last];
        if (!endsFlow(last.opcode)) {
            block.successors.push_back(blockAt(last.next));
        }
        if (last.target != kNone) {
            const uint32_t target = blockAt(last.target);
            if (block.successors.empty() || block.successors[0] != target) {
                block.successors.push_back(target);
            }
        }
    }
    for (const python::ExceptionEntry& handler : code.handlers) {
        code.blocks[blockAt(handler.target)].isHandler = true;
    }
    findHandlers(code);
    markReachable(code);
    const std::vector<uint32_t> order = reversePostorder(code);
    for (uint32_t block : order) {
        for (size_t i = 0; const auto successor = successorAt(code.blocks[block], i); i++) {
            code.blocks[*successor].predecessors.push_back(block);
        }
    }
    findDominators(code, order);
}

void findLoops(Code& code) {
    for (uint32_t header = 0; header < code.blocks.size(); header++) {
        std::vector<uint32_t> latches;
        for (uint32_t predecessor : code.blocks[header].predecessors) {
            if (dominates(code, header, predecessor)) {
                latches.push_back(predecessor);
            }
        }
        if (!latches.empty()) {
            std::vector<uint32_t> body = bodyOf(code, header, latches);
            Loop& loop = code.loops.emplace_back();
            loop.header = header;
            loop.latches = std::move(latches);
            loop.blocks = std::move(body);
        }
    }
    // Natural loops with different headers are nested or apart: the larger one is the outer one. In instructions, so
    // that the order does not depend on where blocks were asked for.
    auto size = [&](const Loop& loop) {
        uint32_t instructions = 0;
        for (uint32_t block : loop.blocks) {
            instructions += code.blocks[block].last - code.blocks[block].first + 1;
        }
        return instructions;
    };
    std::stable_sort(code.loops.begin(), code.loops.end(),
                     [&](const Loop& a, const Loop& b) { return size(a) > size(b); });
    for (size_t i = 0; i < code.loops.size(); i++) {
        Loop& loop = code.loops[i];
        loop.parent = code.blocks[loop.header].loop;
        loop.depth = loop.parent == kNone ? 1 : code.loops[static_cast<size_t>(loop.parent)].depth + 1;
        for (uint32_t block : loop.blocks) {
            code.blocks[block].loop = static_cast<int32_t>(i);
        }
    }
    code.reducible = isReducible(code, reversePostorder(code));
}

}  // namespace pyjion::bytecode
