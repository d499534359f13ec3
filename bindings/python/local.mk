# The Python package: nothing of it is built by make.  `make check-python` installs it into a clean
# environment and runs its tests (bindings/python/check.sh; skips where Python is missing).
EXTRA_DIST += bindings/python/README.md bindings/python/NOTES.md bindings/python/pyproject.toml bindings/python/setup.py \
	bindings/python/check.sh bindings/python/wheel.sh bindings/bundle.sh \
	bindings/python/src/_core/answer.c bindings/python/src/_core/core.h bindings/python/src/_core/errors.c \
	bindings/python/src/_core/from_json.c bindings/python/src/_core/index.c bindings/python/src/_core/json_string.c bindings/python/src/_core/maintain.c \
	bindings/python/src/_core/module.c bindings/python/src/_core/objects.c bindings/python/src/_core/put_many.c \
	bindings/python/src/_core/schema.c bindings/python/src/_core/shards.c bindings/python/src/_core/snapshot.c bindings/python/src/_core/text.c \
	bindings/python/src/_core/to_json.c bindings/python/src/_core/tokenizers.c bindings/python/src/_core/watch.c bindings/python/src/_core/writer.c \
	bindings/python/src/prismsearch/__init__.py bindings/python/src/prismsearch/__main__.py \
	bindings/python/src/prismsearch/_core.pyi bindings/python/src/prismsearch/_errors.py \
	bindings/python/src/prismsearch/_hits.py bindings/python/src/prismsearch/_html.py \
	bindings/python/src/prismsearch/_index.py bindings/python/src/prismsearch/_io.py \
	bindings/python/src/prismsearch/_maintain.py bindings/python/src/prismsearch/_query.py \
	bindings/python/src/prismsearch/_schema.py bindings/python/src/prismsearch/_shards.py bindings/python/src/prismsearch/_sqlite_path.py bindings/python/src/prismsearch/_tokenizers.py bindings/python/src/prismsearch/_units.py \
	bindings/python/src/prismsearch/py.typed \
	bindings/python/examples/retriever.py bindings/python/bench/compare.py bindings/python/bench/overhead.c \
	bindings/python/bench/overhead.py \
	bindings/python/tests/conftest.py bindings/python/tests/test_convert.py bindings/python/tests/test_crash.py \
	bindings/python/tests/test_documents.py bindings/python/tests/test_faces.py bindings/python/tests/test_fuzz.py bindings/python/tests/test_index.py \
	bindings/python/tests/test_interrupt.py bindings/python/tests/test_io.py bindings/python/tests/test_leaks.py \
	bindings/python/tests/test_maintain.py bindings/python/tests/test_scenarios.py bindings/python/tests/test_search.py bindings/python/tests/test_shards.py bindings/python/tests/test_sqlite.py \
	bindings/python/tests/test_threads.py bindings/python/tests/test_tokenizers.py bindings/python/tests/test_writer.py

check-python: libprs.la
	$(BASH_PROG) $(srcdir)/bindings/python/check.sh '$(abs_builddir)'
.PHONY: check-python
