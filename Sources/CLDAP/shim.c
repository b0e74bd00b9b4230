#include "CLDAP.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openldap.h>

static void start_aloof(void) {
    const int was_set = getenv("LDAPNOINIT") != NULL;
    int version;
    setenv("LDAPNOINIT", "1", 1);
    /* The first look at an option is when libldap reads its surroundings. */
    ldap_get_option(NULL, LDAP_OPT_PROTOCOL_VERSION, &version);
    /* Processes that this one starts may want theirs. */
    if (!was_set) unsetenv("LDAPNOINIT");
}

void cldap_ignore_surroundings(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_aloof);
}

int cldap_open(LDAP **handle, int socket, const char *url, unsigned long largest) {
    const int version = LDAP_VERSION3;
    const int never = LDAP_DEREF_NEVER;
    Sockbuf *buffer = NULL;
    ber_len_t limit = largest;
    int code = ldap_init_fd(socket, LDAP_PROTO_TCP, url, handle);
    if (code != LDAP_SUCCESS) {
        close(socket);
        return code;
    }
    ldap_set_option(*handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(*handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    ldap_set_option(*handle, LDAP_OPT_DEREF, &never);
    ldap_set_option(*handle, LDAP_OPT_RESTART, LDAP_OPT_ON);
    if (ldap_get_option(*handle, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS && buffer != NULL) {
        ber_len_t ahead = 65536;
        ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &limit);
        /* Otherwise each entry costs two reads and a poll. */
        if (ber_sockbuf_add_io(buffer, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER, NULL) == 0)
            ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_READAHEAD, &ahead);
    }
    return LDAP_SUCCESS;
}

int cldap_is_filter(const char *text) {
    LDAP *handle = NULL;
    int ends[2], message, code;
    cldap_ignore_surroundings();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 0;
    code = cldap_open(&handle, ends[0], "ldap://localhost", 65536);
    if (code == LDAP_SUCCESS) {
        code = ldap_search_ext(handle, "", LDAP_SCOPE_BASE, text, NULL, 0, NULL, NULL, NULL, 0, &message);
        ldap_unbind_ext(handle, NULL, NULL);
    }
    close(ends[1]);
    return code == LDAP_SUCCESS;
}

int cldap_set_authorities(LDAP *handle, const char *file) {
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    const int client = 0;
    int code = ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    if (code == LDAP_OPT_SUCCESS) code = ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, file);
    /* The settings count for contexts made from now on. */
    if (code == LDAP_OPT_SUCCESS) code = ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &client);
    return code == LDAP_OPT_SUCCESS ? LDAP_SUCCESS : LDAP_CONNECT_ERROR;
}

int cldap_last_error(LDAP *handle, char **message) {
    int code = LDAP_OTHER;
    *message = NULL;
    ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code);
    ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, message);
    return code;
}

int cldap_bind(LDAP *handle, const char *name, const char *password, int *message) {
    struct berval secret = {strlen(password), (char *)password};
    return ldap_sasl_bind(handle, name, LDAP_SASL_SIMPLE, &secret, NULL, NULL, message);
}
