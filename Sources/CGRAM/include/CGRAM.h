/* The GRAM client, with what Swift cannot import of it, or better does not. */
#ifndef MAD_CGRAM_H
#define MAD_CGRAM_H

#include <CGlobus.h>
#include <globus/globus_gram_client.h>
#include <globus/globus_gram_protocol.h>

mad_module_t mad_module_gram_client(void);

/* A field such as "exit-code" of a job manager's answer, or NULL; the text belongs to `info`. */
const char *mad_job_field(globus_gram_client_job_info_t *info, const char *name);

/* The text of an error code, with the details that the library keeps for the calling thread, which are then forgotten:
   the next error of the thread may be another one. The caller frees the text. */
char *mad_gram_error(int code);

/* Reads the proxy file anew and uses it from now on. 0, or an error code with a text that the caller frees. */
int mad_use_new_credential(char **text);

/* A notification: contact, state, failure code, exit code or NULL. The texts are the caller's, for the call only. */
typedef void (*mad_listener_t)(void *argument, const char *contact, int state, int failure, const char *exit_code);

/* Opens a port for job managers' notifications and returns its URL, which the caller frees.

   globus_gram_client_info_callback_allow() does the same, but reads uninitialised memory when a stranger connects, or
   when a request is empty (seen in globus_gram_client 14.6). */
int mad_listen(mad_listener_t listener, void *argument, char **url);

#endif
