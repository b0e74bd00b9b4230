import Directory
import MADKit

/// The GLUE 1 schema: computing elements (one for each queue) refer to a cluster, sub-clusters of it describe machines.
package struct GLUE1: DirectorySchema {
    /// What a site of the schema is called by, and which of the two originals is followed where they differ.
    package enum Flavour: Sendable {
        /// `gw_im_mad_mds2_glue`: a host is a cluster.
        case cluster
        /// `gw_im_mad_bdii`: a host is what computing elements run on.
        case computingElement
    }

    /// What is asked of the sub-cluster. Memory is in MB; GLUE 1 does not tell how much is free.
    static let hostTable = [
        Mapping("ARCH", "GlueHostArchitecturePlatformType"),
        Mapping("OS_NAME", "GlueHostOperatingSystemName"),
        Mapping("OS_VERSION", "GlueHostOperatingSystemVersion"),
        Mapping("CPU_MODEL", "GlueHostProcessorModel"),
        Mapping("CPU_MHZ", "GlueHostProcessorClockSpeed"),
        Mapping("CPU_SMP", "GlueHostArchitectureSMPSize"),
        Mapping("SIZE_MEM_MB", "GlueHostMainMemoryRAMSize"),
        Mapping("FREE_MEM_MB", "GlueHostMainMemoryRAMSize"),
    ]

    /// What is asked of a computing element. Times are in minutes.
    static let queueTable = [
        Mapping("QUEUE_NODECOUNT", "GlueCEInfoTotalCPUs", "GlueCEPolicyAssignedJobSlots"),
        Mapping("QUEUE_FREENODECOUNT", "GlueCEStateFreeCPUs", "GlueCEStateFreeJobSlots"),
        Mapping("QUEUE_MAXTIME", "GlueCEPolicyMaxWallClockTime"),
        Mapping("QUEUE_MAXCPUTIME", "GlueCEPolicyMaxCPUTime"),
        Mapping("QUEUE_MAXRUNNINGJOBS", "GlueCEPolicyMaxRunningJobs"),
        Mapping("QUEUE_MAXJOBSINQUEUE", "GlueCEPolicyMaxTotalJobs"),
        Mapping("QUEUE_PRIORITY", "GlueCEPolicyPriority"),
        Mapping("QUEUE_STATUS", "GlueCEStateStatus"),
    ]

    /// What the schema does not tell and the original of the cluster flavour says of every host and queue.
    static let clusterHostConstants: [(String, HostAttributes.Value)] = [
        ("CPU_FREE", .integer(0)), ("SIZE_DISK_MB", .integer(0)), ("FREE_DISK_MB", .integer(0)),
        ("FORK_NAME", .text("jobmanager-fork")),
    ]
    static let clusterQueueConstants: [(String, HostAttributes.Value)] = [("QUEUE_MAXCOUNT", .integer(0))]
    static let queueConstants: [(String, HostAttributes.Value)] = [("QUEUE_DISPATCHTYPE", .text("batch"))]

    // HOSTNAME, NODECOUNT, LRMS_NAME, LRMS_TYPE, QUEUE_NAME, QUEUE_ACCESS and QUEUE_JOBWAIT: see GLUE1Index.
    static let element = "GlueCEUniqueID"
    static let elementName = "GlueCEName"
    static let elementHost = "GlueCEInfoHostName"
    static let managerType = "GlueCEInfoLRMSType"
    static let managerName = "GlueCEInfoJobManager"
    static let hostingCluster = "GlueCEHostingCluster"
    static let foreignKey = "GlueForeignKey"
    static let accessRule = "GlueCEAccessControlBaseRule"
    static let waitingJobs = "GlueCEStateWaitingJobs"
    static let subCluster = "GlueSubClusterUniqueID"
    static let subClusterName = "GlueSubClusterName"
    static let subClusterProcessors = "GlueSubClusterLogicalCPUs"
    static let chunkKey = "GlueChunkKey"
    static let cluster = "GlueClusterUniqueID"

    /// What computing elements tell of where they belong.
    static let relations = [element, elementHost, hostingCluster, foreignKey]

    package let base = "mds-vo-name=local,o=grid"
    package let root = "o=grid"
    package let needsNames = true
    package let manyHosts = 25
    package let hasThoroughSearch = true
    package let attributes = AttributeNames(
        [
            element, elementName, elementHost, managerType, managerName, hostingCluster, foreignKey, accessRule,
            waitingJobs,
        ]
            + queueTable.flatMap(\.sources)
            + [subCluster, subClusterName, subClusterProcessors, chunkKey, cluster] + hostTable.flatMap(\.sources))

    let flavour: Flavour
    private let reading: Reading
    private let hostTable: MappingTable
    private let queueTable: MappingTable

    package init(_ flavour: Flavour, _ reading: Reading) {
        self.flavour = flavour
        self.reading = reading
        hostTable = MappingTable(GLUE1.hostTable, attributes, reading.placeholders)
        queueTable = MappingTable(GLUE1.queueTable, attributes, reading.placeholders)
    }

    package var discovery: [Discovery] {
        switch flavour {
        case .cluster:
            return [
                Discovery(
                    filter: .all(.isA("GlueCluster"), reading.hostFilter), attributes: AttributeNames([GLUE1.cluster])
                ) { entries, entry in entries.first(0, of: entry) }
            ] + (reading.hostFilter.isEmpty ? [unclustered] : [])
        case .computingElement:
            return [
                Discovery(
                    filter: .all(.isA("GlueCE"), reading.hostFilter, reading.queueFilter),
                    attributes: AttributeNames([GLUE1.elementHost])
                ) { entries, entry in entries.first(0, of: entry).map(GLUE1.host(named:)) },
                Discovery(
                    need: .someUnnamed,
                    filter: .all(
                        .isA("GlueCE"), .not(.hasAny("GlueCEInfoHostName")), reading.hostFilter, reading.queueFilter),
                    attributes: AttributeNames([GLUE1.element])
                ) { entries, entry in entries.first(0, of: entry).map(GLUE1.host(ofElement:)) },
            ]
        }
    }

    /// Computing elements of a grid that publishes no clusters: the clusters that they name, or else what they run on.
    private var unclustered: Discovery {
        let attributes = AttributeNames(GLUE1.relations)
        return Discovery(filter: .all(.isA("GlueCE"), reading.queueFilter), attributes: attributes) { answers in
            answers.last.map { GLUE1Relations.clustersOrHosts(of: $0, attributes) } ?? []
        }
    }

    package var everything: DirectoryFilter {
        let elements =
            reading.queueFilter.isEmpty ? DirectoryFilter.isA("GlueCE") : .all(.isA("GlueCE"), reading.queueFilter)
        let clusters = flavour == .cluster ? [DirectoryFilter.isA("GlueCluster")] : []
        return .any([elements, .isA("GlueSubCluster")] + clusters)
    }

    package func step(_ step: Int, for host: String, in base: String, found: EntryTable, isThorough: Bool) -> Step? {
        let relations = GLUE1Relations(found, attributes)
        switch step {
        case 0:
            // Most clusters are called like their host, so most hosts need one search only.
            let machines = DirectoryFilter.all(
                .isA("GlueSubCluster"), .has("GlueChunkKey", "GlueClusterUniqueID=\(host)"))
            var ways: [DirectoryFilter] = [.has("GlueCEInfoHostName", host)]
            if isThorough {
                let identified = DirectoryFilter.any([
                    .hasPrefix("GlueCEUniqueID", "\(host):"), .hasPrefix("GlueCEUniqueID", "\(host)/"),
                    .has("GlueCEUniqueID", host),
                ])
                ways += [
                    .hasPrefix("GlueCEInfoHostName", "\(host):"),
                    .all(.not(.hasAny("GlueCEInfoHostName")), identified),
                ]
            }
            guard flavour == .cluster else {
                return Step(filter: .any([.all(.isA("GlueCE"), .any(ways), reading.queueFilter), machines]))
            }
            ways += [.has("GlueForeignKey", "GlueClusterUniqueID=\(host)"), .has("GlueCEHostingCluster", host)]
            let cluster = DirectoryFilter.all(.isA("GlueCluster"), .has("GlueClusterUniqueID", host))
            return Step(filter: .any([.all(.isA("GlueCE"), .any(ways), reading.queueFilter), machines, cluster]))
        case 1:
            guard !relations.clustersWithoutMachines.isEmpty else {
                return relations.hasMachines || !relations.hasElements ? nil : namedMachines(host)
            }
            let keys = relations.clustersWithoutMachines.prefix(1_000)
            return Step(
                filter: .all(
                    .isA("GlueSubCluster"), .any(keys.map { .has("GlueChunkKey", "GlueClusterUniqueID=\($0)") })))
        case 2 where relations.hasElements && !relations.hasMachines && !relations.clustersWithoutMachines.isEmpty:
            return namedMachines(host)
        default:
            return nil
        }
    }

    /// Sub-clusters that no key leads to.
    private func namedMachines(_ host: String) -> Step {
        Step(
            filter: .all(
                .isA("GlueSubCluster"), .any([.has("GlueSubClusterUniqueID", host), .has("GlueSubClusterName", host)])))
    }

    /// The host that the identifier of a computing element begins with: `host:port/jobmanager-type-queue`.
    static func host(ofElement identifier: String) -> String {
        String(identifier.prefix { $0 != ":" && $0 != "/" })
    }

    /// The host that an element names, without the port that some sites put behind it.
    static func host(named text: String) -> String { HostAddress(text)?.host ?? text }

    package func index(_ entries: EntryTable) -> any DirectoryIndex {
        GLUE1Index(entries, attributes, flavour, reading, hostTable: hostTable, queueTable: queueTable)
    }
}
