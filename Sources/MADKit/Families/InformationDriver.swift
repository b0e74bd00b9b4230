/// A driver that tells gwd which hosts there are and what they are like (IM).
public protocol InformationDriver: Driver {
    /// The hosts known now, in the order to offer them.
    func discover() async throws -> [HostName]

    /// What is known of one host.
    func monitor(_ host: HostName) async throws -> HostAttributes
}
