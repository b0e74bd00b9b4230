/* libldap for Swift: its own header, and what Swift does not import from it: macros with casts, variadic options. */
#ifndef MAD_CLDAP_H
#define MAD_CLDAP_H

#include <ldap.h>

/* Keeps libldap from reading ldap.conf, ldaprc files and LDAP variables; to be called before anything else. */
void cldap_ignore_surroundings(void);

/* A handle on a connected socket, which is its own from now on, also when this fails. `url` tells the server's name, for
 * certificates. Version 3, referrals not followed, aliases not followed, interrupted calls repeated, no message larger
 * than `largest` bytes taken. An LDAP result code. */
int cldap_open(LDAP **handle, int socket, const char *url, unsigned long largest);

/* 1 when libldap can read the text as a filter. It has no function that only says so, so a search with it is begun that
 * goes nowhere. 0 also when there are no descriptors or memory left. */
int cldap_is_filter(const char *text);

/* Demands a certificate that the authorities in `file` vouch for and that names the host. An LDAP result code. */
int cldap_set_authorities(LDAP *handle, const char *file);

/* The code of the last failure of the handle, and the words of the server or of TLS for it (to be freed), or NULL. */
int cldap_last_error(LDAP *handle, char **message);

/* A simple bind, asynchronous. */
int cldap_bind(LDAP *handle, const char *name, const char *password, int *message);

#endif
