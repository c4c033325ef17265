// SPDX-License-Identifier: MIT
// dlopen, jitStartup, getJit, version check, setTargetOS: the order in which CoreCLR does it.
#include "clr/library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

#include "base/check.h"
#include "clr/signal_state.h"

namespace pyjion::clr {

namespace {

ForkMutex& loadMutex() {
    static ForkMutex* mutex = new ForkMutex;
    return *mutex;
}

Library* theLibrary = nullptr;

// Libraries that were opened here and turned out unusable: that they are in memory does not mean that someone uses
// them.
std::vector<std::string> rejectedPaths;

base::Failure<LoadError> loadFailure(LoadErrorKind kind, std::string message) {
    return base::fail(LoadError{kind, std::move(message)});
}

// Versions that people have, to say more than a GUID does.
struct KnownVersion {
    const char* guid;
    const char* name;
};
constexpr KnownVersion kOtherVersions[] = {
    {"5ed35c58-857b-48dd-a818-7c0136dc9f73", ".NET 6"},
    {"6be47e5d-a92b-4d16-9280-f63df646ada4", ".NET 7"},
    {"4bceb905-d550-4a5d-b1eb-276fff68d183", ".NET 8"},
    {"d6218a78-9a34-4c6f-8db5-077a06022fae", ".NET 9"},
};

std::string nameOfVersion(const JitEeGuid& guid) {
    const std::string text = formatGuid(guid);
    for (const KnownVersion& known : kOtherVersions) {
        if (text == known.guid) {
            return known.name;
        }
    }
    return "an unknown .NET version";
}

bool isInUseByOthers(const std::string& path) {
    if (std::find(rejectedPaths.begin(), rejectedPaths.end(), path) != rejectedPaths.end()) {
        return false;
    }
    void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    if (handle) {
        dlclose(handle);
    }
    return handle != nullptr;
}

/// The JIT's, and those that only the stages in front of it need much of: our own, and that of the C++ language.
Host::Libraries libraries(const void* inJit) {
    return {LibraryPages(inJit), LibraryPages(&theLibrary),
            LibraryPages(reinterpret_cast<const void*>(&std::set_terminate))};
}

}  // namespace

std::string formatGuid(const JitEeGuid& guid) {
    // The first three fields are stored little endian.
    static constexpr int kOrder[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    std::string text;
    for (int i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += fmt::format("{:02x}", guid[kOrder[i]]);
    }
    return text;
}

Library* Library::loaded() {
    return theLibrary;
}

base::Result<Library*, LoadError> Library::loadOne(const std::string& path, const JitConfig& config) {
    if (access(path.c_str(), F_OK) != 0) {
        return loadFailure(LoadErrorKind::NotFound, path + ": no such file");
    }
    // A CLR that runs in this process has given the library its own host object; starting it again would replace it.
    if (isInUseByOthers(path)) {
        return loadFailure(LoadErrorKind::InUse, path + ": already used by a .NET runtime in this process");
    }
    rejectedPaths.push_back(path);
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        rejectedPaths.pop_back();
        return loadFailure(LoadErrorKind::NotLoadable, path + ": cannot be loaded: " + dlerror());
    }
    auto startup = reinterpret_cast<JitStartup>(dlsym(handle, "jitStartup"));
    auto getJit = reinterpret_cast<GetJit>(dlsym(handle, "getJit"));
    if (!startup || !getJit) {
        dlclose(handle);
        rejectedPaths.pop_back();
        return loadFailure(LoadErrorKind::NotAJit, path + ": is no .NET JIT (does not export jitStartup and getJit)");
    }
    Host* host = new Host(config);
    {
        SignalStateScope signals;
        startup(host);
    }
    CompilerObject* jit = getJit();
    if (!jit) {
        return loadFailure(LoadErrorKind::StartupFailed, path + ": the JIT did not start");
    }
    JitEeGuid found = {};
    jit->table->getVersionIdentifier(jit, &found);
    if (found != kJitEeGuid) {
        return loadFailure(LoadErrorKind::WrongVersion,
                           fmt::format("{}: is the JIT of {} (interface {}; that of .NET 10.0 is {})", path,
                                       nameOfVersion(found), formatGuid(found), formatGuid(kJitEeGuid)));
    }
    jit->table->setTargetOs(jit, kOsUnix);
    host->releaseWhenLarge(libraries(reinterpret_cast<const void*>(getJit)));
    rejectedPaths.pop_back();

    auto* library = new Library;
    library->path_ = path;
    library->startup_ = startup;
    library->jit_ = jit;
    library->host_ = host;
    return library;
}

base::Result<Library*, LoadError> Library::load(const LoadOptions& options) {
    ForkMutex::Lock lock(loadMutex());
    if (theLibrary) {
        return theLibrary;
    }
    // The error's kind is that of the candidate that came furthest: "wrong version" says more than "not found".
    LoadErrorKind worst = LoadErrorKind::NotFound;
    std::string message = "the .NET 10.0 JIT (libclrjit.so) could not be loaded.";
    for (const std::string& path : options.candidates) {
        auto library = loadOne(path, options.config);
        if (library) {
            theLibrary = *library;
            return theLibrary;
        }
        worst = std::max(worst, library.error().kind);
        message += "\n  " + library.error().message;
    }
    if (options.candidates.empty()) {
        message += "\n  no path to look at was given";
    }
    return loadFailure(worst, message + "\n" + options.advice);
}

void Library::reconfigure(const JitConfig& config) {
    ForkMutex::Lock lock(loadMutex());
    // The JIT reads its settings again only when it sees another host object. The old one stays alive for the slabs
    // that it gave out.
    host_ = new Host(config);
    host_->releaseWhenLarge(libraries(reinterpret_cast<const void*>(startup_)));
    SignalStateScope signals;
    startup_(host_);
}

}  // namespace pyjion::clr
