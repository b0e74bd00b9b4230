#include "CGRAM.h"

#include <stdlib.h>
#include <string.h>

mad_module_t mad_module_gram_client(void) { return GLOBUS_GRAM_CLIENT_MODULE; }

static const char *field(globus_hashtable_t *fields, const char *name) {
    if (!*fields) return NULL;
    globus_gram_protocol_extension_t *entry = globus_hashtable_lookup(fields, (void *)name);
    return entry ? entry->value : NULL;
}

const char *mad_job_field(globus_gram_client_job_info_t *info, const char *name) {
    return info ? field(&info->extensions, name) : NULL;
}

char *mad_gram_error(int code) {
    const char *text = globus_gram_protocol_error_string(code);
    char *copy = text ? strdup(text) : NULL;
    globus_gram_protocol_error_7_hack_replace_message(NULL);
    globus_gram_protocol_error_10_hack_replace_message(NULL);
    return copy;
}

int mad_use_new_credential(char **text) {
    OM_uint32 minor = 0;
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    OM_uint32 major = globus_gss_assist_acquire_cred(&minor, GSS_C_BOTH, &credential);
    if (major != GSS_S_COMPLETE) {
        globus_gss_assist_display_status_str(text, NULL, major, minor, 0);
        return GLOBUS_GRAM_PROTOCOL_ERROR_AUTHORIZATION;
    }
    return globus_gram_client_set_credentials(credential);
}

struct listener {
    mad_listener_t call;
    void *argument;
};

/* Only the user's own job managers may speak of the user's jobs. */
static int is_ours(globus_gram_protocol_handle_t handle) {
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    return globus_gram_protocol_get_sec_context(handle, &context) == GLOBUS_SUCCESS && context != GSS_C_NO_CONTEXT
        && globus_gram_protocol_authorize_self(context) == GLOBUS_TRUE;
}

static void take(void *argument, globus_gram_protocol_handle_t handle, globus_byte_t *message, globus_size_t size,
    int error, char *uri) {
    (void)uri;
    struct listener *listener = argument;
    globus_hashtable_t fields = NULL;
    int is_good = error == GLOBUS_SUCCESS && size > 0 && is_ours(handle)
        && globus_gram_protocol_unpack_status_update_message_with_extensions(message, size, &fields) == GLOBUS_SUCCESS;
    if (is_good) {
        const char *contact = field(&fields, "job-manager-url");
        const char *state = field(&fields, "status");
        const char *failure = field(&fields, "failure-code");
        if (contact && state)
            listener->call(listener->argument, contact, atoi(state), failure ? atoi(failure) : 0, field(&fields, "exit-code"));
        globus_gram_protocol_hash_destroy(&fields);
    }
    globus_gram_protocol_reply(handle, is_good ? 200 : 403, NULL, 0);
}

int mad_listen(mad_listener_t call, void *argument, char **url) {
    struct listener *listener = malloc(sizeof *listener);
    if (!listener) return GLOBUS_GRAM_PROTOCOL_ERROR_MALLOC_FAILED;
    listener->call = call;
    listener->argument = argument;
    int code = globus_gram_protocol_allow_attach(url, take, listener);
    if (code != GLOBUS_SUCCESS) free(listener);
    return code;
}
