import MADKit

extension WSDriver {
    static let manual = Manual(
        program: "gw_em_mad_ws", summary: "runs jobs through WS-GRAM (Globus Toolkit 4) for GridWay",
        options: [
            Manual.Option("p", "port", value: "PORT", "port of containers whose contact names none (default 8443)"),
            Manual.Option(nil, "gt", value: "VERSION", "4.0, 4.2 or auto: ask each container once (default)"),
            Manual.Option(
                nil, "delegation", value: "MODE", "what jobs get of the proxy: full (default), limited or none"),
            Manual.Option(
                nil, "notifications", value: "MODE",
                "let containers tell of changes: auto (default: unless none arrives), on or off"),
            Manual.Option(
                nil, "poll-interval", value: "SECONDS",
                "how often to look after a job (default 30); 300 at least where notifications arrive"),
            Manual.Option(nil, "requests", value: "NUMBER", "requests of a kind at once to a container (default 8)"),
            Manual.Option(nil, "legacy-tls", "let TLS 1.0, SHA-1 and short keys pass, for old containers"),
        ])
}
