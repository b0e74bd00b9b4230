/* What is used of libxml2. */
#ifndef MAD_CLIBXML2_H
#define MAD_CLIBXML2_H

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

/* Gives back what libxml2 allocated; its own name is a variable. */
static inline void mad_xml_free(void *memory) {
    xmlFree(memory);
}

#endif
