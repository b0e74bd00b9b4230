/* What is used of libxml2. */
#ifndef MAD_CLIBXML2_H
#define MAD_CLIBXML2_H

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#endif
