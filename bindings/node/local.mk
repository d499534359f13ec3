# The Node package: nothing of it is built by make.  `make check-node` builds it in a clean copy and runs
# its tests (bindings/node/check.sh; skips where Node is missing).
EXTRA_DIST += bindings/node/.gitignore bindings/node/.npmrc bindings/node/NOTES.md bindings/node/README.md \
	bindings/node/build.js bindings/node/check.sh bindings/node/index.d.mts bindings/node/index.d.ts \
	bindings/node/index.js bindings/node/index.mjs bindings/node/package-lock.json bindings/node/package.json \
	bindings/node/bench/compare.js bindings/node/bench/overhead.js bindings/node/examples/news.mjs \
	bindings/node/examples/retriever.mjs bindings/node/lib/closing.js bindings/node/lib/errors.js \
	bindings/node/lib/hits.js bindings/node/lib/index.js bindings/node/lib/io.js bindings/node/lib/maintain.js \
	bindings/node/lib/native.js bindings/node/lib/put_all.js bindings/node/lib/query.js bindings/node/lib/run.js \
	bindings/node/lib/schema.js bindings/node/lib/snapshot.js bindings/node/lib/units.js bindings/node/lib/view.js \
	bindings/node/lib/writer.js bindings/node/src/addon.h bindings/node/src/answer.c bindings/node/src/args.c \
	bindings/node/src/batch.c bindings/node/src/error.c bindings/node/src/from_json.c bindings/node/src/handle.c \
	bindings/node/src/index.c bindings/node/src/job.c bindings/node/src/json_reader.h bindings/node/src/maintain.c \
	bindings/node/src/module.c bindings/node/src/progress.c bindings/node/src/query.c bindings/node/src/repair.c \
	bindings/node/src/schema.c bindings/node/src/search.c bindings/node/src/skip_json.c bindings/node/src/text.c \
	bindings/node/src/to_json.c bindings/node/src/view.c bindings/node/src/writer.c bindings/node/test/abort.test.js \
	bindings/node/test/contract.test.js bindings/node/test/convert.test.js bindings/node/test/crash.test.js \
	bindings/node/test/fuzz.test.js bindings/node/test/helper.js bindings/node/test/hostile.test.js \
	bindings/node/test/index.test.js bindings/node/test/leaks.test.js bindings/node/test/lifetime.test.js \
	bindings/node/test/maintain.test.js bindings/node/test/package.test.js bindings/node/test/put_all.test.js \
	bindings/node/test/scenarios.test.js bindings/node/test/search.test.js bindings/node/test/teardown.test.js \
	bindings/node/test/threads.test.js bindings/node/test/writer.test.js bindings/node/test/types/tsconfig.json \
	bindings/node/test/types/types.cts bindings/node/test/types/types.mts

check-node: libprs.la
	$(BASH_PROG) $(srcdir)/bindings/node/check.sh '$(abs_builddir)'
.PHONY: check-node
