import Glibc
import MADKit

/// What every command that talks to drivers needs: which drivers, and the switchboard.
struct Setup {
    let console: Console
    let lineUp: LineUp
    let board: Switchboard

    /// Reads the options that the commands share.
    init(_ invocation: Invocation, choices: LineUp.Choices) throws(Failure) {
        let console = Console(isVerbose: invocation.has("verbose"))
        let locator = DriverLocator.current()
        // gwd always runs with it, and drivers look for their files below it.
        if let root = locator.tree.root { setenv("GW_LOCATION", root, 1) }
        let patience = try invocation.seconds("timeout")
        var limits = GWDLimits.buffersOf5_14
        if let release = invocation["gwd"] {
            guard let named = GWDLimits.buffers(of: release) else {
                throw Failure(.usage, "--gwd: '\(release)' is no release such as 5.4 or 5.14")
            }
            limits = named
        }
        var record: WireRecord?
        if let path = invocation["trace"] { record = try WireRecord(path: LocalFile.absolute(path)) }
        let config = invocation["config"].map(LocalFile.absolute)
        lineUp = try LineUp(choices) { () throws(Failure) in
            let conf = try GWDConf.load(config, tree: locator.tree)
            conf.warnings.forEach { console.note($0) }
            return conf
        }
        self.console = console
        board = Switchboard(
            console: console, interrupts: try Interrupts.catchThem(), locator: locator, record: record, limits: limits,
            patience: patience)
    }
}
