# Unit tests of lib/codec: append `codec_tests_sources += tests/unit/codec/test_FILE.c`; nothing to register.
codec_tests_sources = \
	tests/unit/codec/test_between.c \
	tests/unit/codec/test_bits.c \
	tests/unit/codec/test_codes.c \
	tests/unit/codec/test_eliasfano.c \
	tests/unit/codec/test_pack.c \
	tests/unit/codec/test_planes.c \
	tests/unit/codec/test_unbits.c

unit_programs += tests/unit/codec/codec_tests
tests_unit_codec_codec_tests_SOURCES = $(codec_tests_sources)
nodist_EXTRA_tests_unit_codec_codec_tests_SOURCES = force_cxx_linker.cc
tests_unit_codec_codec_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_codec_codec_tests_LDADD = $(unit_ldadd)
