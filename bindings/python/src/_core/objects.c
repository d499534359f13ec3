/* objects.c - who owns a handle of the library, and when is it given back?
 *
 *   core_use   users + 1        core_done   users - 1; the last one gives up what close() asked for
 *   close()    gives up now if nobody is inside, else it only says so
 *
 * Calls give up Python's global lock, so another thread may call close() meanwhile; the library
 * asks that a handle be closed when no thread uses it.  The counters are changed with the lock held
 * and need no atomics; where Python has none, with that of the object.  Giving up runs without the
 * lock: closing a writer may wait for its merge.
 * Tested by: tests/test_lifetime.py, tests/test_threads.py */
#include "core.h"

PyObject *core_new(core_state *state, PyObject *type, const char *name, void *handle,
                   core_free_fn give_up) {
    allocfunc alloc = (allocfunc)PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc);
    core_object *self = (core_object *)alloc((PyTypeObject *)type, 0);
    if (self == NULL) {
        give_up(handle);
        return NULL;
    }
    self->state = state;
    self->handle = handle;
    self->give_up = give_up;
    self->name = name;
#ifdef PRISMSEARCH_FREE_THREADED
    (void)pthread_mutex_init(&self->lock, NULL);
#endif
    return (PyObject *)self;
}

/* The handle, if nobody is inside and it is to go; with the object's lock. */
static void *take_handle(core_object *self) {
    void *handle = self->users == 0 && self->closing ? self->handle : NULL;
    if (handle != NULL) self->handle = NULL;
    return handle;
}

static void give_up(core_object *self, void *handle) {
    if (handle == NULL) return;
    CORE_UNLOCKED(self->give_up(handle));
}

/* Is this thread inside a call that tells its progress?  With the object's lock. */
static bool is_telling(const core_object *self) {
    for (const core_telling *t = self->telling; t != NULL; t = t->next)
        if (t->thread == PyThread_get_thread_ident()) return true;
    return false;
}

void *core_use(PyObject *object) {
    core_object *self = (core_object *)object;
    CORE_LOCK(self);
    bool closed = self->handle == NULL || self->closing, telling = is_telling(self);
    void *handle = closed || telling ? NULL : self->handle;
    if (handle != NULL) self->users++;
    CORE_UNLOCK(self);
    if (closed)
        PyErr_Format(PyExc_ValueError, "the %s is closed", self->name);
    else if (telling)
        PyErr_Format(PyExc_RuntimeError, "the %s is amid a call that tells its progress",
                     self->name);
    return handle;
}

void core_telling_begin(PyObject *object, core_telling *me) {
    core_object *self = (core_object *)object;
    CORE_LOCK(self);
    *me = (core_telling){PyThread_get_thread_ident(), self->telling};
    self->telling = me;
    CORE_UNLOCK(self);
}

void core_telling_end(PyObject *object, core_telling *me) {
    core_telling **at = &((core_object *)object)->telling;
    CORE_LOCK(object);
    while (*at != me) at = &(*at)->next;
    *at = me->next;
    CORE_UNLOCK(object);
}

void *core_use_telling(PyObject *object, core_telling *me) {
    void *handle = core_use(object);
    if (handle != NULL) core_telling_begin(object, me);
    return handle;
}

void core_done_telling(PyObject *object, core_telling *me) {
    core_telling_end(object, me);
    core_done(object);
}

void core_done(PyObject *object) {
    core_object *self = (core_object *)object;
    CORE_LOCK(self);
    self->users--;
    void *handle = take_handle(self);
    CORE_UNLOCK(self);
    give_up(self, handle);
}

PyObject *core_close(PyObject *object, PyObject *unused) {
    core_object *self = (core_object *)object;
    (void)unused;
    CORE_LOCK(self);
    self->closing = true;
    void *handle = take_handle(self);
    CORE_UNLOCK(self);
    give_up(self, handle);
    Py_RETURN_NONE;
}

PyObject *core_closed(PyObject *object, void *unused) {
    core_object *self = (core_object *)object;
    (void)unused;
    CORE_LOCK(self);
    bool closed = self->handle == NULL || self->closing;
    CORE_UNLOCK(self);
    return PyBool_FromLong(closed);
}

PyObject *core_enter(PyObject *self, PyObject *unused) {
    (void)unused;
    if (core_use(self) == NULL) return NULL;
    core_done(self);
    return Py_NewRef(self);
}

PyObject *core_exit(PyObject *self, PyObject *args) {
    (void)args;
    return core_close(self, NULL);
}

void core_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject *kind, *value, *trace;
    core_object *self = (core_object *)object;
    void *handle = self->handle;
    self->handle = NULL;
    PyErr_Fetch(&kind, &value, &trace); /* giving up the lock may run anything */
    give_up(self, handle);
    PyErr_Restore(kind, value, trace);
#ifdef PRISMSEARCH_FREE_THREADED
    (void)pthread_mutex_destroy(&self->lock);
#endif
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

void *core_use_as(PyObject *arg, PyObject *type, const char *wanted) {
    if (!PyObject_TypeCheck(arg, (PyTypeObject *)type)) {
        PyErr_Format(PyExc_TypeError, "a %s is needed, not %R", wanted, (PyObject *)Py_TYPE(arg));
        return NULL;
    }
    return core_use(arg);
}

int core_to_u64(PyObject *value, void *out) {
    PyObject *number = PyNumber_Index(value);
    if (number == NULL) return 0;
    unsigned long long wide = PyLong_AsUnsignedLongLong(number);
    Py_DECREF(number);
    if (wide == (unsigned long long)-1 && PyErr_Occurred()) return 0;
    *(uint64_t *)out = wide;
    return 1;
}

int core_to_u32(PyObject *value, void *out) {
    uint64_t wide;
    if (!core_to_u64(value, &wide)) return 0;
    if (wide > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a number below 2**32 is needed");
        return 0;
    }
    *(uint32_t *)out = (uint32_t)wide;
    return 1;
}
