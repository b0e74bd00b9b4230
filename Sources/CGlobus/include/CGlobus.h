/* What Swift cannot import from the Globus headers: addresses behind macros, and error objects as text. */
#ifndef MAD_CGLOBUS_H
#define MAD_CGLOBUS_H

#include <globus/globus_common.h>
#include <globus/globus_gsi_credential.h>
#include <globus/globus_gss_assist.h>

typedef globus_module_descriptor_t *mad_module_t;

/* The GLOBUS_..._MODULE macros take addresses, which Swift does not import. */
mad_module_t mad_module_common(void);
mad_module_t mad_module_gssapi(void);
mad_module_t mad_module_credential(void);

/* The text of a result; consumes its error object. The caller frees the text. NULL for success. */
char *mad_result_text(globus_result_t result);
/* The text of an error object, which stays its owner's. The caller frees the text. */
char *mad_error_text(globus_object_t *error);

#endif
