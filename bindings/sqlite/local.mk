# The extension for SQLite: built where its headers are, installed as LIBDIR/prismsearch/prism.so.
if HAVE_SQLITE
pkglib_LTLIBRARIES = prism.la
prism_la_SOURCES = bindings/sqlite/extension.c bindings/sqlite/extension.h bindings/sqlite/interrupt.c \
	bindings/sqlite/search_table.c bindings/sqlite/tokenizer.c
prism_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
prism_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
prism_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
prism_la_LIBADD = libprismsearch.la

check_PROGRAMS += bindings/sqlite/tests/sqlite_tests
bindings_sqlite_tests_sqlite_tests_SOURCES = bindings/sqlite/tests/sqlite_tests.c bindings/sqlite/tests/loaded.c \
	bindings/sqlite/tests/loaded.h tests/scenarios/story.c tests/scenarios/story.h
bindings_sqlite_tests_sqlite_tests_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(DEPS_CFLAGS) -I$(srcdir) -I$(srcdir)/tests
bindings_sqlite_tests_sqlite_tests_LDADD = libprismsearch.la $(SQLITE_LIBS) $(DEPS_LIBS)
long_tests += bindings/sqlite/tests/sqlite_tests

check_PROGRAMS += bindings/sqlite/tests/hard_tests
bindings_sqlite_tests_hard_tests_SOURCES = bindings/sqlite/tests/hard_tests.c bindings/sqlite/tests/loaded.c \
	bindings/sqlite/tests/loaded.h
bindings_sqlite_tests_hard_tests_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) -I$(srcdir)
bindings_sqlite_tests_hard_tests_LDADD = libprismsearch.la $(SQLITE_LIBS)
long_tests += bindings/sqlite/tests/hard_tests
endif
EXTRA_DIST += bindings/sqlite/README.md bindings/sqlite/tests/quick_start.sh
TESTS += bindings/sqlite/tests/quick_start.sh
