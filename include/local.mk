# The public headers.  Each is complete by itself.  A header is installed when the library has all that
# it declares (tools/check_exports.sh compares); until then it stands in the second list.
prismincludedir = $(includedir)/prismsearch
prisminclude_HEADERS = \
	include/prismsearch/base.h \
	include/prismsearch/error.h

noinst_HEADERS = \
	include/prismsearch.h \
	include/prismsearch/index.h \
	include/prismsearch/query.h \
	include/prismsearch/schema.h \
	include/prismsearch/search.h \
	include/prismsearch/vocabulary.h \
	include/prismsearch/writer.h
