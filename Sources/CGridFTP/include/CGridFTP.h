/* The GridFTP client and the copier, with what Swift cannot import of them. */
#ifndef MAD_CGRIDFTP_H
#define MAD_CGRIDFTP_H

#include <CGlobus.h>
#include <globus/globus_ftp_client.h>
#include <globus/globus_gass_copy.h>

mad_module_t mad_module_ftp_client(void);
mad_module_t mad_module_gass_copy(void);

#endif
