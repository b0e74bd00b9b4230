/* OpenSSL, and functions for those of its macros that Swift cannot see. */
#ifndef MAD_COPENSSL_H
#define MAD_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* Names of application data that frees itself with its SSL_CTX. */
static inline int mad_ssl_context_index(CRYPTO_EX_free *release) {
    return CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, NULL, NULL, NULL, release);
}

static inline int mad_ssl_context_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int mad_ssl_context_set_oldest(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int mad_certificate_count(const STACK_OF(X509) *certificates) {
    return certificates ? sk_X509_num(certificates) : 0;
}

static inline X509 *mad_certificate_at(const STACK_OF(X509) *certificates, int index) {
    return sk_X509_value(certificates, index);
}

/* The language of a proxy certificate's policy as a dotted number in `text`; 0 when it has no ProxyCertInfo. */
static inline int mad_proxy_policy(const X509 *certificate, char *text, int size) {
    PROXY_CERT_INFO_EXTENSION *info = (PROXY_CERT_INFO_EXTENSION *)X509_get_ext_d2i(
        certificate, NID_proxyCertInfo, NULL, NULL);
    if (!info) return 0;
    OBJ_obj2txt(text, size, info->proxyPolicy->policyLanguage, 1);
    PROXY_CERT_INFO_EXTENSION_free(info);
    return 1;
}

/* The critical extension that makes a proxy certificate, with the policy's language as a dotted number; NULL without
 * memory. */
static inline X509_EXTENSION *mad_proxy_extension(const char *language) {
    PROXY_CERT_INFO_EXTENSION *info = PROXY_CERT_INFO_EXTENSION_new();
    X509_EXTENSION *extension = NULL;
    if (!info) return NULL;
    ASN1_OBJECT_free(info->proxyPolicy->policyLanguage);
    info->proxyPolicy->policyLanguage = OBJ_txt2obj(language, 1);
    if (info->proxyPolicy->policyLanguage) extension = X509V3_EXT_i2d(NID_proxyCertInfo, 1, info);
    PROXY_CERT_INFO_EXTENSION_free(info);
    return extension;
}

/* An extension from OpenSSL's own notation, such as "critical,digitalSignature". */
static inline X509_EXTENSION *mad_extension(int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, NULL, NULL, NULL, NULL, 0);
    return X509V3_EXT_conf_nid(NULL, &context, kind, value);
}

/* Servers that know nothing of secure renegotiation may be talked to. */
static inline void mad_ssl_context_allow_old_servers(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
}

/* A context that serves: every connection begins anew and holds no buffers while it waits, and clients without elliptic
 * curves can agree on a key. */
static inline void mad_ssl_context_serve(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_dh_auto(context, 1);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
}

#endif
