// SPDX-License-Identifier: MIT
// A program that starts and ends Python several times; its argument is what it runs each time.
#include <Python.h>

int main(int count, char** arguments) {
    for (int round = 1; round <= 3; round++) {
        char number[32];
        Py_Initialize();
        snprintf(number, sizeof number, "ROUND = %d\n", round);
        if (count != 2 || PyRun_SimpleString(number) != 0 || PyRun_SimpleString(arguments[1]) != 0) {
            return 1;
        }
        if (Py_FinalizeEx() != 0) {
            return 2;
        }
    }
    return 0;
}
