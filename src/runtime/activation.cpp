// SPDX-License-Identifier: MIT
// The entries into compiled code that are not as usual.
#include "runtime/activation.h"

#include "deopt/leave.h"

namespace pyjion::runtime {

namespace {

PyObject* interpretInstead(PyThreadState* ts, python::Frame* frame, bool raises) {
    deopt::interpretedEnds++;
    return interpret(ts, frame, raises ? 1 : 0);
}

/// Linked first: at the limit, the interpreter too raises with the frame in the chain.
bool linkAndCount(PyThreadState* ts, python::Frame* frame) {
    python::link(ts, frame);
    if (!python::enterRecursion(ts)) {
        python::unlink(ts, frame);
        return false;
    }
    return true;
}

}  // namespace

[[gnu::noinline]] PyObject* activateUnusually(PyThreadState* ts, python::Frame* frame, CodeEntry* entry) {
    if (python::isTraced(ts) || python::stackIsLow(entry->stackBytes)) {
        return interpretInstead(ts, frame, false);
    }
    if (!linkAndCount(ts, frame)) {
        return nullptr;
    }
    python::setRunning(frame, python::code(frame)->_co_firsttraceable);
    return runLinked(ts, frame, ts->recursion_remaining > 0 ? entry->body : bodyAtLimit(*entry), 0);
}

[[gnu::noinline]] PyObject* resumeUnusually(PyThreadState* ts, python::Frame* frame, CodeEntry* entry,
                                            int32_t resumePoint, bool raises) {
    if (python::isTraced(ts) || python::stackIsLow(entry->stackBytes)) {
        return interpretInstead(ts, frame, raises);
    }
    if (!linkAndCount(ts, frame)) {
        return nullptr;
    }
    if (raises) {
        if (!python::unwindFrame(ts, frame)) {
            return nullptr;
        }
        resumePoint = entry->resumePointFor(frame);
        if (resumePoint == 0) {
            deopt::interpretedEnds++;
            return python::resumeInInterpreter(ts, frame);
        }
    }
    python::setDepth(frame, 0);
    return runLinked(ts, frame, entry->resumeBody, resumePoint);
}

[[gnu::noinline]] PyObject* finishUnusually(PyThreadState* ts, python::Frame* frame, PyObject* result) {
    result = runNextBodies(ts, frame, result);
    if (python::currentFrame(ts) == frame) {
        python::finishFrame(ts, frame);
    }
    return result;
}

}  // namespace pyjion::runtime
