import Directory
import MADKit

/// The schema of MDS 2: a host is an entry, its job managers are below it, their queues below them.
package struct MDS2: DirectorySchema {
    /// What is asked of an entry of the host, or, where the host's own entry is silent, of its devices.
    static let hostTable = [
        Mapping("ARCH", "Mds-Computer-isa"),
        Mapping("OS_NAME", "Mds-Os-name"),
        Mapping("OS_VERSION", "Mds-Os-release"),
        Mapping("CPU_MODEL", "Mds-Cpu-model"),
        Mapping("CPU_MHZ", "Mds-Cpu-speedMHz"),
        Mapping("CPU_FREE", "Mds-Cpu-Total-Free-1minX100"),
        Mapping("CPU_SMP", "Mds-Cpu-Smp-size"),
        Mapping("NODECOUNT", "Mds-Computer-Total-nodeCount"),
        Mapping("SIZE_MEM_MB", "Mds-Memory-Ram-Total-sizeMB"),
        Mapping("FREE_MEM_MB", "Mds-Memory-Ram-Total-freeMB"),
        Mapping("SIZE_DISK_MB", "Mds-Fs-Total-sizeMB"),
        Mapping("FREE_DISK_MB", "Mds-Fs-Total-freeMB"),
    ]

    /// What is asked of the entry of a queue. Times are in minutes, 0 means no limit.
    static let queueTable = [
        Mapping("QUEUE_NAME", "Mds-Job-Queue-name", as: .beforeAt),
        Mapping("QUEUE_NODECOUNT", "Mds-Computer-Total-nodeCount"),
        Mapping("QUEUE_FREENODECOUNT", "Mds-Computer-Total-Free-nodeCount"),
        Mapping("QUEUE_MAXTIME", "Mds-Gram-Job-Queue-maxtime"),
        Mapping("QUEUE_MAXCPUTIME", "Mds-Gram-Job-Queue-maxcputime"),
        Mapping("QUEUE_MAXCOUNT", "Mds-Gram-Job-Queue-maxcount"),
        Mapping("QUEUE_MAXRUNNINGJOBS", "Mds-Gram-Job-Queue-maxrunningjobs"),
        Mapping("QUEUE_MAXJOBSINQUEUE", "Mds-Gram-Job-Queue-maxjobsinqueue"),
        Mapping("QUEUE_STATUS", "Mds-Gram-Job-Queue-status"),
        Mapping("QUEUE_DISPATCHTYPE", "Mds-Gram-Job-Queue-dispatchtype"),
        Mapping("QUEUE_PRIORITY", "Mds-Gram-Job-Queue-priority"),
    ]

    // HOSTNAME, FORK_NAME, LRMS_NAME and LRMS_TYPE follow from the relations of entries: see MDS2Index.
    static let host = "Mds-Host-hn"
    static let software = "Mds-Software-deployment"
    static let schedulerType = "Mds-Service-Gram-schedulertype"
    static let queue = "Mds-Job-Queue-name"

    package let base = "mds-vo-name=local,o=grid"
    package let root = "o=grid"
    package let needsNames = true
    package let manyHosts = 25
    package let hasThoroughSearch = false
    package let attributes = AttributeNames(
        [host, software, schedulerType] + hostTable.flatMap(\.sources) + queueTable.flatMap(\.sources))

    private let reading: Reading
    private let hostTable: MappingTable
    private let queueTable: MappingTable

    package init(_ reading: Reading) {
        self.reading = reading
        hostTable = MappingTable(MDS2.hostTable, attributes, reading.placeholders)
        queueTable = MappingTable(MDS2.queueTable, attributes, reading.placeholders)
    }

    package var discovery: [Discovery] {
        [
            Discovery(filter: .all(.isA("MdsHost"), reading.hostFilter), attributes: AttributeNames([MDS2.host])) {
                entries, entry in entries.first(0, of: entry)
            }
        ]
    }

    package var everything: DirectoryFilter {
        reading.queueFilter.isEmpty
            ? .everything : .any([.not(.isA("MdsJobQueue")), .all(.isA("MdsJobQueue"), reading.queueFilter)])
    }

    package func step(_ step: Int, for host: String, in base: String, found: EntryTable, isThorough: Bool) -> Step? {
        switch step {
        // Where a GIIS puts it; such a search costs the same in a directory of any size.
        case 0: return Step(base: "\(MDS2.host)=\(host),\(base)", filter: everything)
        case 1 where found.count == 0: return Step(filter: .all(.isA("MdsHost"), .has("Mds-Host-hn", host)))
        // Of several places the one that the index takes.
        case 2: return (0..<found.count).map(found.name).min().map { Step(base: $0, filter: everything) }
        default: return nil
        }
    }

    package func index(_ entries: EntryTable) -> any DirectoryIndex {
        MDS2Index(entries, attributes, hostTable: hostTable, queueTable: queueTable)
    }
}
