# The differential test: the engine through its public interface against tests/ref/naive.c.
check_PROGRAMS += tests/diff/diff_search
tests_diff_diff_search_SOURCES = tests/diff/diff_search.c tests/diff/queries.c tests/diff/queries.h \
	tests/diff/texts.c tests/diff/texts.h tests/diff/world.c \
	tests/diff/orders.c tests/diff/orders.h tests/diff/world.h tests/ref/naive.c tests/ref/naive.h
tests_diff_diff_search_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(DEPS_CFLAGS)
tests_diff_diff_search_LDADD = libprismsearch.la $(DEPS_LIBS) -lm
long_tests += tests/diff/diff_search

# The life of an index against the documents that survive it.
check_PROGRAMS += tests/diff/diff_life
tests_diff_diff_life_SOURCES = tests/diff/diff_life.c tests/diff/life_judge.c tests/diff/life.h \
	tests/diff/world.c tests/diff/world.h \
	tests/ref/naive.c tests/ref/naive.h
tests_diff_diff_life_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(DEPS_CFLAGS)
tests_diff_diff_life_LDADD = libprismsearch.la $(DEPS_LIBS) -lm
long_tests += tests/diff/diff_life

# What a writer does between commits, and with other indexes.
check_PROGRAMS += tests/diff/diff_writer
tests_diff_diff_writer_SOURCES = tests/diff/diff_writer.c tests/diff/queries.c tests/diff/queries.h \
	tests/diff/world.c tests/diff/world.h tests/ref/naive.c tests/ref/naive.h
tests_diff_diff_writer_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(DEPS_CFLAGS)
tests_diff_diff_writer_LDADD = libprismsearch.la $(DEPS_LIBS) -lm
long_tests += tests/diff/diff_writer
