/* components.h - the numbers of the sections of a file (FORMAT.md section 4); never reused. */
#ifndef PRS_FORMAT_COMPONENTS_H
#define PRS_FORMAT_COMPONENTS_H

typedef enum prs_component {
    PRS_COMPONENT_SEGMENT = 1,
    PRS_COMPONENT_LISTS = 2,
    PRS_COMPONENT_TERMS_INDEX = 3,
    PRS_COMPONENT_LENGTHS = 4,
    PRS_COMPONENT_SPANS = 5,
    PRS_COMPONENT_PAIR_LISTS = 6,
    PRS_COMPONENT_PAIR_TERMS_INDEX = 7,
    PRS_COMPONENT_KEYS = 8,
    PRS_COMPONENT_ORDER = 9,
    PRS_COMPONENT_COLUMN = 10,
    PRS_COMPONENT_DOCS = 11,
    PRS_COMPONENT_DOC_INDEX = 12,
    PRS_COMPONENT_DOC_DICTIONARY = 13,
    PRS_COMPONENT_MANIFEST = 14,
    PRS_COMPONENT_SCHEMA = 15,
    PRS_COMPONENT_PAYLOAD = 16,
    PRS_COMPONENT_DELETES = 17,
    PRS_COMPONENT_STOP_SET = 18,
} prs_component;

#define PRS_COMPONENT_VERSION 1u /* of every component in format 1.0 */

/* Compatible flags of file headers (FORMAT.md section 3). */
#define PRS_FLAG_UNSYNCED 1u /* of a commit: it was published without syncs */

#endif
