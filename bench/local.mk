# Benchmarks: built by `make`, never run by `make check`.  They see include/ only; bench/micro may
# use $(unit_cppflags) and libprs.la.
