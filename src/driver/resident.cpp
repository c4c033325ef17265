// SPDX-License-Identifier: MIT
#include "driver/resident.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace pyjion::driver {

size_t residentBytes() {
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return SIZE_MAX;
    }
    char text[128];
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    unsigned long pages = 0;
    if (length <= 0) {
        return SIZE_MAX;
    }
    text[length] = '\0';
    if (std::sscanf(text, "%*u %lu", &pages) != 1) {
        return SIZE_MAX;
    }
    return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace pyjion::driver
