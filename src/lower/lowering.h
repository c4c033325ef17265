// SPDX-License-Identifier: MIT
// The state of one lowering, shared by the files of this folder: the method being built, where values live, and the
// exits. Each instruction has one visit() (one file per family); hir::dispatch makes a missing one a compile error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/iterator_kinds.h"
#include "base/result.h"
#include "cil/builder.h"
#include "hir/generated/views.h"
#include "lower/input.h"
#include "lower/pool.h"
#include "runtime/helper_table.h"

namespace pyjion::python {
struct Elements;
}

namespace pyjion::lower {

class ExitWriter;

class Lowering {
  public:
    explicit Lowering(const Input& input);
    ~Lowering();
    base::Result<Lowered, std::string> run();

    // control.cpp
    void visit(hir::Jump i);
    void visit(hir::Branch i);
    void visit(hir::ResumeSwitch i);
    void visit(hir::Return i);
    void visit(hir::ReturnInt i);
    void visit(hir::Deoptimise i);
    void visit(hir::SnapshotInstr i);
    void visit(hir::ForcedExit i);
    void visit(hir::CheckPending i);
    void visit(hir::CheckTracing i);
    void visit(hir::CountLoop i);
    // frame.cpp
    void visit(hir::EntryLocal i);
    void visit(hir::ReadName i);
    void visit(hir::EntryStack i);
    void visit(hir::LoadLocal i);
    void visit(hir::PeekLocal i);
    void visit(hir::PeekCell i);
    void visit(hir::GuardFound i);
    void visit(hir::LoadSuperMethod i);
    void visit(hir::LoadBoundLocal i);
    void visit(hir::LocalInt i);
    void visit(hir::LocalDouble i);
    void visit(hir::LocalBool i);
    void visit(hir::CopyLocal i);
    void visit(hir::StoreLocal i);
    void visit(hir::GuardBound i);
    void visit(hir::GuardPlainLocal i);
    void visit(hir::WriteBackInt i);
    void visit(hir::WriteBackDouble i);
    void visit(hir::WriteBackBool i);
    void visit(hir::CopySlot i);
    void visit(hir::IncRef i);
    void visit(hir::Borrow i);
    void visit(hir::DecRef i);
    void visit(hir::ReleaseInOrder i);
    // constants.cpp
    void visit(hir::LoadConst i);
    void visit(hir::KnownObject i);
    void visit(hir::ConstInt i);
    void visit(hir::ConstDouble i);
    void visit(hir::ConstBool i);
    void visit(hir::Null i);
    // generic.cpp
    void visit(hir::BinaryOp i);
    void visit(hir::CompareOp i);
    void visit(hir::UnaryOp i);
    void visit(hir::IsOp i);
    void visit(hir::IsNone i);
    void visit(hir::ContainsOp i);
    void visit(hir::Truth i);
    void visit(hir::LoadGlobal i);
    void visit(hir::StoreGlobal i);
    void visit(hir::Call i);
    void visit(hir::GetIter i);
    void visit(hir::IterNext i);
    // calls.cpp
    void visit(hir::CallFunction i);
    void visit(hir::CallFunctionInt i);
    void visit(hir::CallOperator i);
    void visit(hir::CallGetter i);
    void visit(hir::FinishOperator i);
    // operations.cpp
    void visit(hir::Operate i);
    void visit(hir::Perform i);
    void visit(hir::Spread i);
    void visit(hir::TakeStack i);
    void visit(hir::ChangeLocal i);
    // exceptions.cpp
    void visit(hir::PushExcInfo i);
    void visit(hir::PopExcept i);
    void visit(hir::CheckExcMatch i);
    void visit(hir::CheckGroupMatch i);
    void visit(hir::PrepareReraise i);
    void visit(hir::Raise i);
    void visit(hir::RaiseHandled i);
    void visit(hir::Reraise i);
    void visit(hir::EndAsyncFor i);
    void visit(hir::LoadAssertionError i);
    void visit(hir::LookUpContext i);
    void visit(hir::CallNoArguments i);
    void visit(hir::WithExceptStart i);
    // generators.cpp
    void visit(hir::ReturnGenerator i);
    void visit(hir::YieldValue i);
    void visit(hir::Send i);
    void visit(hir::GetYieldFromIter i);
    void visit(hir::GetAwaitable i);
    void visit(hir::GetAsyncIter i);
    void visit(hir::GetAsyncNext i);
    void visit(hir::WrapAsyncValue i);
    // guards.cpp
    void visit(hir::IsNull i);
    void visit(hir::AssumeNotNull i);
    void visit(hir::AssumeType i);
    void visit(hir::GuardTrue i);
    void visit(hir::GuardType i);
    void visit(hir::GuardUnshared i);
    void visit(hir::GuardGlobalNames i);
    void visit(hir::NamesVersion i);
    void visit(hir::GuardNamesUnchanged i);
    void visit(hir::GuardGlobal i);
    void visit(hir::UnboxInt i);
    void visit(hir::UnboxDouble i);
    void visit(hir::UnboxAsDouble i);
    void visit(hir::UnboxBool i);
    void visit(hir::BoxInt i);
    void visit(hir::BoxDouble i);
    void visit(hir::BoxBool i);
    void visit(hir::BoxNumber i);
    void visit(hir::TestInt i);
    void visit(hir::BoxIntIf i);
    void visit(hir::BoxDoubleIf i);
    void visit(hir::BoxBoolIf i);
    // accesses.cpp
    void visit(hir::GuardVersion i);
    void visit(hir::TestVersion i);
    void visit(hir::TestFound i);
    template <typename View>
    void compareVersions(View i, cil::LabelId found);
    void visit(hir::GuardNotDerived i);
    void visit(hir::GuardModule i);
    void visit(hir::GuardSharedNames i);
    void visit(hir::GuardFields i);
    void visit(hir::GuardThere i);
    void visit(hir::GuardNotOwn i);
    void visit(hir::PeekOwn i);
    void visit(hir::ExchangeOwn i);
    void visit(hir::ExchangeField i);
    void visit(hir::InitialiseField i);
    void visit(hir::ExchangeMember i);
    void visit(hir::LoadFound i);
    void visit(hir::PeekFound i);
    void visit(hir::GuardIndex i);
    void visit(hir::GuardSize i);
    void visit(hir::ExchangeItem i);
    void visit(hir::ExchangeItemDouble i);
    void visit(hir::ExchangeFieldDouble i);
    void visit(hir::PeekField i);
    void visit(hir::PeekMember i);
    void visit(hir::PeekItem i);
    // elements.cpp
    void visit(hir::GuardElements i);
    void visit(hir::LoadElementInt i);
    void visit(hir::LoadElementDouble i);
    void visit(hir::StoreElementInt i);
    void visit(hir::StoreElementDouble i);
    // inlined.cpp
    void visit(hir::GuardCallee i);
    void visit(hir::GuardSignature i);
    void visit(hir::GuardQuietEnd i);
    void visit(hir::ReleaseQuietly i);
    void visit(hir::GuardClass i);
    void visit(hir::NewInstance i);
    void visit(hir::InlinedReturn i);
    void visit(hir::QuietBinaryOp i);
    void visit(hir::QuietCompareOp i);
    void visit(hir::QuietTruth i);
    void visit(hir::QuietContains i);
    void visit(hir::QuietGlobal i);
    void visit(hir::QuietOperate i);
    void visit(hir::QuietLength i);
    void visit(hir::TestNone i);
    void visit(hir::TestNotImplemented i);
    void visit(hir::TestSame i);
    // self_calls.cpp
    void visit(hir::OwnFunction i);
    void visit(hir::PassedObject i);
    void visit(hir::PassedInt i);
    void visit(hir::GuardSelf i);
    void visit(hir::GuardOwnName i);
    void visit(hir::GuardRoom i);
    void visit(hir::CountSelf i);
    void visit(hir::CallSelf i);
    void visit(hir::CallSelfInt i);
    void visit(hir::PassBack i);
    void visit(hir::PassBackInt i);
    // integers.cpp
    void visit(hir::CheckedIntAdd i);
    void visit(hir::CheckedIntSubtract i);
    void visit(hir::CheckedIntMultiply i);
    void visit(hir::CheckedIntFloorDivide i);
    void visit(hir::CheckedIntModulo i);
    void visit(hir::CheckedIntTrueDivide i);
    void visit(hir::CheckedIntNegate i);
    void visit(hir::CheckedIntToDouble i);
    void visit(hir::IntAnd i);
    void visit(hir::IntOr i);
    void visit(hir::IntXor i);
    void visit(hir::IntCompare i);
    void visit(hir::IntAddUnchecked i);
    void visit(hir::BoolNot i);
    void visit(hir::BoolAnd i);
    // doubles.cpp
    void visit(hir::DoubleAdd i);
    void visit(hir::DoubleSubtract i);
    void visit(hir::DoubleMultiply i);
    void visit(hir::CheckedDoubleTrueDivide i);
    void visit(hir::CheckedDoubleFloorDivide i);
    void visit(hir::CheckedDoubleModulo i);
    void visit(hir::CheckedDoublePower i);
    void visit(hir::CheckedMath i);
    void visit(hir::DoubleNegate i);
    void visit(hir::CheckedWhole i);
    void visit(hir::DoubleCompare i);
    // ranges.cpp
    void visit(hir::UnpackRangeNext i);
    void visit(hir::UnpackRangeStep i);
    void visit(hir::UnpackRangeLimit i);
    void visit(hir::RangeLimit i);
    void visit(hir::GuardIterator i);
    void visit(hir::IteratorHasNext i);
    void visit(hir::IteratorCount i);
    void visit(hir::AdvanceIterator i);
    void visit(hir::IterEnd i);
    void visit(hir::RangeHasNext i);
    void visit(hir::AdvanceRange i);
    void visit(hir::MakeRangeIter i);

  private:
    friend class ExitWriter;
    friend class DirectCall;

    static constexpr uint32_t kResumeArgument = 2;

    const hir::Function& function() const { return *input_.function; }
    const hir::Value& value(hir::ValueId id) const { return function().values[id]; }
    const hir::Instr* definition(hir::ValueId id) const;

    // values.cpp
    void analyseUses();
    static cil::Type cilType(hir::Type type);
    hir::ValueId sameObject(hir::ValueId id) const;
    /// Gives an instruction the object of its operand as its result.
    void passOn(hir::ValueId input, hir::ValueId result);
    cil::LocalId localOf(hir::ValueId value);
    // local_reuse.cpp
    void findLastUses();
    void releaseLocals(hir::InstrId instr);

    /// Pushes a value on the evaluation stack.
    void push(hir::ValueId value);
    /// Pops the evaluation stack into a value's local.
    void pop(hir::ValueId value);
    std::optional<int64_t> constantInt(hir::ValueId value) const;
    /// A new object that nothing but exits uses: exits make it themselves.
    bool isSunk(hir::ValueId value) const;
    /// A condition that the branch at the end of its block computes itself.
    bool isFused(hir::ValueId value) const;
    bool isMaterialised(hir::ValueId value) const;

    // emit.cpp: idioms of a few instructions
    void takeReference(hir::ValueId object);
    /// One reference more (Add), or one less (Sub) to an object that has others.
    void changeReferences(hir::ValueId object, cil::Opcode operation);
    void changeReferences(cil::LocalId object, cil::Opcode operation);
    /// The same for the object of which two copies are on the evaluation stack.
    void changeCount(cil::Opcode operation);
    /// Adds or takes one away from the total that CPython's debug build keeps, see abi::kReferencesAreTotalled.
    void totalReferences(cil::Opcode operation);
    void loadSlot(hir::ValueId result, uint32_t local);
    void pushNamesVersion();
    void combineBits(hir::InstrView i, cil::Opcode opcode);
    void pushNameSite(uint32_t local);
    void pushSlotObject(uint32_t local);
    void storeOverPlain(uint32_t local, cil::LocalId object);
    void pushTypeField(hir::ValueId object, int32_t offset, cil::Opcode load);
    void pushElementAddress(hir::ValueId owner, hir::ValueId place, const python::Elements& kind);
    void loadElement(hir::ValueId result, hir::ValueId owner, hir::ValueId place, const python::Elements& kind);
    void pushFieldAddress(hir::ValueId owner, uint32_t index);
    void noteInsertion(hir::ValueId owner, uint32_t index);
    void pushValues(hir::ValueId instance, cil::LabelId none);
    void exchangeValue(hir::ValueId result, hir::ValueId owner, uint32_t index, hir::ValueId value,
                       cil::LocalId address);
    void exchangeDouble(hir::ValueId result, cil::LocalId address, hir::ValueId number, bool mayBeNull);
    void pushItemAddress(hir::ValueId sequence, hir::ValueId place);
    /// Takes a reference from the object in a CIL local, or from null when it may be that, and returns whether it was
    /// the last one: goes on behind when it was not.
    void branchIfAlive(cil::LocalId object, bool mayBeNull, cil::LabelId alive);
    void releaseInline(hir::InstrView i, cil::LocalId object, bool mayBeNull);
    /// The CIL local of an object, for a constant one that it is put into.
    cil::LocalId asLocal(hir::ValueId object);
    void callReleasing(hir::InstrView i, runtime::Helper helper, runtime::Helper andStay);
    void pushTypeObject(hir::Type type);
    void pushOneDigit(hir::ValueId object, cil::LabelId large);
    void takeCachedGlobal(hir::ValueId result, PoolRecipe site, std::string_view name, cil::LabelId done);
    void branchIfGlobalsChanged(PoolRecipe site, std::string_view name, cil::LabelId changed);
    void pushNewBool(hir::ValueId input);
    struct SlotWrite {
        hir::ValueId written, input, same;
        uint32_t local, from;
    };
    /// `writer`, if there is one, puts the number into the slot as it is.
    void writeBack(const SlotWrite& write, void (Lowering::*pushBox)(hir::ValueId),
                   std::optional<runtime::Helper> writer);
    void takeObjectOfSlot(uint32_t slot, cil::LocalId object);
    void pushNewInt(hir::ValueId input);
    void pushNewDouble(hir::ValueId input);
    cil::LocalId scratch(cil::Type type, std::string_view name);
    void pushFrameField(int32_t offset, cil::Opcode load);
    void pushField(hir::ValueId object, int32_t offset, cil::Opcode load);
    void pushFrameAddress(int32_t offset);
    void pushThread();
    void pushFrame();
    void pushPool(PoolRecipe recipe, std::string_view name);
    void pushSite(uint32_t site);
    void callHelper(runtime::Helper helper);
    cil::MethodId helperMethod(runtime::Helper helper);
    /// Records in the frame which instruction runs, unless it is recorded already.
    void recordPosition(uint32_t bytecode);
    void pushTracingFlag();
    void op(cil::Opcode opcode) { cil_.emit(opcode); }
    int32_t slotOffset(uint32_t slot) const;
    /// The first slot above the value stack of a snapshot.
    uint32_t freeSlot(hir::SnapshotId snapshot) const;

    // inlined.cpp
    void pushThreadField(int32_t offset, cil::Opcode load);
    void countRun(uint32_t callee);
    void finishQuiet(hir::InstrView i);
    void finishQuietDecision(hir::InstrView i);
    void guardCode(hir::ValueId function, uint32_t callee, cil::LabelId exit);
    void guardRoom(hir::GuardCallee i, cil::LabelId exit);

    // self_calls.cpp
    void describeFrameless();
    cil::Type selfResult() const;
    int32_t levelsAt(uint32_t unit) const;
    void enterSelf(hir::InstrView call);

    // control.cpp
    void enterBlock(hir::BlockId block);
    void passArguments(const hir::Target& target);
    bool needsMoves(const hir::Target& target) const;
    cil::LabelId labelOf(hir::BlockId block);
    void leaveIfObserved(hir::InstrView i, bool returnsObject);
    void branchIf(hir::ValueId condition, cil::LabelId target);
    void startCountdown();

    // replay.cpp
    void startReplay();
    void pushReplay(uint32_t origin);
    bool showsNames(hir::InstrId id) const;
    void replayNames(hir::InstrId id, runtime::Helper told);
    void replayInstruction(hir::InstrId id);
    void replayJump(uint32_t origin);
    void replayReturn(hir::InstrView i, hir::ValueId result);
    bool isAheadOfCount(hir::SnapshotId snapshot) const;

    // operations.cpp
    void storeOperands(hir::InstrView i, size_t first);
    void callOperation(hir::InstrView i, hir::Operation operation, uint32_t argument, uint32_t site);
    void pushParameter(hir::InstrView i, char parameter, size_t& operand, uint32_t argument, uint32_t site);

    /// The next instruction of the block that does something.
    std::optional<hir::InstrId> nextInstruction(hir::InstrView i) const;
    std::optional<uint32_t> storedLocal(hir::BinaryOp i) const;
    std::optional<hir::Truth> truthOf(hir::CompareOp i) const;
    /// The result (on the evaluation stack) of a helper that fails with null: stored, and an exit taken on failure.
    void finishObjectHelper(hir::InstrView i);
    /// The same for helpers that fail with -1.
    void finishStatusHelper(hir::InstrView i);
    void takeTruthOfSingleton(hir::Truth i, cil::LabelId done);
    void takeNextItem(hir::IterNext i, cil::LabelId slow);
    void takeItem(hir::ValueId result, cil::LocalId items, cil::LocalId index);
    void nextByHelper(hir::InstrView i, hir::ValueId iterator, uint32_t site, cil::LabelId fine);
    void pushInnerIterator(hir::ValueId iterator, base::IteratorKind kind, uint32_t which);
    void keepInPair(hir::AdvanceIterator i, int32_t place);
    void checkReusedPair(hir::ValueId iterator, base::IteratorKind kind, cil::LabelId exit);
    void pushAt(cil::LocalId object, int32_t offset, cil::Opcode load);
    bool isCertainlyFunction(hir::ValueId callable);
    void finishIntHelper(hir::InstrView i);
    void callFunction(hir::InstrView call, runtime::Helper first, runtime::Helper other);
    void finishDecision(hir::InstrView i, cil::LabelId exit);
    /// Leaves when the Int64 local is outside of -2^62 <= x < 2^62.
    void checkRange(cil::LocalId local, cil::LabelId exit);
    void addOrSubtract(hir::InstrView i, hir::ValueId left, hir::ValueId right, cil::Opcode opcode);
    void roundsToDouble(hir::ValueId input, cil::LabelId exit);
    void checkedDivisor(hir::ValueId divisor, cil::LabelId exit);
    void leaveOnZero(hir::ValueId divisor, cil::LabelId exit);
    void compareAsValue(hir::InstrView i, hir::ValueId left, hir::ValueId right, hir::CompareOperator op, bool floats);

    const Input& input_;
    Lowered result_;
    cil::Builder cil_;
    Pool pool_;
    const std::unique_ptr<ExitWriter> exitWriter_;  // it is built on this class
    ExitWriter& exits_;

    std::vector<cil::LabelId> labels_;                   // by block
    std::vector<cil::LocalId> locals_;                   // by value
    std::vector<uint32_t> uses_;                         // by value: operands and block arguments
    std::vector<uint32_t> snapshotUses_;                 // by value
    std::vector<bool> fused_;                            // by value
    std::vector<std::vector<hir::ValueId>> endsAt_;      // by instruction: values whose CIL locals are free behind it
    std::vector<std::vector<cil::LocalId>> freeLocals_;  // by cil::Type
    std::unordered_map<uint16_t, cil::MethodId> helpers_;
    std::unordered_map<std::string, cil::LocalId> scratches_;
    hir::InstrId current_;  // instruction
    size_t place_ = 0;      // of it in its block
    hir::ValueId taken_;    // the truth that the comparison before it has computed
    uint32_t recordedPosition_ = UINT32_MAX;
    uint32_t markedPosition_ = UINT32_MAX;
    cil::LocalId countdown_;
    cil::LocalId replay_;
};

}  // namespace pyjion::lower
