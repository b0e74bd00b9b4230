/// What every driver has: a manual, a beginning and an end. The three families refine it.
///
/// A driver is a value or an actor with a handful of `async throws` functions. The runtime reads and writes the wire,
/// keeps the order of requests, bounds their number, watches deadlines and answers in the driver's place when it fails;
/// an author never sees a descriptor, a thread or a byte of the protocol.
public protocol Driver: Sendable {
    /// The program's name and options.
    static var manual: Manual { get }

    /// Gets ready to work. Called once, at INIT, which gwd expects to be answered within 5 s: contact no server here that
    /// may be slow.
    /// - Throws: what INIT FAILURE reports, after which the process ends.
    init(_ launch: Launch) async throws

    /// Lets go of what the process's end does not release by itself, such as child processes. Remote jobs go on. The
    /// process ends half a second later at most.
    func shutDown() async
}

extension Driver {
    /// Most drivers have nothing to let go of.
    public func shutDown() async {}
}

/// What a driver is given to begin with.
public struct Launch: Sendable {
    /// The options given, already checked against the manual.
    public let options: Options
    /// The GridWay installation.
    public let tree: GridWayTree
    /// Where to tell what happens.
    public let log: Log
    /// What gwd can read.
    public let limits: GWDLimits
    /// The deadline of one operation.
    public let patience: Duration
    /// How many long operations the runtime lets run at once.
    public let parallelOperations: Int
    /// Threads for calls that block.
    public let blocking: BlockingPool

    /// Gathers the parts; tests make their own.
    public init(
        options: Options = Options(), tree: GridWayTree = GridWayTree(root: nil), log: Log = Log(program: "test"),
        limits: GWDLimits = .oldest, patience: Duration = .seconds(120), parallelOperations: Int = 16,
        blocking: BlockingPool = BlockingPool()
    ) {
        self.options = options
        self.tree = tree
        self.log = log
        self.limits = limits
        self.patience = patience
        self.parallelOperations = parallelOperations
        self.blocking = blocking
    }
}
