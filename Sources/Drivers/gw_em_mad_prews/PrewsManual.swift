import MADKit

extension PrewsDriver {
    static let manual = Manual(
        program: "gw_em_mad_prews", summary: "runs jobs through Globus GRAM (pre-WS) for GridWay",
        options: [
            Manual.Option("p", "port", value: "PORT", "port of gatekeepers whose contact names none (default 2119)"),
            Manual.Option(nil, "no-callbacks", "open no port for notifications; states come from polls alone"),
            Manual.Option(
                nil, "poll-interval", value: "SECONDS", "how often to look after a job nobody speaks of (default 30)"),
        ])
}
