/* The peer of the information drivers' benchmark: libldap and nothing else. Reads the entries of a host, or of all hosts,
 * on one kept connection, and looks at every value as a reader must.
 *
 *   ldap_search URL BASE one COUNT FILTER...       one search behind the other; prints microseconds, a line a host
 *   ldap_search URL BASE many COUNT WINDOW FILTER...  WINDOW hosts under way at once; prints hosts a second
 *   ldap_search URL BASE all FILTER                one search; prints milliseconds and the bytes of all values
 *
 * A host takes as many searches as there are FILTERs, in turn. In them %s stands for a host, in the environment's HOSTS,
 * with blanks between; ATTRIBUTES names what is asked for.
 */
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static LDAP *handle;
static const char *base;
static char *attributes[100];
static char *hosts[20000];
static int host_count;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what, int code) {
    fprintf(stderr, "ldap_search: %s: %s\n", what, ldap_err2string(code));
    exit(1);
}

static int words(char *text, char **list, int most) {
    int count = 0;
    for (char *word = strtok(text, " \n"); word && count < most; word = strtok(NULL, " \n")) list[count++] = word;
    return count;
}

static size_t look_at(LDAPMessage *entry) {
    size_t bytes = 0;
    BerElement *position = NULL;
    char *dn = ldap_get_dn(handle, entry);
    ldap_memfree(dn);
    for (char *name = ldap_first_attribute(handle, entry, &position); name;
         name = ldap_next_attribute(handle, entry, position)) {
        struct berval **values = ldap_get_values_len(handle, entry, name);
        for (int i = 0; values && values[i]; i++) bytes += values[i]->bv_len;
        ldap_value_free_len(values);
        ldap_memfree(name);
    }
    ber_free(position, 0);
    return bytes;
}

static int begin(const char *filter, int host) {
    char text[2000];
    int id, code;
    snprintf(text, sizeof text, filter, host_count ? hosts[host % host_count] : "");
    code = ldap_search_ext(handle, base, LDAP_SCOPE_SUBTREE, text, attributes, 0, NULL, NULL, NULL, 0, &id);
    if (code != LDAP_SUCCESS) fail(text, code);
    return id;
}

/* Takes messages, of any search or of one, until a search is complete; its number. */
static int complete(int wanted, size_t *bytes) {
    for (;;) {
        LDAPMessage *message;
        int kind = ldap_result(handle, wanted, LDAP_MSG_ONE, NULL, &message);
        if (kind <= 0) fail("no result", LDAP_SERVER_DOWN);
        int id = ldap_msgid(message);
        if (kind == LDAP_RES_SEARCH_ENTRY) *bytes += look_at(message);
        ldap_msgfree(message);
        if (kind == LDAP_RES_SEARCH_RESULT) return id;
    }
}

static void one(int count, char **filters, int filter_count) {
    for (int host = 0; host < count; host++) {
        size_t bytes = 0;
        double start = now();
        for (int i = 0; i < filter_count; i++) complete(begin(filters[i], host), &bytes);
        printf("%.1f\n", (now() - start) * 1e6);
        if (!bytes) fail(hosts[host], LDAP_NO_SUCH_OBJECT);
    }
}

static void many(int count, int window, char **filters, int filter_count) {
    struct { int id, step, host; } place[1000];
    size_t bytes = 0;
    int next = 0, done = 0;
    double start = now();
    for (int i = 0; i < window; i++, next++) {
        place[i].id = begin(filters[0], next);
        place[i].step = 0;
        place[i].host = next;
    }
    while (done < count) {
        int id = complete(LDAP_RES_ANY, &bytes), i = 0;
        while (i < window && place[i].id != id) i++;
        if (i == window) continue;
        if (++place[i].step == filter_count) {
            done++;
            place[i].step = 0;
            place[i].host = next++;
        }
        place[i].id = begin(filters[place[i].step], place[i].host);
    }
    printf("%.0f\n", count / (now() - start));
}

static void all(const char *filter) {
    size_t bytes = 0;
    double start = now();
    complete(begin(filter, 0), &bytes);
    printf("%.1f %zu\n", (now() - start) * 1e3, bytes);
}

int main(int argc, char **argv) {
    int version = LDAP_VERSION3, code;
    char *list = getenv("ATTRIBUTES");
    if (argc < 5) return 64;
    base = argv[2];
    if (list) words(list, attributes, 99);
    if ((list = getenv("HOSTS"))) host_count = words(list, hosts, 20000);
    if ((code = ldap_initialize(&handle, argv[1])) != LDAP_SUCCESS) fail(argv[1], code);
    ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    if (!strcmp(argv[3], "all")) all(argv[4]);
    else if (!strcmp(argv[3], "one")) one(atoi(argv[4]), argv + 5, argc - 5);
    else if (argc > 6 && atoi(argv[5]) <= 1000) many(atoi(argv[4]), atoi(argv[5]), argv + 6, argc - 6);
    ldap_unbind_ext_s(handle, NULL, NULL);
    return 0;
}
