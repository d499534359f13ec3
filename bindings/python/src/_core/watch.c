/* watch.c - how does Ctrl-C end a call that is inside the library?
 *
 * Python's signal handler only sets a flag; somebody with the global lock must look at it.  The
 * library calls core_progress now and then from the thread that made the call; every 50 ms that
 * thread takes the lock, runs the handlers (PyErr_CheckSignals does so in the main thread alone)
 * and the caller's own callback, and gives the lock up again.  An exception of either cancels the
 * call, and is what the caller sees.
 * Tested by: tests/test_interrupt.py */
#include "core.h"

#include <time.h>

#define EVERY_MS 50u

static uint64_t now_ms(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void core_watch_begin(core_watch *watch, PyObject *callback) {
    watch->callback = callback == Py_None ? NULL : callback;
    watch->next_ms = now_ms() + EVERY_MS;
    watch->thread = PyEval_SaveThread();
}

void core_watch_end(core_watch *watch) {
    PyEval_RestoreThread(watch->thread);
}

static bool tell(const core_watch *watch, uint64_t done, uint64_t total) {
    if (PyErr_CheckSignals() != 0) return false;
    if (watch->callback == NULL) return true;
    PyObject *result = PyObject_CallFunction(watch->callback, "KK", (unsigned long long)done,
                                             (unsigned long long)total);
    Py_XDECREF(result);
    return result != NULL;
}

int core_progress(void *ctx, uint64_t done, uint64_t total) {
    core_watch *watch = ctx;
    uint64_t now = now_ms();
    if (now < watch->next_ms && !(watch->callback != NULL && done == total)) return 0;
    watch->next_ms = now + EVERY_MS;
    PyEval_RestoreThread(watch->thread);
    bool go_on = tell(watch, done, total);
    watch->thread = PyEval_SaveThread();
    return go_on ? 0 : 1;
}
