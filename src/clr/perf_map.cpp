// SPDX-License-Identifier: MIT
// The format is that of the kernel's tools/perf/Documentation/jit-interface.txt: start, size, name.
#include "clr/perf_map.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "clr/fork_mutex.h"

namespace pyjion::clr {

namespace {

ForkMutex& fileMutex() {
    static ForkMutex* mutex = new ForkMutex;
    return *mutex;
}

bool enabled = false;
int file = -1;
pid_t owner = 0;

void closeFile() {
    if (file >= 0) {
        close(file);
        file = -1;
    }
}

// The directory is everybody's: a link or a file of somebody else under our name is not written to.
base::Result<bool, std::string> openFile() {
    closeFile();
    owner = getpid();
    const std::string path = fmt::format("/tmp/perf-{}.map", owner);
    file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        return base::fail(fmt::format("{}: {}", path, std::strerror(errno)));
    }
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() || status.st_nlink != 1) {
        closeFile();
        return base::fail(path + " exists and is not a file of this user alone");
    }
    return true;
}

}  // namespace

base::Result<bool, std::string> enablePerfMap() {
    ForkMutex::Lock lock(fileMutex());
    auto opened = openFile();
    enabled = opened.ok();
    return opened;
}

void disablePerfMap() {
    ForkMutex::Lock lock(fileMutex());
    enabled = false;
    closeFile();
}

bool isPerfMapEnabled() {
    return enabled;
}

void addToPerfMap(const void* code, size_t size, std::string_view symbol) {
    ForkMutex::Lock lock(fileMutex());
    if (!enabled || (owner != getpid() && !openFile()) || file < 0) {
        return;
    }
    std::string line = fmt::format("{:x} {:x} {}", reinterpret_cast<uintptr_t>(code), size, symbol);
    for (char& c : line) {
        c = c == '\n' ? ' ' : c;
    }
    line += '\n';
    // One write per line: lines of several threads do not mix. A full disk loses names, nothing else.
    const ssize_t written = write(file, line.data(), line.size());
    static_cast<void>(written);
}

}  // namespace pyjion::clr
