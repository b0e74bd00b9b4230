/// Which drivers take part: those of gwd.conf, replaced or narrowed by options.
struct LineUp: Sendable {
    private let information: [DriverSpec]
    private let transfers: [DriverSpec]
    private let executions: [DriverSpec]
    /// Drivers that an option chose for every host.
    private let chosenTransfer: DriverSpec?
    private let chosenExecution: DriverSpec?

    /// What an option says: a name of gwd.conf, or a driver of its own.
    struct Choices: Sendable {
        var information: String?
        var transfer: String?
        var execution: String?
    }

    /// - Parameter conf: asked for only when the options leave something open.
    init(_ choices: Choices, conf: () throws(Failure) -> GWDConf) throws(Failure) {
        var loaded: GWDConf?
        func chosen(_ kind: DriverKind, _ option: String, _ text: String?) throws(Failure) -> DriverSpec? {
            guard let text else { return nil }
            // A bare word may be a name of gwd.conf; without any gwd.conf it is an executable.
            if !text.contains(" "), !text.contains("/"), !text.contains(":") {
                if loaded == nil { loaded = try? conf() }
                if let driver = loaded?.drivers(kind).first(where: { $0.name == text }) { return driver }
            }
            return try DriverSpec(kind: kind, option: text, origin: option)
        }
        let chosenInformation = try chosen(.information, "--im", choices.information)
        chosenTransfer = try chosen(.transfer, "--tm", choices.transfer)
        chosenExecution = try chosen(.execution, "--em", choices.execution)
        if chosenInformation == nil || chosenTransfer == nil || chosenExecution == nil, loaded == nil {
            // Drivers all given by option need no gwd.conf, and neither do hosts alone.
            if chosenInformation == nil { loaded = try conf() } else { loaded = try? conf() }
        }
        information = chosenInformation.map { [$0] } ?? loaded?.drivers(.information) ?? []
        transfers = loaded?.drivers(.transfer) ?? []
        executions = loaded?.drivers(.execution) ?? []
        guard !information.isEmpty else {
            throw Failure(.configuration, "\(loaded?.path ?? "gwd.conf"): no IM_MAD line")
        }
    }

    /// Every information driver.
    var informationDrivers: [DriverSpec] { information }

    /// The transfer driver of the hosts that `driver` finds.
    func transfer(for driver: DriverSpec) throws(Failure) -> DriverSpec {
        try partner(.transfer, "--tm", of: driver, at: 0, chosen: chosenTransfer, among: transfers)
    }

    /// The execution driver of the hosts that `driver` finds.
    func execution(for driver: DriverSpec) throws(Failure) -> DriverSpec {
        let execution = try partner(.execution, "--em", of: driver, at: 1, chosen: chosenExecution, among: executions)
        guard execution.language != nil else {
            throw Failure(
                .configuration,
                "\(execution.origin): \(execution.label) wants \(execution.partners.first ?? "other") documents; "
                    + "gwmad run writes rsl, rsl_nsh and rsl2")
        }
        return execution
    }

    /// The information drivers whose hosts can be given a job.
    /// - Throws: what is wrong with the first one, when there is none.
    func informationDriversForJobs() throws(Failure) -> [DriverSpec] {
        var usable: [DriverSpec] = []
        var problem: Failure?
        for driver in information {
            do throws(Failure) {
                _ = try transfer(for: driver)
                _ = try execution(for: driver)
                usable.append(driver)
            } catch {
                problem = problem ?? error
            }
        }
        if usable.isEmpty, let problem { throw problem }
        return usable
    }

    private func partner(
        _ kind: DriverKind, _ option: String, of driver: DriverSpec, at index: Int, chosen: DriverSpec?,
        among all: [DriverSpec]
    ) throws(Failure) -> DriverSpec {
        if let chosen { return chosen }
        if index < driver.partners.count, !driver.partners[index].isEmpty {
            let name = driver.partners[index]
            if let partner = all.first(where: { $0.name == name }) { return partner }
            throw Failure(
                .configuration,
                "\(driver.origin): \(driver.label) refers to \(kind.rawValue) \(name), which is not there")
        }
        if all.count == 1 { return all[0] }
        throw Failure(.configuration, "\(driver.origin): which \(kind.rawValue) for \(driver.label)? give \(option)")
    }
}
