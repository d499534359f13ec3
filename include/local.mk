# The public headers, all installed: tools/check_exports.sh holds what they declare against the library,
# tests/api/installed.sh what is installed against this folder.
include_HEADERS += include/prismsearch.h

prismincludedir = $(includedir)/prismsearch
prisminclude_HEADERS = \
	include/prismsearch/base.h \
	include/prismsearch/error.h \
	include/prismsearch/index.h \
	include/prismsearch/maintain.h \
	include/prismsearch/query.h \
	include/prismsearch/schema.h \
	include/prismsearch/search.h \
	include/prismsearch/vocabulary.h \
	include/prismsearch/writer.h

prismextdir = $(prismincludedir)/ext
prismext_HEADERS = include/prismsearch/ext/tokenizer.h
