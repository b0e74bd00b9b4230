import MADKit

/// The ports that a firewall lets through, as Globus' programs are told: `GLOBUS_TCP_PORT_RANGE=first,last`.
package enum PortRange {
    /// The range; `nil` when the variable is not set.
    /// - Throws: ``MADError`` when it holds something else.
    package static func ofTheEnvironment() throws(MADError) -> ClosedRange<UInt16>? {
        guard let text = Environment["GLOBUS_TCP_PORT_RANGE"], !text.isEmpty else { return nil }
        let words = text.split { $0 == "," || $0 == " " }.map { UInt16($0) }
        guard words.count == 2, let first = words[0], let last = words[1], 0 < first, first <= last else {
            throw MADError(.invalid, "GLOBUS_TCP_PORT_RANGE is '\(text)', not FIRST,LAST")
        }
        return first...last
    }
}
