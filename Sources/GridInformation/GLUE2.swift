import Directory
import MADKit

/// The GLUE 2 schema (GFD.147): endpoints name hosts, shares are queues, managers are batch systems, environments are
/// machines, policies say who may use a share. All name one another by keys; producers differ in which keys they write.
package struct GLUE2: DirectorySchema {
    /// What is asked of an execution environment, with the smallest memory if a host has several. Memory is in MB.
    static let hostTable = [
        Mapping("ARCH", "GLUE2ExecutionEnvironmentPlatform", as: .platform),
        Mapping("OS_NAME", "GLUE2ExecutionEnvironmentOSName", "GLUE2ExecutionEnvironmentOSFamily"),
        Mapping("OS_VERSION", "GLUE2ExecutionEnvironmentOSVersion"),
        Mapping("CPU_MODEL", "GLUE2ExecutionEnvironmentCPUModel"),
        Mapping("CPU_MHZ", "GLUE2ExecutionEnvironmentCPUClockSpeed"),
        Mapping("CPU_SMP", "GLUE2ExecutionEnvironmentLogicalCPUs"),
        Mapping("SIZE_MEM_MB", "GLUE2ExecutionEnvironmentMainMemorySize"),
        Mapping("FREE_MEM_MB", "GLUE2ExecutionEnvironmentMainMemorySize"),
    ]

    /// What is asked of the manager. Its disks are in GB of 1,000 MB.
    static let managerTable = [
        Mapping("NODECOUNT", "GLUE2ComputingManagerTotalLogicalCPUs", "GLUE2ComputingManagerTotalSlots"),
        Mapping("LRMS_TYPE", "GLUE2ManagerProductName", as: .lowercase),
        Mapping("SIZE_DISK_MB", "GLUE2ComputingManagerWorkingAreaTotal", as: .megabytes),
        Mapping("FREE_DISK_MB", "GLUE2ComputingManagerWorkingAreaFree", as: .megabytes),
    ]

    /// What is asked of a share. Its times are in seconds.
    static let queueTable = [
        Mapping("QUEUE_MAXTIME", "GLUE2ComputingShareMaxWallTime", as: .minutes),
        Mapping("QUEUE_MAXCPUTIME", "GLUE2ComputingShareMaxCPUTime", as: .minutes),
        Mapping("QUEUE_MAXCOUNT", "GLUE2ComputingShareMaxSlotsPerJob"),
        Mapping("QUEUE_MAXRUNNINGJOBS", "GLUE2ComputingShareMaxRunningJobs"),
        Mapping("QUEUE_MAXJOBSINQUEUE", "GLUE2ComputingShareMaxTotalJobs"),
        Mapping("QUEUE_STATUS", "GLUE2ComputingShareServingState", as: .lowercase),
    ]

    // HOSTNAME, LRMS_NAME, QUEUE_NAME, QUEUE_NODECOUNT, QUEUE_FREENODECOUNT, QUEUE_ACCESS, QUEUE_JOBWAIT: see GLUE2Index.
    static let endpoint = "GLUE2EndpointID"
    static let endpointURL = "GLUE2EndpointURL"
    static let endpointCapability = "GLUE2EndpointCapability"
    static let endpointService = ["GLUE2EndpointServiceForeignKey", "GLUE2ComputingEndpointComputingServiceForeignKey"]
    static let share = "GLUE2ShareID"
    static let shareQueue = "GLUE2ComputingShareMappingQueue"
    static let shareName = "GLUE2EntityName"
    static let shareService = ["GLUE2ShareServiceForeignKey", "GLUE2ComputingShareComputingServiceForeignKey"]
    static let shareEndpoint = ["GLUE2ShareEndpointForeignKey", "GLUE2ComputingShareComputingEndpointForeignKey"]
    static let shareEnvironment = ["GLUE2ShareResourceForeignKey", "GLUE2ComputingShareExecutionEnvironmentForeignKey"]
    static let shareMaxRunning = "GLUE2ComputingShareMaxRunningJobs"
    static let shareFree = "GLUE2ComputingShareFreeSlots"
    static let shareFreeWithDuration = "GLUE2ComputingShareFreeSlotsWithDuration"
    static let shareUsed = "GLUE2ComputingShareUsedSlots"
    static let shareWaiting = "GLUE2ComputingShareWaitingJobs"
    static let manager = "GLUE2ManagerID"
    static let managerService = ["GLUE2ManagerServiceForeignKey", "GLUE2ComputingManagerComputingServiceForeignKey"]
    static let managerSlots = ["GLUE2ComputingManagerTotalLogicalCPUs", "GLUE2ComputingManagerTotalSlots"]
    static let managerProduct = "GLUE2ManagerProductName"
    static let environment = "GLUE2ResourceID"
    static let environmentManager = [
        "GLUE2ResourceManagerForeignKey", "GLUE2ExecutionEnvironmentComputingManagerForeignKey",
    ]
    static let environmentProcessors = "GLUE2ExecutionEnvironmentLogicalCPUs"
    static let environmentInstances = "GLUE2ExecutionEnvironmentTotalInstances"
    static let environmentMemory = "GLUE2ExecutionEnvironmentMainMemorySize"
    static let policyRule = "GLUE2PolicyRule"
    static let policyShare = "GLUE2MappingPolicyShareForeignKey"
    static let policyEndpoint = "GLUE2AccessPolicyEndpointForeignKey"

    package let base = "o=glue"
    package let root = "o=glue"
    package let needsNames = false
    /// What belongs to a host, even its name, is found in several steps only, none of them by an index.
    package let manyHosts = 0
    package let hasThoroughSearch = false
    package let attributes = AttributeNames(
        [share, shareQueue, shareName, shareFree, shareFreeWithDuration, shareUsed, shareWaiting]
            + shareService + shareEndpoint + shareEnvironment + queueTable.flatMap(\.sources)
            + [policyRule, policyShare, policyEndpoint, endpoint, endpointURL, endpointCapability] + endpointService
            + [manager] + managerService + managerTable.flatMap(\.sources)
            + [environment, environmentInstances] + environmentManager + hostTable.flatMap(\.sources))

    private let reading: Reading
    private let hostTable: MappingTable
    private let managerTable: MappingTable
    private let queueTable: MappingTable

    package init(_ reading: Reading) {
        self.reading = reading
        hostTable = MappingTable(GLUE2.hostTable, attributes, reading.placeholders)
        managerTable = MappingTable(GLUE2.managerTable, attributes, reading.placeholders)
        queueTable = MappingTable(GLUE2.queueTable, attributes, reading.placeholders)
    }

    /// Endpoints that take jobs; one that does not say what it can do is believed to.
    private static let takesJobs = DirectoryFilter.any([
        .hasPrefix("GLUE2EndpointCapability", GLUE2Index.jobCapability), .not(.hasAny("GLUE2EndpointCapability")),
    ])

    package var discovery: [Discovery] {
        let endpoints = Discovery(
            filter: .all(.isA("GLUE2ComputingEndpoint"), GLUE2.takesJobs, reading.hostFilter),
            attributes: AttributeNames([GLUE2.endpointURL, GLUE2.endpoint] + GLUE2.endpointService)
        ) { entries, entry in entries.first(0, of: entry).flatMap(GLUE2Index.host(ofURL:)) }
        // Sites that publish no endpoints; not those of which the administrator wants none.
        let shares = Discovery(
            need: .always, filter: .all(.isA("GLUE2ComputingShare"), reading.queueFilter),
            attributes: AttributeNames([GLUE2.share] + GLUE2.shareEndpoint + GLUE2.shareService),
            hosts: GLUE2.hostsOfShares)
        return reading.hostFilter.isEmpty ? [endpoints, shares] : [endpoints]
    }

    /// The hosts in the keys of shares that no endpoint of the answer before theirs leads to, as ``GLUE2Index`` finds them.
    @Sendable private static func hostsOfShares(_ answers: [EntryTable]) -> [String?] {
        guard let shares = answers.last else { return [] }
        var reached: Set<String> = []
        for endpoints in answers.dropLast() {
            for entry in 0..<endpoints.count where endpoints.first(0, of: entry).flatMap(GLUE2Index.host(ofURL:)) != nil
            {
                reached.formUnion(endpoints.all(1, of: entry))
                reached.formUnion(firstKeys([2, 3], endpoints, entry))
            }
        }
        return (0..<shares.count).map { entry in
            let keys = firstKeys([1, 2], shares, entry)
            guard reached.isDisjoint(with: keys), reached.isDisjoint(with: firstKeys([3, 4], shares, entry)) else {
                return nil
            }
            return (keys + shares.all(0, of: entry)).lazy.compactMap(GLUE2Index.host(inKey:)).first
        }
    }

    /// The values of the first of these attributes that has any.
    private static func firstKeys(_ attributes: [Int], _ table: EntryTable, _ entry: Int) -> [String] {
        attributes.lazy.map { table.all($0, of: entry) }.first { !$0.isEmpty } ?? []
    }

    package var everything: DirectoryFilter {
        .any([
            .all(.isA("GLUE2ComputingShare"), reading.queueFilter), .isA("GLUE2ComputingEndpoint"),
            .isA("GLUE2ComputingManager"), .isA("GLUE2ExecutionEnvironment"), .isA("GLUE2MappingPolicy"),
            .isA("GLUE2AccessPolicy"),
        ])
    }

    package func step(_ step: Int, for host: String, in base: String, found: EntryTable, isThorough: Bool) -> Step? {
        let keys = GLUE2Keys(found, attributes)
        switch step {
        case 0:
            let authority = host.contains(":") ? "[\(host)]" : host
            let ways = ["//", "@"].flatMap { before -> [DirectoryFilter] in
                [
                    .contains("GLUE2EndpointURL", "\(before)\(authority):"),
                    .contains("GLUE2EndpointURL", "\(before)\(authority)/"),
                    .hasSuffix("GLUE2EndpointURL", "\(before)\(authority)"),
                ]
            }
            return Step(filter: .all(.isA("GLUE2ComputingEndpoint"), .any(ways)))
        case 1 where keys.services.isEmpty:
            // Sites that publish no endpoints name the host in the identifiers of shares.
            let ways: [DirectoryFilter] = [
                .contains("GLUE2ShareID", "\(host)_"), .contains("GLUE2ShareID", ":\(host):"),
                .contains("GLUE2ShareEndpointForeignKey", host),
            ]
            return Step(filter: .all(.isA("GLUE2ComputingShare"), .any(ways), reading.queueFilter))
        case 1, 2:
            guard !keys.services.isEmpty else { return nil }
            // After the first case above there are shares, but nothing else.
            guard step == 1 || keys.endpoints.isEmpty else { return rest(keys) }
            return Step(filter: ofServices(keys))
        case 3:
            return keys.endpoints.isEmpty ? rest(keys) : nil
        default:
            return nil
        }
    }

    /// All that names one of the services.
    private func ofServices(_ keys: GLUE2Keys) -> DirectoryFilter {
        func names(_ general: StaticString, _ special: StaticString) -> DirectoryFilter {
            .any(keys.services.flatMap { [.has(general, $0), .has(special, $0)] })
        }
        var parts: [DirectoryFilter] = [
            .all(
                .isA("GLUE2ComputingShare"),
                names("GLUE2ShareServiceForeignKey", "GLUE2ComputingShareComputingServiceForeignKey"),
                reading.queueFilter),
            .all(
                .isA("GLUE2ComputingManager"),
                names("GLUE2ManagerServiceForeignKey", "GLUE2ComputingManagerComputingServiceForeignKey")),
            .all(
                .isA("GLUE2ComputingEndpoint"),
                names("GLUE2EndpointServiceForeignKey", "GLUE2ComputingEndpointComputingServiceForeignKey")),
        ]
        if !keys.endpoints.isEmpty {
            let ways = keys.endpoints.map { DirectoryFilter.has("GLUE2AccessPolicyEndpointForeignKey", $0) }
            parts.append(.all(.isA("GLUE2AccessPolicy"), .any(ways)))
        }
        return .any(parts)
    }

    /// What shares and managers lead to.
    private func rest(_ keys: GLUE2Keys) -> Step? {
        var machines: [DirectoryFilter] = keys.managers.flatMap { manager -> [DirectoryFilter] in
            [
                .has("GLUE2ResourceManagerForeignKey", manager),
                .has("GLUE2ExecutionEnvironmentComputingManagerForeignKey", manager),
            ]
        }
        machines += keys.environments.map { .has("GLUE2ResourceID", $0) }
        var parts: [DirectoryFilter] = []
        if !machines.isEmpty { parts.append(.all(.isA("GLUE2ExecutionEnvironment"), .any(machines))) }
        if !keys.shares.isEmpty {
            let ways = keys.shares.map { DirectoryFilter.has("GLUE2MappingPolicyShareForeignKey", $0) }
            parts.append(.all(.isA("GLUE2MappingPolicy"), .any(ways)))
        }
        return parts.isEmpty ? nil : Step(filter: .any(parts))
    }

    package func index(_ entries: EntryTable) -> any DirectoryIndex {
        GLUE2Index(
            entries, attributes, reading, hostTable: hostTable, managerTable: managerTable, queueTable: queueTable)
    }
}

/// The keys in the entries found so far, by which the next ones are found. No more than a server takes in one filter.
private struct GLUE2Keys {
    private(set) var services: [String] = []
    private(set) var endpoints: [String] = []
    private(set) var shares: [String] = []
    private(set) var managers: [String] = []
    private(set) var environments: [String] = []

    private static let most = 500

    init(_ table: EntryTable, _ attributes: AttributeNames) {
        func collected(_ names: [String]) -> [String] {
            let numbers = names.map(attributes.number)
            var keys: Set<String> = []
            for entry in 0..<table.count {
                for number in numbers { keys.formUnion(table.all(number, of: entry)) }
            }
            return Array(keys.sorted().prefix(GLUE2Keys.most))
        }
        services = collected(GLUE2.endpointService + GLUE2.shareService)
        endpoints = collected([GLUE2.endpoint])
        shares = collected([GLUE2.share])
        managers = collected([GLUE2.manager])
        environments = collected(GLUE2.shareEnvironment)
    }
}
