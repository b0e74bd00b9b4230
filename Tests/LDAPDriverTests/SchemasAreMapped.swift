import Foundation
import TestSupport
import Testing

/// Generated hosts, with the oddities of real sites, against what the generator meant.
@Suite struct LDAPSchemasAreMapped {
    /// A host of the generator's model; the numbers are what a driver should tell.
    private struct Host: Decodable {
        struct Queue: Decodable {
            let name: String
            let total: Int
            let free: Int
            let waiting: Int
            let minutes: Int
            let most_running: Int
            let most_jobs: Int
            let status: String
            let vos: [String]
        }

        let name: String
        let oddity: String
        let batch: String
        let nodes: Int
        let memory: Int
        let free_memory: Int
        let disk: Int
        let free_disk: Int
        let queues: [Queue]
    }

    private static func hosts(_ schema: String) async throws -> [Host] {
        let generator = "\(Testbed.root.path)/Tests/Fixtures/ldap/generate.py"
        let text = try await Shell.run("python3 -B '\(generator)' \(schema) 20 4 --model /dev/stdout | grep '^{'")
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Host.self, from: Data($0.utf8)) }
    }

    /// Both ways of asking must tell the same.
    @Test(arguments: ["never", "always"])
    func everyHostOfGLUE1(snapshot: String) async throws {
        let server = try await TestSupport.DirectoryServer("glue1:20x4")
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --snapshot \(snapshot) --gwd 5.14")
        let hosts = try await Self.hosts("glue1")
        #expect(try await talk.discover().sorted() == hosts.filter { $0.oddity != "idle" }.map(\.name).sorted())
        for host in hosts where host.oddity != "idle" {
            let heard = try await talk.monitor(host.name)
            let queues = host.queues.sorted { $0.name < $1.name }
            #expect(heard["HOSTNAME"] == host.name)
            #expect(heard["LRMS_TYPE"] == host.batch)
            #expect(heard["LRMS_NAME"].hasSuffix(host.batch) || host.batch == "slurm", "\(heard["LRMS_NAME"])")
            #expect(heard["NODECOUNT"] == "\(queues.map(\.total).max() ?? 0)")
            if host.oddity != "missing" {
                #expect(heard["SIZE_MEM_MB"] == (host.oddity == "placeholders" ? "999999999" : "\(host.memory)"))
                #expect(heard["FREE_MEM_MB"] == heard["SIZE_MEM_MB"])
                #expect(heard["ARCH"] != "")
                #expect(heard["CPU_MHZ"] != "")
                #expect(heard.queues("QUEUE_STATUS") == queues.map(\.status))
                #expect(heard.queues("QUEUE_MAXRUNNINGJOBS") == queues.map { "\($0.most_running)" })
                #expect(heard.queues("QUEUE_MAXJOBSINQUEUE") == queues.map { "\($0.most_jobs)" })
            }
            #expect(heard.queues("QUEUE_NAME") == queues.map(\.name), "\(host.oddity)")
            #expect(heard.queues("QUEUE_NODECOUNT") == queues.map { "\($0.total)" })
            #expect(heard.queues("QUEUE_FREENODECOUNT") == queues.map { "\($0.free)" }, "\(host.oddity)")
            #expect(heard.queues("QUEUE_MAXCPUTIME") == queues.map { "\($0.minutes)" })
            #expect(heard.queues("QUEUE_MAXTIME") == queues.map { "\($0.minutes + $0.minutes / 2)" })
            #expect(heard.queues("QUEUE_JOBWAIT") == queues.map { "\($0.waiting)" })
            #expect(heard.queues("QUEUE_DISPATCHTYPE") == queues.map { _ in "batch" })
            for (access, queue) in zip(heard.queues("QUEUE_ACCESS"), queues) {
                let names = access.split(separator: ":").map(String.init).filter { !$0.hasPrefix("/") }
                #expect(names.sorted() == queue.vos)
            }
        }
    }

    @Test(arguments: ["never", "always"])
    func everyClusterOfGLUE1(snapshot: String) async throws {
        let server = try await TestSupport.DirectoryServer("glue1:20x4")
        let talk = try await Talk.driver(
            "gw_im_mad_mds2_glue", "-s \(server.address) --monitor server --snapshot \(snapshot)")
        let names = try await talk.discover()
        let hosts = try await Self.hosts("glue1")
        #expect(names.count == hosts.count)
        for host in hosts where !["apart", "names"].contains(host.oddity) {
            let heard = try await talk.monitor(host.name)
            #expect(heard["HOSTNAME"] == host.name)
            #expect(heard["FORK_NAME"] == "jobmanager-fork")
            #expect(heard["CPU_FREE"] == "0")
            #expect(heard["SIZE_DISK_MB"] == "0")
            #expect(heard.queues("QUEUE_NAME") == host.queues.map(\.name).sorted(), "\(host.oddity)")
            #expect(heard.queues("QUEUE_MAXCOUNT") == host.queues.map { _ in "0" })
        }
        // A cluster whose computing elements run on a host of another name.
        for host in hosts where host.oddity == "apart" {
            #expect(names.contains("cluster.\(host.name)"))
            for name in [host.name, "cluster.\(host.name)"] {
                #expect(try await talk.monitor(name).queues("QUEUE_NAME") == host.queues.map(\.name).sorted())
            }
        }
    }

    @Test(arguments: ["never", "always"])
    func everyHostOfMDS2(snapshot: String) async throws {
        let server = try await TestSupport.DirectoryServer("mds2:20x4", options: ["--port", "2135"])
        let talk = try await Talk.driver(
            "gw_im_mad_mds2", "-s \(server.address) --monitor server --snapshot \(snapshot)")
        let hosts = try await Self.hosts("mds2")
        #expect(try await talk.discover().sorted() == hosts.map(\.name).sorted())
        for host in hosts {
            let heard = try await talk.monitor(host.name)
            #expect(heard["HOSTNAME"] == host.name)
            #expect(heard["NODECOUNT"] == "\(host.nodes)")
            #expect(heard["SIZE_DISK_MB"] == "\(host.disk)")
            #expect(heard["FORK_NAME"] == (host.oddity == "missing" ? "" : "jobmanager-fork"))
            let isIdle = host.oddity == "idle"
            #expect(heard["LRMS_NAME"] == "jobmanager-\(isIdle ? "fork" : host.batch)")
            #expect(heard["LRMS_TYPE"] == (isIdle ? "fork" : host.batch))
            if host.oddity != "missing", host.oddity != "placeholders" {
                #expect(heard["SIZE_MEM_MB"] == "\(host.memory)")
                #expect(heard["FREE_MEM_MB"] == "\(host.free_memory)")
                #expect(heard["FREE_DISK_MB"] == "\(host.free_disk)")
            }
            let half = host.oddity == "several" ? host.queues.count / 2 : 0
            let queues = host.queues[half...].sorted { $0.name < $1.name }
            guard !isIdle else {
                #expect(heard.queues("QUEUE_NAME") == ["default"])
                continue
            }
            #expect(heard.queues("QUEUE_NAME") == queues.map(\.name), "\(host.oddity)")
            #expect(heard.queues("QUEUE_NODECOUNT") == queues.map { "\($0.total)" })
            #expect(heard.queues("QUEUE_FREENODECOUNT") == queues.map { "\($0.free)" })
            #expect(heard.queues("QUEUE_MAXTIME") == queues.map { "\($0.minutes)" })
            #expect(heard.queues("QUEUE_MAXCOUNT") == queues.map { "\($0.total)" })
            #expect(heard.queues("QUEUE_STATUS") == queues.map { $0.status == "Production" ? "enabled" : "disabled" })
        }
    }

    @Test(arguments: ["never", "always"])
    func everyHostOfGLUE2(snapshot: String) async throws {
        let server = try await TestSupport.DirectoryServer("glue2:20x4")
        let talk = try await Talk.driver(
            "gw_im_mad_bdii", "-s \(server.address) --schema glue2 --snapshot \(snapshot) --gwd 5.14")
        let hosts = try await Self.hosts("glue2")
        #expect(try await talk.discover().sorted() == hosts.map(\.name).sorted())
        for (place, host) in hosts.enumerated() {
            let heard = try await talk.monitor(host.name)
            #expect(heard["HOSTNAME"] == host.name)
            #expect(heard["LRMS_TYPE"] == host.batch)
            #expect(heard["LRMS_NAME"] == "jobmanager-\(host.batch)")
            #expect(heard["SIZE_DISK_MB"] == "\(host.disk)")
            #expect(heard["FREE_DISK_MB"] == "\(host.free_disk)")
            if host.oddity != "missing" { #expect(heard["NODECOUNT"] == "\(host.nodes)", "\(host.oddity)") }
            if host.oddity != "placeholders" { #expect(heard["SIZE_MEM_MB"] == "\(host.memory)", "\(host.oddity)") }
            if place % 3 == 0 { #expect(heard["ARCH"] == "x86_64") }
            // A host of ARC tells each queue once for all and once for each virtual organisation.
            let isARC = host.oddity != "apart" && place % 2 == 1
            let rows = host.queues.sorted { $0.name < $1.name }.flatMap { queue in
                Array(repeating: queue, count: queue.vos.count + (isARC ? 1 : 0))
            }
            let names = heard.queues("QUEUE_NAME")
            guard host.oddity != "apart" else {
                #expect(names == rows.map { _ in "-" })
                continue
            }
            #expect(names == rows.map(\.name), "\(host.oddity)")
            #expect(heard.queues("QUEUE_FREENODECOUNT") == rows.map { "\($0.free)" }, "\(host.oddity)")
            if host.oddity != "placeholders" {
                #expect(heard.queues("QUEUE_MAXCPUTIME") == rows.map { "\($0.minutes)" })
                #expect(heard.queues("QUEUE_NODECOUNT") == rows.map { "\($0.most_running)" })
            }
            if !isARC { #expect(heard.queues("QUEUE_MAXTIME") == rows.map { "\($0.minutes * 3 / 2)" }) }
            #expect(
                heard.queues("QUEUE_STATUS")
                    == rows.map { ["Closed": "closed", "Draining": "draining"][$0.status] ?? "production" })
            let perQueue = Dictionary(grouping: zip(names, heard.queues("QUEUE_ACCESS")), by: \.0)
            for queue in host.queues {
                let access = Set((perQueue[queue.name] ?? []).map(\.1))
                #expect(access.isSuperset(of: queue.vos.map { ":\($0):" }), "\(access)")
            }
        }
    }
}
