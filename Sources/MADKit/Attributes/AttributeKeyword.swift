/// The 27 attribute names that gwd's lexer knows, in the order in which they are printed. Any other name is generic.
package enum AttributeKeyword: UInt8, CaseIterable, Sendable {
    case hostname, arch, osName, osVersion, cpuModel, cpuMHz, cpuFree, cpuSMP, nodeCount
    case sizeMemory, freeMemory, sizeDisk, freeDisk, forkName, lrmsName, lrmsType
    case queueName, queueNodeCount, queueFreeNodeCount, queueMaxTime, queueMaxCPUTime, queueMaxCount
    case queueMaxRunningJobs, queueMaxJobsInQueue, queueStatus, queueDispatchType, queuePriority

    /// What gwd can keep under a name.
    enum Kind: Sendable, Equatable {
        /// A number. Less than nothing makes sense only for limits, where some sites publish -1 for "none".
        case integer(mayBeNegative: Bool)
        /// Quoted text of at most so many bytes; a longer one is cut.
        case text(bytes: Int)
        /// Text that gwd passes on between blanks and colons, so without either; useless when cut.
        case word(bytes: Int)
    }

    /// The longest text for which gwd has room everywhere.
    static let textBytes = 255

    private static let table: [(name: String, kind: Kind)] = [
        ("HOSTNAME", .text(bytes: textBytes)), ("ARCH", .text(bytes: textBytes)), ("OS_NAME", .text(bytes: textBytes)),
        ("OS_VERSION", .text(bytes: textBytes)), ("CPU_MODEL", .text(bytes: textBytes)),
        ("CPU_MHZ", .integer(mayBeNegative: false)), ("CPU_FREE", .integer(mayBeNegative: false)),
        ("CPU_SMP", .integer(mayBeNegative: false)), ("NODECOUNT", .integer(mayBeNegative: false)),
        ("SIZE_MEM_MB", .integer(mayBeNegative: false)), ("FREE_MEM_MB", .integer(mayBeNegative: false)),
        ("SIZE_DISK_MB", .integer(mayBeNegative: false)), ("FREE_DISK_MB", .integer(mayBeNegative: false)),
        // gwd reads the names of queues and job managers back into 25 bytes.
        ("FORK_NAME", .word(bytes: 24)), ("LRMS_NAME", .word(bytes: 24)), ("LRMS_TYPE", .word(bytes: 24)),
        ("QUEUE_NAME", .word(bytes: 24)), ("QUEUE_NODECOUNT", .integer(mayBeNegative: false)),
        ("QUEUE_FREENODECOUNT", .integer(mayBeNegative: false)), ("QUEUE_MAXTIME", .integer(mayBeNegative: true)),
        ("QUEUE_MAXCPUTIME", .integer(mayBeNegative: true)), ("QUEUE_MAXCOUNT", .integer(mayBeNegative: true)),
        ("QUEUE_MAXRUNNINGJOBS", .integer(mayBeNegative: true)),
        ("QUEUE_MAXJOBSINQUEUE", .integer(mayBeNegative: true)),
        // When a job ends gwd prints these three, with their labels, into 25 bytes each.
        ("QUEUE_STATUS", .text(bytes: 15)), ("QUEUE_DISPATCHTYPE", .text(bytes: 17)),
        ("QUEUE_PRIORITY", .text(bytes: 13)),
    ]

    private static let byName = Dictionary(
        uniqueKeysWithValues: allCases.map { (table[Int($0.rawValue)].name, $0) })

    /// Those that describe the host as a whole.
    static let ofHost = allCases.filter { !$0.isOfQueue }
    /// Those that describe one queue and need its number.
    static let ofQueue = allCases.filter(\.isOfQueue)

    /// The keyword of that name; `nil` for a generic one. Names are case-sensitive, as in gwd.
    package init?(_ name: String) {
        guard let keyword = AttributeKeyword.byName[name] else { return nil }
        self = keyword
    }

    /// The name on the wire.
    var name: String { AttributeKeyword.table[Int(rawValue)].name }
    /// What may follow the equals sign.
    var kind: Kind { AttributeKeyword.table[Int(rawValue)].kind }
    /// True for the attributes of a queue, which always carry an index: without one gwd writes outside of its table.
    package var isOfQueue: Bool { rawValue >= AttributeKeyword.queueName.rawValue }
    /// True when gwd can know a queue by this name.
    package static func isQueueName(_ text: String) -> Bool {
        guard case .word(let bytes) = queueName.kind else { return false }
        let name = AttributeString.clean(text, bytes: .max)
        return !name.isEmpty && AttributeString.isWord(name, bytes: bytes)
    }

    /// True when gwd wants a number.
    package var isInteger: Bool { if case .integer = kind { true } else { false } }
}
