// SPDX-License-Identifier: MIT
// The kernels of slice_kernels.py in C, with 64-bit integers that are not checked for overflow: what the machine could do.
// usage: slice_kernels KERNEL ARGUMENT; prints seconds and result.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t collatz(int64_t limit) {
    int64_t longest = 0;
    for (int64_t start = 1; start < limit; start++) {
        int64_t n = start;
        int64_t steps = 0;
        while (n != 1) {
            n = n % 2 == 0 ? n >> 1 : 3 * n + 1;
            steps++;
        }
        if (steps > longest) {
            longest = steps;
        }
    }
    return longest;
}

static int64_t mandelbrot(int64_t size) {
    int64_t inside = 0;
    for (int64_t row = 0; row < size; row++) {
        double cy = 2.0 * (double)row / (double)size - 1.0;
        for (int64_t column = 0; column < size; column++) {
            double cx = 3.0 * (double)column / (double)size - 2.0;
            double x = 0.0;
            double y = 0.0;
            int64_t rounds = 0;
            while (x * x + y * y <= 4.0) {
                if (rounds >= 200) {
                    inside++;
                    break;
                }
                double t = x * x - y * y + cx;
                y = 2.0 * x * y + cy;
                x = t;
                rounds++;
            }
        }
    }
    return inside;
}

static int64_t nestedSum(int64_t n) {
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            total += i * j;
            // Without this the compiler finds the formula and there is no loop left to compare with.
            __asm__ volatile("" : "+r"(total));
        }
    }
    return total;
}

__attribute__((noinline)) static int64_t fib(int64_t n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/// As in slice_kernels.py.
static void raiseClock(void) {
    const double busySeconds = 0.3;
    double start = now();
    while (now() - start < busySeconds) {
    }
}

int main(int count, char** arguments) {
    static const struct {
        const char* name;
        int64_t (*run)(int64_t);
    } kernels[] = {{"collatz", collatz}, {"mandelbrot", mandelbrot}, {"sum", nestedSum}, {"fib", fib}};
    if (count != 3) {
        return 2;
    }
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
        if (strcmp(kernels[k].name, arguments[1]) == 0) {
            raiseClock();
            double start = now();
            int64_t result = kernels[k].run(atoll(arguments[2]));
            double seconds = now() - start;
            printf("{\"seconds\": %.6f, \"result\": %" PRId64 "}\n", seconds, result);
            return 0;
        }
    }
    return 2;
}
