import Glibc

/// The variables of this process.
public enum Environment {
    /// The value of a variable; `nil` when it is unset or empty.
    public static subscript(name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return value.pointee == 0 ? nil : String(cString: value)
    }

    /// The names of all variables.
    static var names: [String] {
        var names: [String] = []
        var entry = environ
        while let text = entry.pointee {
            names.append(String(String(cString: text).prefix { $0 != "=" }))
            entry = entry.advanced(by: 1)
        }
        return names
    }

    /// The home directory: `$HOME`, else the one of the user data base.
    static var home: String? {
        if let home = self["HOME"] { return home }
        return getpwuid(getuid()).flatMap { $0.pointee.pw_dir }.map { String(cString: $0) }
    }

    /// True when the administrator asked for debugging, in the spelling of any GridWay release.
    static var wantsDebugging: Bool { self["MADDEBUG"] != nil || self["MAD_DEBUG"] != nil }
}
