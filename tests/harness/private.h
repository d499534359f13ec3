/* private.h - between main.c and place.c only: the folder under which a program's temporaries
 * live. */
#ifndef PRS_TESTS_HARNESS_PRIVATE_H
#define PRS_TESTS_HARNESS_PRIVATE_H

/** The new folder. */
const char *test_places_open(void);
void test_places_close(void);

#endif
