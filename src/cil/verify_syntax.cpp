// SPDX-License-Identifier: MIT
// V1 to V6 of the verifier (the list is in verify.cpp): declarations, operands, labels, prefixes, the end.
#include <limits>
#include <optional>
#include <utility>

#include "cil/flow.h"
#include "cil/verify_checks.h"

namespace pyjion::cil {
namespace {

class SyntaxCheck {
  public:
    SyntaxCheck(const Body& body, Errors& errors) : body_(body), errors_(errors), labels_(labelPositions(body)) {}

    void run() {
        checkDeclarations();
        findLastInstruction();
        for (at_ = 0; at_ < body_.code.size(); ++at_) {
            checkOperand(body_.code[at_]);
            checkTargets(body_.code[at_]);
            checkPrefix(body_.code[at_].opcode);
        }
        checkEnd();
    }

  private:
    static constexpr uint32_t kWhole = VerifyError::kNoInstruction;

    void checkDeclarations() {
        checkSignature("the method", body_.signature);
        if (body_.locals.size() != body_.localNames.size()) {
            errors_.add(kWhole, 1, "{} locals but {} names of locals", body_.locals.size(), body_.localNames.size());
        }
        if (body_.locals.size() > std::numeric_limits<uint16_t>::max()) {
            errors_.add(kWhole, 1, "{} locals", body_.locals.size());
        }
        for (size_t i = 0; i < body_.locals.size(); ++i) {
            if (body_.locals[i] == Type::Void) {
                errors_.add(kWhole, 1, "local l{} is void", i);
            }
        }
        for (size_t i = 0; i < body_.methods.size(); ++i) {
            checkMethod(i, body_.methods[i]);
        }
        for (size_t i = 0; i < body_.signatures.size(); ++i) {
            checkSignature(fmt::format("signature s{}", i), body_.signatures[i]);
        }
    }

    void checkMethod(size_t index, const Method& method) {
        std::string what = fmt::format("method m{} ({})", index, method.name);
        checkSignature(what, method.signature);
        if (!method.isIntrinsic()) {
            if (!method.intrinsicNamespace.empty() || !method.intrinsicClass.empty()) {
                errors_.add(kWhole, 1, "{} is an intrinsic without a method name", what);
            }
            if (!method.cell.valid() || method.cell.index() >= body_.pool.size()) {
                errors_.add(kWhole, 1, "{} has no pool cell", what);
            }
            return;
        }
        if (method.intrinsicNamespace.empty() || method.intrinsicClass.empty()) {
            errors_.add(kWhole, 1, "{} is an intrinsic without namespace or class", what);
        }
        if (method.cell.valid()) {
            errors_.add(kWhole, 1, "{} is an intrinsic with a pool cell", what);
        }
    }

    void checkSignature(std::string_view what, const Signature& signature) {
        if (signature.params.size() > std::numeric_limits<uint16_t>::max()) {
            errors_.add(kWhole, 1, "{} has {} parameters", what, signature.params.size());
        }
        for (size_t i = 0; i < signature.params.size(); ++i) {
            if (signature.params[i] == Type::Void) {
                errors_.add(kWhole, 1, "{}: parameter {} is void", what, i);
            }
        }
    }

    void checkOperand(const Instruction& instruction) {
        // Short forms without an operand, such as ldloc.2, are checked as what they stand for.
        auto [opcode, operand] = generalForm(instruction.opcode, instruction.operand);
        if (info(instruction.opcode).operand == OperandKind::None && instruction.operand != 0) {
            errors_.add(at_, 2, "{} has no operand", info(instruction.opcode).mnemonic);
        }
        bool oneByte = operandSize(info(instruction.opcode).operand) == 1;
        if (oneByte && shortestForm(opcode, operand) == opcode) {
            errors_.add(at_, 2, "{} does not fit {}", operand, info(instruction.opcode).mnemonic);
        }
        switch (info(opcode).operand) {
            case OperandKind::Argument:
                return checkIndex("argument", operand, body_.signature.params.size());
            case OperandKind::Local:
                return checkIndex("local", operand, body_.locals.size());
            case OperandKind::Method:
                return checkIndex("method", operand, body_.methods.size());
            case OperandKind::Signature:
                return checkIndex("signature", operand, body_.signatures.size());
            case OperandKind::Pool:
                return checkIndex("pool entry", operand, body_.pool.size());
            case OperandKind::Position:
                return checkIndex("position", operand, body_.positions.size());
            case OperandKind::Label:
                checkIndex("label", operand, body_.labelCount);
                return checkBinding(opcode, operand);
            case OperandKind::Int32:
                if (!std::in_range<int32_t>(operand)) {
                    errors_.add(at_, 2, "{} does not fit int32", operand);
                }
                return;
            case OperandKind::None:
            case OperandKind::Int64:
            case OperandKind::Float64:
            case OperandKind::Switch:
            case OperandKind::ShortInt32:
            case OperandKind::ShortArgument:
            case OperandKind::ShortLocal:
                return;  // any value will do; short kinds have become long ones
        }
    }

    void checkIndex(std::string_view what, int64_t index, size_t size) {
        if (static_cast<uint64_t>(index) >= size) {
            errors_.add(at_, 2, "{} {} does not exist, there are {}", what, index, size);
        }
    }

    void checkBinding(Opcode opcode, int64_t operand) {
        auto label = static_cast<uint64_t>(operand);
        if (opcode == Opcode::Label && label < labels_.size() && labels_[label] != at_) {
            errors_.add(at_, 3, "label L{} is bound twice", label);
        }
    }

    void checkTargets(const Instruction& instruction) {
        if (info(instruction.opcode).flow == Flow::Switch) {
            checkIndex("list of targets", instruction.operand, body_.switches.size());
            for (LabelId target : switchTargets(body_, instruction)) {
                checkIndex("label", target.index(), body_.labelCount);
            }
        }
        forEachTarget(body_, instruction, [&](LabelId target) {
            if (target.index() >= labels_.size()) {
                return;
            }
            uint32_t position = labels_[target.index()];
            if (position == kUnbound) {
                errors_.add(at_, 4, "label L{} is not bound", target.index());
            } else if (!lastInstruction_ || position > *lastInstruction_) {
                errors_.add(at_, 4, "no instruction follows label L{}", target.index());
            }
        });
    }

    void checkPrefix(Opcode opcode) {
        if (info(opcode).flow != Flow::Prefix) {
            return;
        }
        std::optional<Opcode> next;
        if (at_ + 1 < body_.code.size()) {
            next = body_.code[at_ + 1].opcode;
        }
        if (opcode == Opcode::Volatile && !(next && accessesMemory(*next))) {
            errors_.add(at_, 6, "volatile. is not directly before a load or store through an address");
        }
        if (opcode == Opcode::Tail && !(next && info(*next).pops == Pops::Arguments)) {
            errors_.add(at_, 6, "tail. is not directly before call or calli");
        }
    }

    static bool accessesMemory(Opcode opcode) {
        Pops pops = info(opcode).pops;
        return pops == Pops::Address || pops == Pops::StoreInt32 || pops == Pops::StoreInt64 ||
               pops == Pops::StoreNative || pops == Pops::StoreDouble;
    }

    void findLastInstruction() {
        for (size_t i = body_.code.size(); i-- > 0;) {
            if (info(body_.code[i].opcode).flow != Flow::Marker) {
                lastInstruction_ = static_cast<uint32_t>(i);
                return;
            }
        }
    }

    void checkEnd() {
        if (!lastInstruction_) {
            errors_.add(kWhole, 5, "there are no instructions");
        } else if (fallsThrough(body_.code[*lastInstruction_].opcode)) {
            errors_.add(*lastInstruction_, 5, "control falls off the end");
        }
    }

    const Body& body_;
    Errors& errors_;
    std::vector<uint32_t> labels_;
    std::optional<uint32_t> lastInstruction_;
    uint32_t at_ = 0;
};

}  // namespace

void checkSyntax(const Body& body, Errors& errors) {
    SyntaxCheck(body, errors).run();
}

}  // namespace pyjion::cil
