/* The GRAM client, with what Swift cannot import of it. */
#ifndef MAD_CGRAM_H
#define MAD_CGRAM_H

#include <CGlobus.h>
#include <globus/globus_gram_client.h>
#include <globus/globus_gram_protocol.h>

mad_module_t mad_module_gram_client(void);

/* An extension such as "exit-code" of a job's state, or NULL; the text belongs to `info`. */
const char *mad_job_extension(globus_gram_client_job_info_t *info, const char *name);

#endif
