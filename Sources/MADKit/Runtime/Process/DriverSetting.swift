/// What the command line makes of a driver.
struct DriverSetting {
    let manual: Manual
    let tree: GridWayTree
    var places = Dispatcher.Places()
    var patience: Duration
    var options = Options()
    var limits = GWDLimits.oldest
    var log: Log
    var trace: WireTrace?
    /// What is wrong with the options; INIT reports it.
    var mistake: MADError?

    init(manual: Manual, tree: GridWayTree, patience: Duration) {
        self.manual = manual
        self.tree = tree
        self.patience = patience
        log = Log(program: manual.program, level: Environment.wantsDebugging ? .debug : .warning)
    }

    /// Reads the options that every driver has.
    /// - Throws: ``MADError`` naming the option; what was read before it stays in force.
    mutating func read(_ arguments: some Sequence<String>) throws(MADError) {
        let words = try ArgumentSplitter.words(of: Array(arguments))
        options = try Options(try OptionsFile.expand(words, tree: tree), manual: manual)
        try readLog()
        if let path = options["trace"] { trace = try WireTrace(path: path) }
        if let release = options["gwd"] {
            guard let known = GWDLimits(release: release) else {
                throw MADError(.invalid, "option --gwd: '\(release)' is not a GridWay release such as 5.4 or 5.14")
            }
            limits = known
        }
        if let bytes = try options.integer("line-limit", in: 200...100_000_000) {
            limits.lineBytes = bytes
            limits.infoBytes = min(limits.infoBytes, bytes)
        }
        if let seconds = try options.integer("timeout", in: 1...86_400) { patience = .seconds(seconds) }
        if let number = try options.integer("parallel", in: 1...1_000) { places.bulk = number }
    }

    private mutating func readLog() throws(MADError) {
        var level: Log.Level = Environment.wantsDebugging ? .debug : .warning
        if let name = options["log-level"] {
            guard let named = Log.Level(name: name) else {
                throw MADError(.invalid, "option --log-level: '\(name)' is none of error, warning, info, debug")
            }
            level = named
        }
        let descriptor = if let path = options["log"] { try PrivateFile.openForAppending(path) } else { Int32(2) }
        log = Log(program: manual.program, level: level, descriptor: descriptor)
    }

    /// What the driver is given.
    func launch() -> Launch {
        Launch(
            options: options, tree: tree, log: log, limits: limits, patience: patience, parallelOperations: places.bulk,
            blocking: BlockingPool(limit: max(16, places.bulk)))
    }
}
