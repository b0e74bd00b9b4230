/* The GridFTP client and the copier, with what Swift cannot import of them. */
#ifndef MAD_CGRIDFTP_H
#define MAD_CGRIDFTP_H

#include <CGlobus.h>
#include <globus/globus_ftp_client.h>
#include <globus/globus_ftp_client_perf_plugin.h>
#include <globus/globus_gass_copy.h>

mad_module_t mad_module_ftp_client(void);
mad_module_t mad_module_ftp_markers(void);
mad_module_t mad_module_gass_copy(void);

/* The reply code of the server that an error holds somewhere in its chain of causes; 0 when no server spoke. */
int mad_ftp_reply_code(globus_object_t *error);

/* Binary transfers: extended block mode over `streams` connections that stay open between files, or stream mode. */
globus_result_t mad_ftp_set_transfer(globus_ftp_client_operationattr_t *attributes, int is_extended, int streams);

/* Calls `moved` with the bytes that a transfer between two servers has moved so far, as often as the servers tell. */
globus_result_t mad_ftp_watch(globus_ftp_client_handle_t *handle, globus_ftp_client_plugin_t *plugin,
    void (*moved)(void *argument, globus_off_t bytes), void *argument);

/* Ends that. When it fails, the library may go on to call `moved`, and everything stays as it is. */
globus_result_t mad_ftp_unwatch(globus_ftp_client_handle_t *handle, globus_ftp_client_plugin_t *plugin);

#endif
