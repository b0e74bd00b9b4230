#include "CGRAM.h"

mad_module_t mad_module_gram_client(void) { return GLOBUS_GRAM_CLIENT_MODULE; }

const char *mad_job_extension(globus_gram_client_job_info_t *info, const char *name) {
    if (!info || !info->extensions) return NULL;
    globus_gram_protocol_extension_t *extension = globus_hashtable_lookup(&info->extensions, (void *)name);
    return extension ? extension->value : NULL;
}
