#include "CCurl.h"

#include <dlfcn.h>

/* GnuTLS asks for this function when it is loaded. It comes along with libcurl's libraries, and nobody here calls it: its
 * start would take time and a megabyte of memory. Found where the program exports its functions, as those with a static
 * Swift runtime do. */
int _gnutls_global_init_skip(void);
int _gnutls_global_init_skip(void) { return 1; }

/* Ours are for this program alone: libcurl calls its own functions by the same names. */
#pragma GCC visibility push(hidden)

/* Everything of libcurl that is used, without the prefix. */
#define EACH_FUNCTION(DO) \
    DO(global_init) DO(version_info) DO(slist_append) DO(slist_free_all) \
    DO(easy_init) DO(easy_cleanup) DO(easy_setopt) DO(easy_getinfo) DO(easy_strerror) \
    DO(multi_init) DO(multi_setopt) DO(multi_add_handle) DO(multi_remove_handle) DO(multi_perform) DO(multi_poll) \
    DO(multi_wakeup) DO(multi_info_read) DO(multi_cleanup)

#define POINTER(name) __typeof__(curl_##name) *name;
static struct { EACH_FUNCTION(POINTER) } library;

const char *mad_curl_load(void) {
    /* The name of the interface that the headers describe. */
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return dlerror();
#define FIND(name) if (!(library.name = (__typeof__(curl_##name) *)dlsym(handle, "curl_" #name))) return dlerror();
    EACH_FUNCTION(FIND)
    return NULL;
}

CURLcode curl_global_init(long flags) { return library.global_init(flags); }
curl_version_info_data *curl_version_info(CURLversion age) { return library.version_info(age); }
struct curl_slist *curl_slist_append(struct curl_slist *list, const char *line) { return library.slist_append(list, line); }
void curl_slist_free_all(struct curl_slist *list) { if (list) library.slist_free_all(list); }

CURL *curl_easy_init(void) { return library.easy_init(); }
void curl_easy_cleanup(CURL *easy) { library.easy_cleanup(easy); }
const char *curl_easy_strerror(CURLcode code) { return library.easy_strerror(code); }

CURLM *curl_multi_init(void) { return library.multi_init(); }
CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy) { return library.multi_add_handle(multi, easy); }
CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy) { return library.multi_remove_handle(multi, easy); }
CURLMcode curl_multi_perform(CURLM *multi, int *running) { return library.multi_perform(multi, running); }
CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd others[], unsigned int count, int milliseconds, int *ready) {
    return library.multi_poll(multi, others, count, milliseconds, ready);
}
CURLMcode curl_multi_wakeup(CURLM *multi) { return library.multi_wakeup(multi); }
CURLMsg *curl_multi_info_read(CURLM *multi, int *left) { return library.multi_info_read(multi, left); }
CURLMcode curl_multi_cleanup(CURLM *multi) { return library.multi_cleanup(multi); }

CURLcode mad_curl_set_long(CURL *easy, CURLoption option, long value) { return library.easy_setopt(easy, option, value); }
CURLcode mad_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return library.easy_setopt(easy, option, value);
}
CURLcode mad_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return library.easy_setopt(easy, option, value);
}
CURLcode mad_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return library.easy_setopt(easy, option, value);
}
CURLcode mad_curl_set_writer(CURL *easy, mad_curl_write function) {
    return library.easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
}
CURLcode mad_curl_set_ssl_context(CURL *easy, mad_curl_ssl_context function) {
    return library.easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, function);
}
CURLcode mad_curl_get_long(CURL *easy, CURLINFO info, long *value) { return library.easy_getinfo(easy, info, value); }
CURLcode mad_curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return library.easy_getinfo(easy, info, value);
}
CURLcode mad_curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return library.easy_getinfo(easy, info, value);
}
CURLMcode mad_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return library.multi_setopt(multi, option, value);
}
