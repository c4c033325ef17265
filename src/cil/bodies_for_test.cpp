// SPDX-License-Identifier: MIT
#include "cil/bodies_for_test.h"

#include <limits>

#include "cil/builder.h"

namespace pyjion::cil {

Body collatzBody() {
    Body body;
    body.name = "collatz";
    body.signature = {Type::Int64, {Type::NativeInt, Type::Int64}};
    Builder b(body);
    LocalId n = b.newLocal(Type::Int64, "n");
    LocalId steps = b.newLocal(Type::Int64, "steps");
    PoolId counter = b.pool("counter");
    PoolId cell = b.pool("PyLong_FromLongLong");
    MethodId box = b.helper("PyLong_FromLongLong", {Type::NativeInt, {Type::Int64}}, cell);
    MethodId root = b.intrinsic("System", "Math", "Sqrt", {Type::Double, {Type::Double}});
    LabelId loop = b.newLabel();
    LabelId even = b.newLabel();
    LabelId done = b.newLabel();
    b.mark(0, 1);
    b.ldarg(1);
    b.stloc(n);
    b.bind(loop);
    b.mark(4, 2);
    b.ldloc(n);
    b.ldcI8(1);
    b.branch(Opcode::Beq, done);
    b.ldloc(n);
    b.ldcI8(1);
    b.emit(Opcode::And);
    b.branch(Opcode::Brfalse, even);
    b.mark(10, 3);
    b.ldloc(n);
    b.ldcI8(3);
    b.emit(Opcode::Mul);
    b.ldcI8(1);
    b.emit(Opcode::Add);
    b.stloc(n);
    b.branch(Opcode::Br, loop);
    b.bind(even);
    b.mark(18, 4);
    b.ldloc(n);
    b.ldcI4(1);
    b.emit(Opcode::Shr);
    b.stloc(n);
    b.ldloc(steps);
    b.ldcI8(1);
    b.emit(Opcode::Add);
    b.stloc(steps);
    b.branch(Opcode::Br, loop);
    b.bind(done);
    b.mark(24, 6);
    b.loadPool(counter);
    b.ldloc(steps);
    b.call(box);
    b.emit(Opcode::StindI);
    b.ldcR8(2.0);
    b.call(root);
    b.emit(Opcode::ConvI8);
    b.ldloc(steps);
    b.emit(Opcode::Add);
    b.emit(Opcode::Ret);
    return body;
}

Body everyOpcodeBody() {
    Body body;
    body.name = "every \"opcode\"\n\\";
    body.signature = {Type::Void, std::vector<Type>(300, Type::Int32)};
    Builder b(body);
    for (int i = 0; i < 300; ++i) {
        b.newLocal(i % 2 == 0 ? Type::Int64 : Type::Double, i == 4 ? "caf\xc3\xa9" : "");
    }
    PoolId cell = b.pool("cell // no comment");
    b.pool("second");
    b.helper("helper", {Type::Void, {}}, cell);
    b.signature({Type::Void, {}});
    b.signature({Type::Double, {Type::Int32, Type::Int64, Type::NativeInt, Type::Double}});
    LabelId start = b.newLabel();
    LabelId end = b.newLabel();
    b.bind(start);
    for (size_t i = 0; i < kOpcodeCount; ++i) {
        auto opcode = static_cast<Opcode>(i);
        switch (info(opcode).operand) {
            case OperandKind::None:
                b.emit(opcode);
                break;
            case OperandKind::ShortInt32:
                body.code.push_back({opcode, -77});
                break;
            case OperandKind::Int32:
                b.ldcI4(128);
                b.ldcI4(std::numeric_limits<int32_t>::min());
                break;
            case OperandKind::Int64:
                b.ldcI8(std::numeric_limits<int64_t>::min());
                b.ldcI8(5);
                break;
            case OperandKind::Float64:
                for (double value : {1.5, -0.0, 1e300, 0.1, 3.0, 5e-324, std::numeric_limits<double>::infinity(),
                                     std::numeric_limits<double>::quiet_NaN()}) {
                    b.ldcR8(value);
                }
                break;
            case OperandKind::ShortArgument:
            case OperandKind::ShortLocal:
                body.code.push_back({opcode, 200});
                break;
            case OperandKind::Argument:
            case OperandKind::Local:
                body.code.push_back({opcode, 299});
                break;
            case OperandKind::Label:
                if (opcode != Opcode::Label) {
                    b.branch(opcode, i % 2 == 0 ? start : end);
                }
                break;
            case OperandKind::Switch:
                b.switchOn({start, end, start});
                b.switchOn({});
                break;
            case OperandKind::Method:
                b.call(MethodId(0));
                break;
            case OperandKind::Signature:
                b.calli(SignatureId(1));
                break;
            case OperandKind::Pool:
                b.loadPool(PoolId(1));
                break;
            case OperandKind::Position:
                b.mark(70, 12);
                break;
        }
    }
    b.bind(end);
    b.emit(Opcode::Ret);
    return body;
}

namespace {

/// Builds wellTypedBody. Each part leaves the stack as it found it: empty.
class WellTyped {
  public:
    explicit WellTyped(Body& body) : body_(body), b_(body) {}

    void build() {
        body_.name = "well_typed";
        body_.signature = {Type::Int32, {Type::NativeInt, Type::Int64, Type::Double, Type::Int32}};
        for (Type type : {Type::NativeInt, Type::Int64, Type::Double, Type::Int32}) {
            locals_.push_back(b_.newLocal(type, "v"));
        }
        places();
        constants();
        memory();
        arithmetic();
        conversions();
        comparisons();
        calls();
        b_.ldcI4(0);
        b_.emit(Opcode::Ret);
    }

  private:
    void op(Opcode opcode) { b_.emit(opcode); }
    void raw(Opcode opcode, int64_t operand) { body_.code.push_back({opcode, operand}); }
    void drop() { b_.emit(Opcode::Pop); }

    void places() {
        for (uint32_t i = 0; i < 4; ++i) {
            b_.ldarg(i);
            b_.stloc(locals_[i]);
            b_.ldloc(locals_[i]);
            b_.starg(i);
            b_.ldloca(locals_[i]);
            drop();
            raw(Opcode::LdargS, i);
            raw(Opcode::StlocS, i);
            raw(Opcode::LdlocS, i);
            raw(Opcode::StargS, i);
            raw(Opcode::LdlocaS, i);
            drop();
        }
        const Opcode loadArg[] = {Opcode::Ldarg0, Opcode::Ldarg1, Opcode::Ldarg2, Opcode::Ldarg3};
        const Opcode load[] = {Opcode::Ldloc0, Opcode::Ldloc1, Opcode::Ldloc2, Opcode::Ldloc3};
        const Opcode store[] = {Opcode::Stloc0, Opcode::Stloc1, Opcode::Stloc2, Opcode::Stloc3};
        for (size_t i = 0; i < 4; ++i) {
            op(loadArg[i]);
            op(store[i]);
            op(load[i]);
            drop();
        }
    }

    void constants() {
        for (Opcode opcode : {Opcode::LdcI4M1, Opcode::LdcI40, Opcode::LdcI41, Opcode::LdcI42, Opcode::LdcI43,
                              Opcode::LdcI44, Opcode::LdcI45, Opcode::LdcI46, Opcode::LdcI47, Opcode::LdcI48}) {
            op(opcode);
            b_.stloc(locals_[3]);
        }
        raw(Opcode::LdcI4S, -100);
        b_.stloc(locals_[3]);
        b_.ldcI8(7);
        b_.stloc(locals_[1]);
        b_.ldcR8(0.5);
        b_.stloc(locals_[2]);
        op(Opcode::Ldnull);
        drop();
        op(Opcode::Nop);
        b_.mark(1, 1);
        b_.loadPool(b_.pool("word"));
        op(Opcode::Dup);
        drop();
        b_.stloc(locals_[0]);
    }

    void memory() {
        for (Opcode opcode : {Opcode::LdindI1, Opcode::LdindU1, Opcode::LdindI2, Opcode::LdindU2, Opcode::LdindI4,
                              Opcode::LdindU4, Opcode::LdindI, Opcode::LdindI8, Opcode::LdindR8}) {
            b_.ldloc(locals_[0]);
            b_.ldcI4(8);
            op(Opcode::Add);  // native int and int32
            op(Opcode::Volatile);
            op(opcode);
            drop();
        }
        store(Opcode::StindI1, 3);
        store(Opcode::StindI2, 3);
        store(Opcode::StindI4, 3);
        store(Opcode::StindI8, 1);
        store(Opcode::StindI, 0);
        store(Opcode::StindR8, 2);
    }

    void store(Opcode opcode, size_t value) {
        b_.ldloc(locals_[0]);
        b_.ldloc(locals_[value]);
        op(Opcode::Volatile);
        op(opcode);
    }

    void two(Opcode opcode, size_t left, size_t right, size_t result) {
        b_.ldloc(locals_[left]);
        b_.ldloc(locals_[right]);
        op(opcode);
        b_.stloc(locals_[result]);
    }

    void arithmetic() {
        for (Opcode opcode : {Opcode::Add, Opcode::Sub, Opcode::Mul, Opcode::Div, Opcode::Rem}) {
            two(opcode, 2, 2, 2);
        }
        for (Opcode opcode : {Opcode::Add, Opcode::Sub, Opcode::Mul, Opcode::Div, Opcode::Rem, Opcode::DivUn,
                              Opcode::RemUn, Opcode::And, Opcode::Or, Opcode::Xor}) {
            two(opcode, 0, 0, 0);
            two(opcode, 1, 1, 1);
            two(opcode, 3, 3, 3);
            two(opcode, 0, 3, 0);
            two(opcode, 3, 0, 0);
        }
        for (Opcode opcode : {Opcode::Shl, Opcode::Shr, Opcode::ShrUn}) {
            two(opcode, 1, 3, 1);
            two(opcode, 3, 0, 3);
            two(opcode, 0, 3, 0);
        }
        for (size_t i = 0; i < 4; ++i) {
            b_.ldloc(locals_[i]);
            op(Opcode::Neg);
            b_.stloc(locals_[i]);
            if (i != 2) {
                b_.ldloc(locals_[i]);
                op(Opcode::Not);
                b_.stloc(locals_[i]);
            }
        }
    }

    void conversions() {
        struct {
            Opcode opcode;
            size_t result;
        } rows[] = {{Opcode::ConvI1, 3}, {Opcode::ConvI2, 3}, {Opcode::ConvI4, 3}, {Opcode::ConvU1, 3},
                    {Opcode::ConvU2, 3}, {Opcode::ConvU4, 3}, {Opcode::ConvI8, 1}, {Opcode::ConvU8, 1},
                    {Opcode::ConvI, 0},  {Opcode::ConvU, 0},  {Opcode::ConvR8, 2}, {Opcode::ConvRUn, 2}};
        for (auto [opcode, result] : rows) {
            for (size_t from = 0; from < 4; ++from) {
                if (opcode == Opcode::ConvRUn && from == 2) {
                    continue;
                }
                b_.ldloc(locals_[from]);
                op(opcode);
                b_.stloc(locals_[result]);
            }
        }
    }

    void comparisons() {
        LabelId next = b_.newLabel();
        for (Opcode opcode : {Opcode::Ceq, Opcode::Cgt, Opcode::CgtUn, Opcode::Clt, Opcode::CltUn}) {
            for (size_t i = 0; i < 4; ++i) {
                two(opcode, i, i, 3);
            }
            two(opcode, 0, 3, 3);
        }
        for (Opcode opcode : {Opcode::Beq, Opcode::Bge, Opcode::Bgt, Opcode::Ble, Opcode::Blt, Opcode::BneUn,
                              Opcode::BgeUn, Opcode::BgtUn, Opcode::BleUn, Opcode::BltUn}) {
            for (size_t i = 0; i < 4; ++i) {
                b_.ldloc(locals_[i]);
                b_.ldloc(locals_[i]);
                b_.branch(opcode, next);
            }
        }
        for (size_t i : {0, 1, 3}) {
            b_.ldloc(locals_[i]);
            b_.branch(Opcode::Brtrue, next);
            b_.ldloc(locals_[i]);
            b_.branch(Opcode::Brfalse, next);
        }
        b_.ldcI4(2);
        b_.switchOn({next, next});
        b_.branch(Opcode::Br, next);
        b_.bind(next);
    }

    void calls() {
        PoolId cell = b_.pool("helper");
        Signature signature = {Type::Double, {Type::NativeInt, Type::Int64, Type::Double, Type::Int32}};
        MethodId helper = b_.helper("helper", signature, cell);
        for (LocalId local : locals_) {
            b_.ldloc(local);
        }
        b_.call(helper);
        drop();
        for (LocalId local : locals_) {
            b_.ldloc(local);
        }
        b_.loadPool(cell);
        b_.calli(b_.signature(signature));
        b_.call(b_.intrinsic("System", "Math", "Sqrt", {Type::Double, {Type::Double}}));
        drop();
    }

    Body& body_;
    Builder b_;
    std::vector<LocalId> locals_;
};

}  // namespace

Body wellTypedBody() {
    Body body;
    WellTyped(body).build();
    return body;
}

}  // namespace pyjion::cil
