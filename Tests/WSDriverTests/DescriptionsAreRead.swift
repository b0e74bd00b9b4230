import MADKit
import Testing
import WebServices

@testable import gw_em_mad_ws

@Suite struct DescriptionsAreRead {
}
