#include "CGridFTP.h"

mad_module_t mad_module_ftp_client(void) { return GLOBUS_FTP_CLIENT_MODULE; }
mad_module_t mad_module_ftp_markers(void) { return GLOBUS_FTP_CLIENT_PERF_PLUGIN_MODULE; }
mad_module_t mad_module_gass_copy(void) { return GLOBUS_GASS_COPY_MODULE; }

int mad_ftp_reply_code(globus_object_t *error) {
    for (; error; error = globus_error_base_get_cause(error)) {
        if (globus_object_get_type(error) == GLOBUS_ERROR_TYPE_FTP) return globus_error_ftp_error_get_code(error);
    }
    return 0;
}

globus_result_t mad_ftp_set_transfer(globus_ftp_client_operationattr_t *attributes, int is_extended, int streams) {
    globus_ftp_control_parallelism_t parallelism = {0};
    globus_result_t result = globus_ftp_client_operationattr_set_type(attributes, GLOBUS_FTP_CONTROL_TYPE_IMAGE);
    if (result != GLOBUS_SUCCESS) return result;
    result = globus_ftp_client_operationattr_set_mode(
        attributes, is_extended ? GLOBUS_FTP_CONTROL_MODE_EXTENDED_BLOCK : GLOBUS_FTP_CONTROL_MODE_STREAM);
    if (result != GLOBUS_SUCCESS) return result;
    parallelism.mode = streams > 1 ? GLOBUS_FTP_CONTROL_PARALLELISM_FIXED : GLOBUS_FTP_CONTROL_PARALLELISM_NONE;
    parallelism.fixed.size = streams;
    return globus_ftp_client_operationattr_set_parallelism(attributes, &parallelism);
}

/* The plugin keeps one pointer for its user; it leads to these two. */
struct watcher {
    void (*moved)(void *argument, globus_off_t bytes);
    void *argument;
};

static void on_begin(void *user, globus_ftp_client_handle_t *handle, const char *source, const char *destination,
    globus_bool_t is_restart) {
    (void)user, (void)handle, (void)source, (void)destination, (void)is_restart;
}

static void on_marker(void *user, globus_ftp_client_handle_t *handle, long seconds, char tenths, int stripe,
    int stripes, globus_off_t bytes) {
    struct watcher *watcher = user;
    (void)handle, (void)seconds, (void)tenths, (void)stripe, (void)stripes;
    watcher->moved(watcher->argument, bytes);
}

static void on_complete(void *user, globus_ftp_client_handle_t *handle, globus_bool_t success) {
    (void)user, (void)handle, (void)success;
}

globus_result_t mad_ftp_watch(globus_ftp_client_handle_t *handle, globus_ftp_client_plugin_t *plugin,
    void (*moved)(void *argument, globus_off_t bytes), void *argument) {
    struct watcher *watcher = malloc(sizeof *watcher);
    if (!watcher) abort();
    *watcher = (struct watcher){moved, argument};
    globus_result_t result =
        globus_ftp_client_perf_plugin_init(plugin, on_begin, on_marker, on_complete, watcher);
    if (result != GLOBUS_SUCCESS) {
        free(watcher);
        return result;
    }
    result = globus_ftp_client_handle_add_plugin(handle, plugin);
    if (result != GLOBUS_SUCCESS) {
        globus_ftp_client_perf_plugin_destroy(plugin);
        free(watcher);
    }
    return result;
}

globus_result_t mad_ftp_unwatch(globus_ftp_client_handle_t *handle, globus_ftp_client_plugin_t *plugin) {
    void *watcher = NULL;
    globus_ftp_client_perf_plugin_get_user_specific(plugin, &watcher);
    globus_result_t result = globus_ftp_client_handle_remove_plugin(handle, plugin);
    if (result != GLOBUS_SUCCESS) return result;
    globus_ftp_client_perf_plugin_destroy(plugin);
    free(watcher);
    return result;
}
