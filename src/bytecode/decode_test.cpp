// SPDX-License-Identifier: MIT
// Decoding compared with what the interpreter's own `dis` module says, over modules of the standard library, before and
// after the interpreter has specialised them.
#include "bytecode/decode.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <tuple>

#include "bytecode/feedback.h"
#include "bytecode/print.h"
#include "python/embedded_interpreter.h"
#include "python/frame.h"
#include "python/thread.h"

namespace pyjion::bytecode {
namespace {

using python::evaluate;
using python::perform;
using python::Ref;
using python::runPython;

constexpr const char* kDescribe = R"(
import dis, importlib.util, types

def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)

def compiled(module):
    spec = importlib.util.find_spec(module)
    with open(spec.origin, 'rb') as file:
        return list(nested(compile(file.read(), spec.origin, 'exec')))

def described(code):
    jumps = set(dis.hasjrel + dis.hasjabs)
    return [(i.offset // 2, i.opname, i.arg or 0,
             -1 if i.positions.lineno is None else i.positions.lineno,
             i.argval // 2 if i.opcode in jumps else -1)
            for i in dis.get_instructions(code) if i.opname != 'EXTENDED_ARG']

def handlers(code):
    return [(e.start // 2, e.end // 2, e.target // 2, e.depth, e.lasti) for e in dis._parse_exception_table(code)]
)";

Code decoded(PyObject* code) {
    auto result = decode(reinterpret_cast<PyCodeObject*>(code));
    EXPECT_TRUE(result.ok()) << result.error() << " in " << python::reprOf(code);
    return result.ok() ? *result : Code{};
}

Code decodedFunction(const Ref<>& names, const char* name) {
    auto function = evaluate(names, name);
    return decoded(PyFunction_GetCode(function.get()));
}

void expectSame(const Code& code, PyObject* described, PyObject* codeObject) {
    ASSERT_EQ(static_cast<Py_ssize_t>(code.instructions.size()), PyList_GET_SIZE(described))
        << python::reprOf(codeObject);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(described); i++) {
        const Instruction& instruction = code.instructions[static_cast<size_t>(i)];
        int index, line, target;
        unsigned int argument;
        const char* name;
        ASSERT_TRUE(PyArg_ParseTuple(PyList_GET_ITEM(described, i), "isIii", &index, &name, &argument, &line, &target));
        ASSERT_EQ(instruction.index, index) << python::reprOf(codeObject);
        ASSERT_EQ(nameOf(instruction.opcode), name) << python::reprOf(codeObject) << " at " << index;
        ASSERT_EQ(instruction.argument, argument) << python::reprOf(codeObject) << " at " << index;
        ASSERT_EQ(instruction.line, line) << python::reprOf(codeObject) << " at " << index;
        ASSERT_EQ(instruction.target, target) << python::reprOf(codeObject) << " at " << index;
        ASSERT_LE(instruction.start, instruction.index);
        ASSERT_EQ(instruction.start, i == 0 ? 0 : code.instructions[static_cast<size_t>(i - 1)].next);
    }
}

void expectSameHandlers(const Code& code, PyObject* list) {
    ASSERT_EQ(static_cast<Py_ssize_t>(code.handlers.size()), PyList_GET_SIZE(list));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        python::ExceptionEntry entry;
        int pushesIndex;
        ASSERT_TRUE(PyArg_ParseTuple(PyList_GET_ITEM(list, i), "iiiip", &entry.start, &entry.end, &entry.target,
                                     &entry.depth, &pushesIndex));
        entry.pushesIndex = pushesIndex != 0;
        const python::ExceptionEntry& ours = code.handlers[static_cast<size_t>(i)];
        EXPECT_EQ(std::tie(ours.start, ours.end, ours.target, ours.depth, ours.pushesIndex),
                  std::tie(entry.start, entry.end, entry.target, entry.depth, entry.pushesIndex));
        EXPECT_EQ(code.handlerFor(entry.end - 1), &ours);
        EXPECT_EQ(python::findHandler(code.object, entry.start), ours);
        EXPECT_TRUE(python::isHandler(code.object, entry.target));
        EXPECT_FALSE(python::isHandler(code.object, entry.target + 1));
        if (code.handlerFor(entry.end) != nullptr) {
            EXPECT_EQ(code.handlerFor(entry.end)->start, entry.end);
        }
    }
}

void expectConsistent(const Code& code) {
    EXPECT_LE(code.maxDepth, code.object->co_stacksize);
    EXPECT_TRUE(code.reducible);
    for (size_t number = 0; number < code.blocks.size(); number++) {
        const Block& block = code.blocks[number];
        for (uint32_t ordinal = block.first; ordinal <= block.last; ordinal++) {
            EXPECT_EQ(code.instructions[ordinal].block, number);
            EXPECT_TRUE(!block.reachable || code.instructions[ordinal].depth != kNone);
        }
        const bool canBeReached = code.instructions[block.first].depth != kNone;
        EXPECT_EQ(canBeReached && number != 0, block.dominator != kNone);
    }
    for (const Instruction& instruction : code.instructions) {
        EXPECT_TRUE(code.isResumePoint(instruction.start) || instruction.opcode == Opcode::PRECALL ||
                    instruction.opcode == Opcode::CALL);
        for (int32_t unit = instruction.index + 1; unit < instruction.next; unit++) {
            EXPECT_FALSE(code.isResumePoint(unit));
            EXPECT_EQ(code.at(unit), nullptr);
        }
    }
}

class StandardLibrary : public testing::TestWithParam<const char*> {};

TEST_P(StandardLibrary, DecodesAsDisSays) {
    auto names = runPython(kDescribe);
    auto codes = evaluate(names, std::string("compiled('") + GetParam() + "')");
    ASSERT_TRUE(codes);
    auto describe = evaluate(names, "described");
    auto handlers = evaluate(names, "handlers");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(codes.get()); i++) {
        PyObject* object = PyList_GET_ITEM(codes.get(), i);
        const Code code = decoded(object);
        ASSERT_FALSE(code.instructions.empty());
        auto described = Ref<>::steal(PyObject_CallOneArg(describe.get(), object));
        expectSame(code, described.get(), object);
        auto list = Ref<>::steal(PyObject_CallOneArg(handlers.get(), object));
        expectSameHandlers(code, list.get());
        expectConsistent(code);
        EXPECT_FALSE(print(code).empty());
    }
    EXPECT_GT(PyList_GET_SIZE(codes.get()), 10);
}

INSTANTIATE_TEST_SUITE_P(Modules, StandardLibrary,
                         testing::Values("dis", "argparse", "typing", "dataclasses", "inspect", "_pydecimal", "difflib",
                                         "asyncio.base_events", "asyncio.tasks", "contextlib", "json.decoder",
                                         "tarfile", "turtle", "subprocess", "test.test_patma", "test.test_except_star",
                                         "test.test_grammar", "test.test_coroutines", "test.test_generators"),
                         [](const auto& parameter) {
                             std::string name = parameter.param;
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

TEST(Decode, SpecialisedCodeDecodesToWhatWasCompiled) {
    auto names = runPython(std::string(kDescribe) + R"(
class Point:
    def __init__(self, x):
        self.x = x
    def get(self):
        return self.x
def hot(n):
    total = 0
    real = 0.0
    text = ''
    items = [1, 2, 3]
    table = {'a': 1}
    point = Point(3)
    for i in range(n):
        total = total + i * 2
        real += 1.5
        text = text + 'x'
        if total > 10:
            items[0] = items[1]
        if real > 3.0 and text == 'y':
            total -= table['a']
        a, b = i, total
        total += len(items) + point.x + point.get()
    return total
hot(200)
)");
    const Code code = decodedFunction(names, "hot");
    auto described = evaluate(names, "described(hot.__code__)");
    expectSame(code, described.get(), reinterpret_cast<PyObject*>(code.object));
    expectConsistent(code);
    size_t specialised = 0;
    std::string seen;
    for (const Instruction& instruction : code.instructions) {
        specialised += instruction.found != instruction.opcode ? 1 : 0;
        const Operands operands = operandsSeen(code, instruction);
        if (operands != Operands::Unknown) {
            seen += std::string(nameOf(operands)) + " ";
        }
    }
    EXPECT_GT(specialised, 20u);
    EXPECT_EQ(seen, "IntInt IntInt FloatFloat StrStr IntInt FloatFloat StrStr IntInt IntInt IntInt ");
}

TEST(Decode, LoopsAreNestedAsInTheSource) {
    auto names = runPython(R"(
def function(rows):
    for row in rows:
        while row:
            if row == 1:
                break
            row -= 1
        else:
            continue
        for item in row:
            if item:
                continue
            print(item)
    return 1
)");
    const Code code = decodedFunction(names, "function");
    std::vector<std::tuple<int32_t, int32_t>> shape;
    for (const Loop& loop : code.loops) {
        shape.emplace_back(code.instructions[code.blocks[loop.header].first].line, loop.depth);
        for (uint32_t latch : loop.latches) {
            EXPECT_TRUE(std::find(loop.blocks.begin(), loop.blocks.end(), latch) != loop.blocks.end());
        }
        if (loop.parent != kNone) {
            EXPECT_EQ(code.loops[static_cast<size_t>(loop.parent)].depth, loop.depth - 1);
        }
    }
    std::sort(shape.begin(), shape.end());
    EXPECT_EQ(shape, (std::vector<std::tuple<int32_t, int32_t>>{{3, 1}, {5, 2}, {10, 2}})) << print(code);
    EXPECT_TRUE(code.reducible);
}

TEST(Decode, HandlersAreNotReachedWithoutExceptions) {
    auto names = runPython(
        "def function(x):\n"
        "    try:\n"
        "        return 1 / x\n"
        "    except ZeroDivisionError:\n"
        "        return 0\n");
    const Code code = decodedFunction(names, "function");
    size_t handlers = 0;
    for (const Block& block : code.blocks) {
        handlers += block.isHandler ? 1 : 0;
        EXPECT_FALSE(block.isHandler && block.reachable);
    }
    EXPECT_GE(handlers, 1u);
    const std::string text = print(code);
    EXPECT_NE(text.find("BINARY_OP 11 (/)"), std::string::npos) << text;
    EXPECT_NE(text.find("(handler)"), std::string::npos) << text;
}

TEST(Decode, ExceptionsLeadToHandlersAndToTheirLoops) {
    auto names = runPython(
        "def function(f, items):\n"
        "    for item in items:\n"
        "        try:\n"
        "            f(item)\n"
        "        except ValueError:\n"
        "            while f(1):\n"
        "                f(2)\n");
    const Code code = decodedFunction(names, "function");
    EXPECT_TRUE(code.reducible);
    EXPECT_EQ(code.loops.size(), 2u) << print(code);
    EXPECT_EQ(code.loops.back().depth, 2);
    for (const Block& block : code.blocks) {
        for (const uint32_t handler : block.handlers) {
            EXPECT_TRUE(code.blocks[handler].isHandler);
            EXPECT_NE(code.blocks[handler].dominator, kNone);
            const std::vector<uint32_t>& before = code.blocks[handler].predecessors;
            const auto number = static_cast<uint32_t>(&block - code.blocks.data());
            EXPECT_NE(std::find(before.begin(), before.end(), number), before.end());
        }
    }
}

TEST(Decode, BlocksEndWhereGeneratorsAreSuspended) {
    auto names = runPython("def function(x):\n    y = yield x\n    return y\n");
    const Code code = decodedFunction(names, "function");
    EXPECT_EQ(code.blocks.size(), 3u) << print(code);
    EXPECT_EQ(code.instructions[code.blocks[0].last].opcode, Opcode::RETURN_GENERATOR);
    EXPECT_EQ(code.instructions[code.blocks[1].last].opcode, Opcode::YIELD_VALUE);
    EXPECT_EQ(code.blocks[1].successors, (std::vector<uint32_t>{2}));
}

TEST(Decode, BlocksBeginWhereTheyAreWanted) {
    auto names = runPython(
        "def function(n):\n"
        "    for i in range(n):\n"
        "        for j in range(i):\n"
        "            n = n + i * j\n"
        "        n = n + i\n");
    const Code plain = decodedFunction(names, "function");
    auto function = evaluate(names, "function");
    auto* object = reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(function.get()));
    for (const Instruction& instruction : plain.instructions) {
        const std::vector<int32_t> wanted{instruction.start};
        const auto code = decode(object, wanted);
        ASSERT_TRUE(code.ok());
        const Block& block = code->blocks[code->at(instruction.start)->block];
        EXPECT_EQ(code->instructions[block.first].start, instruction.start);
        ASSERT_EQ(code->loops.size(), plain.loops.size());
        for (size_t loop = 0; loop < plain.loops.size(); loop++) {
            auto header = [&](const Code& from) {
                return from.instructions[from.blocks[from.loops[loop].header].first].start;
            };
            EXPECT_EQ(header(*code), header(plain));
        }
    }
}

TEST(Decode, CallsWithKeywordsAreEnteredBeforeTheNames) {
    auto names = runPython("def function(f):\n    return f(1, x=2) + f(3)\n");
    const Code code = decodedFunction(names, "function");
    bool behindNames = false;
    int refused = 0;
    for (const Instruction& instruction : code.instructions) {
        EXPECT_EQ(instruction.isResumePoint, !behindNames) << nameOf(instruction.opcode) << " " << instruction.index;
        refused += behindNames ? 1 : 0;
        behindNames = (behindNames && instruction.opcode != Opcode::CALL) || instruction.opcode == Opcode::KW_NAMES;
    }
    EXPECT_EQ(refused, 2);
    EXPECT_FALSE(code.isResumePoint(-1));
    EXPECT_FALSE(code.isResumePoint(100000));
}

TEST(Decode, ExtendedArgumentsBelongToTheInstruction) {
    auto names = runPython(
        "text = 'def function():\\n' + ''.join(f'    v{i} = {i}\\n' for i in range(300))\n"
        "exec(text)\n");
    const Code code = decodedFunction(names, "function");
    size_t extended = 0;
    for (const Instruction& instruction : code.instructions) {
        if (instruction.start != instruction.index) {
            extended++;
            EXPECT_GE(instruction.argument, 256u);
            EXPECT_EQ(code.at(instruction.start), &instruction);
            EXPECT_TRUE(code.isResumePoint(instruction.start));
            EXPECT_FALSE(code.isResumePoint(instruction.index));
        }
    }
    EXPECT_GT(extended, 80u);
}

Ref<> codeFromBytes(const char* bytes) {
    auto names = runPython("def function():\n    return 1\n");
    return evaluate(names, std::string("function.__code__.replace(co_code=bytes(") + bytes + "))");
}

TEST(Decode, WrongBytecodeIsRefusedWithAReason) {
    auto refused = [](const char* bytes) {
        auto code = codeFromBytes(bytes);
        auto result = decode(reinterpret_cast<PyCodeObject*>(code.get()));
        return result.ok() ? std::string("accepted") : result.error();
    };
    EXPECT_EQ(refused("[151, 0, 100, 1, 83, 0]"), "accepted");
    EXPECT_EQ(refused("[151, 0, 100, 1]"), "control runs over the end of the code behind LOAD_CONST");
    EXPECT_EQ(refused("[110, 9, 83, 0]"), "JUMP_FORWARD at 0 jumps to 10, where no instruction starts");
    EXPECT_EQ(refused("[1, 0, 83, 0]"), "the value stack at 1 would hold -1 values");
    EXPECT_EQ(refused("[100, 1, 115, 1, 100, 1, 83, 0]"), "the value stack at 3 holds 0 and also 1 values");
    EXPECT_EQ(refused("[144, 1]"), "the code ends with EXTENDED_ARG");
    EXPECT_EQ(refused("[100, 1, 100, 1, 122, 0]"), "the caches of BINARY_OP at 2 lie behind the end of the code");
    EXPECT_EQ(refused("[255, 0, 83, 0]"), "unknown opcode 255 at 0");
}

// The interpreter, asked before every instruction that it runs, says how deep its stack is.
struct DepthCheck {
    int64_t compared = 0;
    int64_t different = 0;
    std::string first;
};
DepthCheck depthCheck;

int compareDepth(PyObject*, PyFrameObject* object, int what, PyObject*) {
    if (what == PyTrace_CALL) {
        return PyObject_SetAttrString(reinterpret_cast<PyObject*>(object), "f_trace_opcodes", Py_True);
    }
    if (what != PyTrace_OPCODE) {
        return 0;
    }
    python::Frame* frame = python::currentFrame(python::currentThread());
    auto code = decode(python::code(frame));
    if (!code.ok()) {
        return 0;
    }
    const Instruction* instruction = code->at(python::runningIndex(frame));
    depthCheck.compared++;
    if (instruction == nullptr || instruction->depth != python::depth(frame)) {
        depthCheck.different++;
        if (depthCheck.first.empty()) {
            depthCheck.first = "the interpreter has " + std::to_string(python::depth(frame)) + " values at " +
                               std::to_string(python::runningIndex(frame)) + " of\n" + print(*code);
        }
    }
    return 0;
}

constexpr const char* kManyKindsOfCode = R"(
import asyncio, contextlib

class Context:
    def __enter__(self): return self
    def __exit__(self, *details): return True
    async def __aenter__(self): return self
    async def __aexit__(self, *details): return True

def calls(*args, key=1, **more):
    return len(args) + key + len(more)

def generator(n):
    try:
        for i in range(n):
            got = yield i
        yield from [1, 2]
    finally:
        del n

async def ticks(n):
    for i in range(n):
        yield i

async def coroutine():
    total = 0
    async with Context() as c:
        async for i in ticks(3):
            total += i
        total += await asyncio.sleep(0, 5)
        raise KeyError
    return total + sum([i async for i in ticks(2)])

def match(subject):
    match subject:
        case [1, x, *rest]: return x
        case {'a': y, **others}: return y
        case complex(real=r): return r
        case str() | None: return 0
    return -1

def exceptions(n):
    total = 0
    for i in range(n):
        try:
            try:
                if i % 3 == 0: raise ValueError(i)
                if i % 3 == 1: raise KeyError(i) from None
            except ValueError as e:
                total += e.args[0]
                continue
            finally:
                total += 1
        except KeyError:
            total += 2
        else:
            total += 3
    try:
        raise ExceptionGroup('g', [ValueError(1), KeyError(2)])
    except* ValueError as g:
        total += 1
    except* KeyError:
        total += 2
    with Context():
        raise ValueError
    return total

def everything():
    a, (b, *c) = 1, (2, 3, 4)
    d = {**{'x': a}, 'y': b}
    e = [*c, *d]
    f = f'{a!r:>{b}} {e} {a}'
    g = {i: j for i, j in zip(c, e)}
    s = {x for x in c if x}
    def inner(p=a, *, q=b):
        nonlocal a
        a += p
        return q
    inner(q=3)
    calls(*c, **d)
    calls(1, 2, key=3, other=4)
    assert a, 'never'
    k = a < b < 5 or not c and d
    del g, s
    s = c[1:2]
    c[0:1:1] = [7]
    class Local(Context):
        attribute: int = a
    Local.attribute += 1
    lambda z: (yield z)
    return [x for x in generator(3)], k, match([1, 2, 3]), match({'a': 2}), match(2j), match(None), f, exceptions(9)

def run():
    everything()
    return asyncio.run(coroutine())
)";

TEST(Decode, DepthsAreThoseOfTheInterpreter) {
    auto names = runPython(kManyKindsOfCode);
    auto run = evaluate(names, "run");
    depthCheck = {};
    PyEval_SetTrace(compareDepth, nullptr);
    auto result = Ref<>::steal(PyObject_CallNoArgs(run.get()));
    PyEval_SetTrace(nullptr, nullptr);
    if (!result) {
        PyErr_Print();
    }
    ASSERT_TRUE(result);
    EXPECT_EQ(depthCheck.different, 0) << depthCheck.first;
    EXPECT_GT(depthCheck.compared, 1000);
}

}  // namespace
}  // namespace pyjion::bytecode
