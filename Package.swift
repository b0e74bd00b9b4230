// swift-tools-version: 6.0
import PackageDescription

#if canImport(Glibc)
    import Glibc
#endif

// One manifest for every machine: a room whose C library is not installed is left out, with a notice, and everything
// else builds and tests. MAD_WITHOUT=globus hides a library that is there, and
// MAD_WITHOUT=globus,webservices two.
let hidden = Context.environment["MAD_WITHOUT"]?.split(separator: ",").map(String.init) ?? []

func isAvailable(_ room: String, headers: String..., hint: String) -> Bool {
    let isHere = !hidden.contains(room) && headers.allSatisfy { access("/usr/include/\($0)", R_OK) == 0 }
    if !isHere { print("leaving out what needs \(room): \(hint)") }
    return isHere
}

let hasGlobus = isAvailable(
    "globus", headers: "globus/globus_gram_client.h", "globus/globus_gass_copy.h", "globus/globus_ftp_client.h",
    "globus/globus_gsi_credential.h", hint: "no Globus headers; scripts/packages build installs them")

let hasWebServices = isAvailable(
    "webservices", headers: "libxml2/libxml/tree.h", "openssl/ssl.h",
    hint: "no headers of libxml2 or OpenSSL; scripts/packages build installs them")

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room: a folder of Sources.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The C side of a room, with every library that it needs by name: following Globus' pkg-config files takes 16 s a build.
func shim(_ name: String, _ dependencies: [Target.Dependency], links libraries: String...) -> Target {
    .target(name: name, dependencies: dependencies, linkerSettings: libraries.map { .linkedLibrary($0) })
}

// The 26,000 relocations of an executable in their packed form, which the C library of Debian 12 is the first to know: half
// a megabyte less to read, and to keep, at each start. Of the linkers only LLVM's, which comes with Swift, is sure to write it.
let packed = ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]

/// A driver: a folder of Sources/Drivers named like its executable.
func driver(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["MADKit"] + dependencies, path: "Sources/Drivers/\(name)", swiftSettings: strict,
        linkerSettings: [.unsafeFlags(packed, .when(configuration: .release))])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: ["TestSupport"] + dependencies, swiftSettings: strict)
}

var targets: [Target] = [
    .target(name: "CPosix"),
    library("MADKit", ["CPosix"]),
    library("Ports", ["CPosix", "MADKit"]),
    library("Grid", ["MADKit"]),
    shim("CLDAP", [], links: "ldap", "lber"),
    library("Directory", ["CLDAP", "CPosix", "MADKit"]),

    library("GridInformation", ["CPosix", "Directory", "MADKit", "Grid"]),

    driver("gw_im_mad_static", ["Grid"]),
    driver("gw_im_mad_mds2", ["GridInformation"]),
    driver("gw_im_mad_mds2_glue", ["GridInformation"]),
    driver("gw_im_mad_bdii", ["GridInformation"]),
    .executableTarget(name: "gwmad", dependencies: ["CPosix", "MADKit"], swiftSettings: strict),

    .executableTarget(
        name: "gw_im_mad_local", dependencies: ["MADKit"], path: "examples/driver", swiftSettings: strict),

    .target(name: "TestSupport", dependencies: ["CPosix"], path: "Tests/Support", swiftSettings: strict),
    .executableTarget(name: "mad_probe", dependencies: ["MADKit"], path: "Tests/Probe", swiftSettings: strict),
    tests("MADKitTests", ["MADKit"]),
    tests("ProcessTests", ["MADKit", "mad_probe", "gw_im_mad_local"]),
    tests("GridTests", ["Grid", "MADKit"]),
    tests("StaticDriverTests", ["gw_im_mad_static", "Grid", "MADKit"]),
    tests(
        "LDAPDriverTests",
        ["gwmad", "gw_im_mad_mds2", "gw_im_mad_mds2_glue", "gw_im_mad_bdii", "GridInformation", "Directory", "MADKit"]),
    .executableTarget(name: "mad_stand_in", dependencies: ["MADKit"], path: "Tests/StandIn", swiftSettings: strict),
    tests("GWMadTests", ["gwmad", "mad_stand_in", "MADKit"]),
]

if hasGlobus {
    targets += [
        shim(
            "CGlobus", [], links: "globus_common", "globus_gss_assist", "globus_gssapi_gsi", "globus_gsi_credential",
            "globus_gsi_sysconfig", "globus_gsi_proxy_core"),
        shim("CGRAM", ["CGlobus"], links: "globus_gram_client", "globus_gram_protocol"),
        shim("CGridFTP", ["CGlobus"], links: "globus_ftp_client", "globus_gass_copy"),
        library("Globus", ["CGlobus", "MADKit", "Grid"]),
        library("GRAM", ["CGRAM", "Globus", "MADKit", "Grid"]),
        library("GASS", ["CGlobus", "CPosix", "Globus", "MADKit", "Ports"]),
        library("GridFTP", ["CGridFTP", "Globus", "MADKit", "Grid"]),

        driver("gw_em_mad_prews", ["GRAM", "Globus", "Grid"]),
        driver("gw_tm_mad_dummy", ["GASS", "Globus", "Grid", "CPosix"]),
        driver("gw_tm_mad_ftp", ["GridFTP", "Globus", "Grid"]),

        tests("PrewsDriverTests", ["gw_em_mad_prews", "GRAM", "Globus", "Grid", "MADKit"]),
        tests("FTPDriverTests", ["gw_tm_mad_ftp", "GridFTP", "CGridFTP", "Globus", "Grid", "MADKit"]),
        tests("DummyDriverTests", ["gw_tm_mad_dummy", "GASS", "Globus", "Grid", "MADKit"]),
        tests("FirstJobTests", ["gwmad", "gw_im_mad_static", "gw_tm_mad_dummy", "gw_tm_mad_ftp", "gw_em_mad_prews"]),
    ]
}

if hasWebServices {
    targets += [
        .target(name: "CCurl"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0"),
        library("WebServices", ["CCurl", "COpenSSL", "CLibXML2", "CPosix", "MADKit", "Ports"]),

        driver("gw_em_mad_ws", ["WebServices", "Grid"]),
        driver("gw_im_mad_mds4", ["WebServices", "Grid"]),

        tests("WebServicesTests", ["WebServices", "MADKit"]),
        tests("WSDriverTests", ["gw_em_mad_ws", "WebServices", "MADKit"]),
        tests("MDS4DriverTests", ["gw_im_mad_mds4", "WebServices", "Grid", "MADKit"]),
    ]
}

if hasGlobus && hasWebServices {
    targets += [
        tests("WebServicesJobTests", ["gwmad", "gw_im_mad_mds4", "gw_tm_mad_ftp", "gw_em_mad_ws"])
    ]
}

let package = Package(
    name: "gridway-mads",
    products: [.library(name: "MADKit", targets: ["MADKit"])],
    targets: targets,
    swiftLanguageModes: [.v6]
)
