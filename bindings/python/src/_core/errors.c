/* errors.c - which exception does a status become?  The classes are Python (prismsearch._errors),
 * in a tuple by the negative of the status; a status that is newer than this module is an Error. */
#include "core.h"

#include <string.h>

static PyObject *class_of(core_state *state, prism_status code) {
    Py_ssize_t i = -(Py_ssize_t)code, n = PyTuple_Size(state->errors);
    return PyTuple_GetItem(state->errors, i > 0 && i < n ? i : 0);
}

/* A file name is bytes of the file system. */
static PyObject *file_of(const prism_error *err) {
    if (err->file[0] == '\0') return Py_NewRef(Py_None);
    return PyUnicode_DecodeFSDefault(err->file);
}

static PyObject *offset_of(const prism_error *err) {
    if (err->offset == UINT64_MAX) return Py_NewRef(Py_None);
    return PyLong_FromUnsignedLongLong(err->offset);
}

PyObject *core_exception(core_state *state, const prism_error *err) {
    PyObject *class = class_of(state, err->code);
    if (class == NULL) return NULL;
    return PyObject_CallFunction(
        class, "NsNNIIi", PyUnicode_DecodeUTF8(err->text, (Py_ssize_t)strlen(err->text), "replace"),
        prism_status_name(err->code), file_of(err), offset_of(err), (unsigned)err->line,
        (unsigned)err->column, err->sys_errno);
}

PyObject *core_raise(core_state *state, const prism_error *err) {
    if (PyErr_Occurred()) return NULL;
    PyObject *exception = core_exception(state, err);
    if (exception == NULL) return NULL;
    PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_DECREF(exception);
    return NULL;
}
