/// The language of the job documents that an execution driver wants.
enum JobLanguage: String, Sendable {
    case rsl
    case rslNoSharedHome = "rsl_nsh"
    case rsl2

    /// Languages that gwd writes (GridWay 5.8 to 5.14) and gwmad does not.
    private static let others: Set<String> = ["rsl2_nowrapper", "xrsl", "jdl", "jsdl", "adl"]

    /// Reads the last field of an EM_MAD line. gwd takes rsl2 when it is missing or a word that gwd does not know;
    /// `nil` for a language that only gwd writes.
    init?(field: String?) {
        if let field, JobLanguage.others.contains(field) { return nil }
        self = field.flatMap(JobLanguage.init) ?? .rsl2
    }

    /// What the drivers of this collection want when nobody says: WS-GRAM reads rsl2, GRAM reads rsl.
    init(executable: Substring) {
        let name = executable.split(separator: "/").last.map(String.init) ?? ""
        self = ["gw_em_mad_ws", "gw_em_mad_gram4"].contains(name) ? .rsl2 : .rsl
    }
}
