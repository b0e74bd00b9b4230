import MADKit

/// `gw_tm_mad_ftp`: files and directories on GridFTP servers for GridWay.
@main
enum Main {
    static func main() {
        DriverProcess.run(transfer: FTPDriver.self)
    }
}
