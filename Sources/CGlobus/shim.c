#include "CGlobus.h"

mad_module_t mad_module_common(void) { return GLOBUS_COMMON_MODULE; }
mad_module_t mad_module_gssapi(void) { return GLOBUS_GSI_GSSAPI_MODULE; }
mad_module_t mad_module_credential(void) { return GLOBUS_GSI_CREDENTIAL_MODULE; }

char *mad_error_text(globus_object_t *error) {
    return error ? globus_error_print_friendly(error) : NULL;
}

char *mad_result_text(globus_result_t result) {
    globus_object_t *error = globus_error_get(result);
    char *text = mad_error_text(error);
    if (error) globus_object_free(error);
    return text;
}
