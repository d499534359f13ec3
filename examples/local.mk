# Example programs over the public headers, built and run by make check (tests/examples) so that they stay
# true.  They are what a reader copies: whatever can fail is checked.
check_PROGRAMS += examples/embed examples/stream examples/tokenizer
examples_embed_SOURCES = examples/embed.c
examples_embed_LDADD = libprismsearch.la
examples_stream_SOURCES = examples/stream.c
examples_stream_LDADD = libprismsearch.la
examples_tokenizer_SOURCES = examples/tokenizer.c
examples_tokenizer_LDADD = libprismsearch.la
