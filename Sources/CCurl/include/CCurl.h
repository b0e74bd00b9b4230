/* libcurl, and typed forms of its variadic functions, which Swift cannot call.
 *
 * The library is loaded by mad_curl_load and not with the program: Debian's brings some thirty others along, which would
 * take more time than all else of a driver's start, and a driver's first answer does not need it. What stands here under
 * libcurl's own names passes calls on to it. */
#ifndef MAD_CCURL_H
#define MAD_CCURL_H

/* The forms that check types are macros, which would hide what they name. */
#define CURL_DISABLE_TYPECHECK

#include <curl/curl.h>

/* Loads libcurl; before any other of these functions, and once. NULL, or why it cannot be loaded. */
const char *mad_curl_load(void);

typedef size_t (*mad_curl_write)(char *bytes, size_t size, size_t count, void *context);
typedef CURLcode (*mad_curl_ssl_context)(CURL *easy, void *ssl_context, void *context);

CURLcode mad_curl_set_long(CURL *easy, CURLoption option, long value);
CURLcode mad_curl_set_size(CURL *easy, CURLoption option, curl_off_t value);
CURLcode mad_curl_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode mad_curl_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode mad_curl_set_writer(CURL *easy, mad_curl_write function);
CURLcode mad_curl_set_ssl_context(CURL *easy, mad_curl_ssl_context function);
CURLcode mad_curl_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode mad_curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode mad_curl_get_pointer(CURL *easy, CURLINFO info, void **value);
CURLMcode mad_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);

/* The result of a finished transfer, which is in a union. */
static inline CURLcode mad_curl_result(const CURLMsg *message) { return message->data.result; }

#endif
