# The public headers.  Each is complete by itself; prismsearch.h includes all.
prismincludedir = $(includedir)/prismsearch
prisminclude_HEADERS = \
	include/prismsearch/base.h \
	include/prismsearch/error.h
