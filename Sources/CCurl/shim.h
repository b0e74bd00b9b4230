/* libcurl, and typed forms of its variadic functions, which Swift cannot call. */
#ifndef MAD_CCURL_H
#define MAD_CCURL_H

#include <curl/curl.h>

typedef size_t (*mad_curl_write)(char *bytes, size_t size, size_t count, void *context);
typedef CURLcode (*mad_curl_ssl_context)(CURL *easy, void *ssl_context, void *context);

static inline CURLcode mad_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mad_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mad_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mad_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mad_curl_set_writer(CURL *easy, mad_curl_write function) {
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
}

static inline CURLcode mad_curl_set_ssl_context(CURL *easy, mad_curl_ssl_context function) {
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, function);
}

static inline CURLcode mad_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode mad_curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode mad_curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode mad_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/* The result of a finished transfer, which is in a union. */
static inline CURLcode mad_curl_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
