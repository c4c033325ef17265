// SPDX-License-Identifier: MIT
// Finds, loads and starts libclrjit, once per process, and makes sure that it is a JIT whose interface we know.
//
// Input: candidate paths and JIT settings. Output: the started Library or an error that says what was looked for,
// where, what was found, and what to do. The JIT cannot be unloaded again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "clr/host.h"
#include "clr/jit_interface.h"

namespace pyjion::clr {

enum class LoadErrorKind { NotFound, NotLoadable, NotAJit, InUse, StartupFailed, WrongVersion };

struct LoadError {
    LoadErrorKind kind;
    std::string message;
};

struct LoadOptions {
    /// Complete paths of files, tried in order; the first usable one wins.
    std::vector<std::string> candidates;
    JitConfig config;
    /// The last sentence of an error's message: how the user gets a usable library.
    std::string advice = "Give the path of the libclrjit.so of a .NET 10.0 runtime for linux-x64.";
};

class Library {
  public:
    /// Loads and starts the JIT, or returns the one that is already running (options are not looked at then).
    static base::Result<Library*, LoadError> load(const LoadOptions& options);

    /// The library started by `load`, or null.
    static Library* loaded();

    /// Lets the JIT read its settings again. For tests: code compiled before is unaffected.
    void reconfigure(const JitConfig& config);

    const std::string& path() const { return path_; }
    CompilerObject* jit() const { return jit_; }
    Host& host() const { return *host_; }

  private:
    Library() = default;
    static base::Result<Library*, LoadError> loadOne(const std::string& path, const JitConfig& config);

    std::string path_;
    JitStartup startup_ = nullptr;
    CompilerObject* jit_ = nullptr;
    Host* host_ = nullptr;  // never deleted: the JIT keeps it
};

/// The 36 characters of a GUID.
std::string formatGuid(const JitEeGuid& guid);

}  // namespace pyjion::clr
