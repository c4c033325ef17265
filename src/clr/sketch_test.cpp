// SPDX-License-Identifier: MIT
// What sketch.h declares. Holds no tests of its own; the name keeps it out of the library.
#include "clr/sketch.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "cil/encode.h"

namespace pyjion::clr::test {

namespace {

namespace fs = std::filesystem;
using cil::Opcode;
using cil::Type;

void addRuntimesBelow(std::vector<std::string>& paths, const fs::path& dotnetRoot) {
    std::error_code error;
    for (const auto& version : fs::directory_iterator(dotnetRoot / "shared" / "Microsoft.NETCore.App", error)) {
        if (version.path().filename().string().starts_with("10.0.")) {
            paths.push_back((version.path() / "libclrjit.so").string());
        }
    }
}

}  // namespace

std::vector<std::string> candidatePaths() {
    if (const char* path = std::getenv("PYJION_TEST_CLRJIT")) {
        return {path};
    }
    std::vector<std::string> paths;
#ifdef PYJION_CLRJIT_FOR_TESTS
    paths.push_back(PYJION_CLRJIT_FOR_TESTS);
#endif
    if (const char* root = std::getenv("DOTNET_ROOT")) {
        addRuntimesBelow(paths, root);
    }
    std::string directories = std::getenv("PATH") ? std::getenv("PATH") : "";
    for (size_t start = 0; start < directories.size();) {
        const size_t end = std::min(directories.find(':', start), directories.size());
        std::error_code error;
        const fs::path program = fs::canonical(fs::path(directories.substr(start, end - start)) / "dotnet", error);
        if (!error) {
            addRuntimesBelow(paths, program.parent_path());
        }
        start = end + 1;
    }
    addRuntimesBelow(paths, "/usr/share/dotnet");
    addRuntimesBelow(paths, "/usr/lib/dotnet");
    return paths;
}

Library& library() {
    LoadOptions options;
    options.candidates = candidatePaths();
    options.advice = "Set PYJION_TEST_CLRJIT to the path of libclrjit.so.";
    auto loaded = Library::load(options);
    if (!loaded) {
        std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
        std::exit(1);
    }
    return **loaded;
}

Sketch::Sketch(cil::Signature signature, std::string name) : build(body) {
    body.signature = std::move(signature);
    body.name = std::move(name);
}

cil::PoolId Sketch::poolWord(std::string_view name, uint64_t value) {
    poolValues.push_back(value);
    return build.pool(name);
}

base::Result<std::unique_ptr<NativeCode>, CompileError> Sketch::tryCompile(const CompileOptions& options,
                                                                           CodeMemory& memory) {
    auto encoded = cil::encode(body);
    if (!encoded) {
        throw std::runtime_error("encode: " + encoded.error());
    }
    return Compiler(library(), memory).compile(body, *encoded, poolValues, options);
}

std::unique_ptr<NativeCode> Sketch::compile(const CompileOptions& options, CodeMemory& memory) {
    auto code = tryCompile(options, memory);
    if (!code) {
        throw std::runtime_error("compile: " + code.error().message);
    }
    return std::move(*code);
}

AddMethod::AddMethod() : Sketch({Type::Int64, {Type::Int64, Type::Int64}}, "add") {
    build.ldarg(0);
    build.ldarg(1);
    build.emit(Opcode::Add);
    build.emit(Opcode::Ret);
}

SumLoop::SumLoop() : Sketch({Type::Int64, {Type::Int64}}, "sum_loop") {
    const auto sum = build.newLocal(Type::Int64, "sum");
    const auto index = build.newLocal(Type::Int64, "index");
    const auto top = build.newLabel();
    const auto end = build.newLabel();
    build.mark(0, 1);
    build.ldcI8(0);
    build.stloc(sum);
    build.ldcI8(0);
    build.stloc(index);
    build.bind(top);
    build.mark(1, 2);
    build.ldloc(index);
    build.ldarg(0);
    build.branch(Opcode::Bge, end);
    build.mark(2, 3);
    build.ldloc(sum);
    build.ldloc(index);
    build.emit(Opcode::Add);
    build.stloc(sum);
    build.ldloc(index);
    build.ldcI8(1);
    build.emit(Opcode::Add);
    build.stloc(index);
    build.branch(Opcode::Br, top);
    build.bind(end);
    build.mark(3, 4);
    build.ldloc(sum);
    build.emit(Opcode::Ret);
}

}  // namespace pyjion::clr::test
