#include "CGridFTP.h"

mad_module_t mad_module_ftp_client(void) { return GLOBUS_FTP_CLIENT_MODULE; }
mad_module_t mad_module_gass_copy(void) { return GLOBUS_GASS_COPY_MODULE; }
