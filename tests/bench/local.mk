# What measures is measured: the generated corpus, the gate, the figures of the README.
dist_bench_tests = \
	tests/bench/gate.sh \
	tests/bench/micro.sh \
	tests/bench/peers.sh \
	tests/bench/queries.sh \
	tests/bench/report.sh \
	tests/bench/run_queries.sh \
	tests/bench/scale.sh \
	tests/bench/zipf.sh
long_tests += $(dist_bench_tests)
EXTRA_DIST += $(dist_bench_tests) tests/bench/report/own.jsonl tests/bench/report/peers.jsonl
