import CGridFTP
import Globus
import Testing

/// The plugin that tells how a transfer between servers gets on.
@Suite struct MarkerTests {
    @Test func aPluginThatTheLibraryWillNotLetGoStaysWhole() throws {
        for module in [mad_module_ftp_client(), mad_module_ftp_markers()] {
            try GlobusModule.activate(UnsafeMutableRawPointer(module))
        }
        var watched: globus_ftp_client_handle_t?
        var other: globus_ftp_client_handle_t?
        var plugin: globus_ftp_client_plugin_t?
        #expect(globus_ftp_client_handle_init(&watched, nil) == 0)
        #expect(globus_ftp_client_handle_init(&other, nil) == 0)
        #expect(mad_ftp_watch(&watched, &plugin, { _, _ in }, nil) == 0)
        // Not this handle's plugin: refused, as by a handle that is still at work.
        #expect(mad_ftp_unwatch(&other, &plugin) != 0)
        #expect(mad_ftp_unwatch(&watched, &plugin) == 0)
        #expect(globus_ftp_client_handle_destroy(&watched) == 0)
        #expect(globus_ftp_client_handle_destroy(&other) == 0)
    }
}
