internal import CGlobus
import MADKit
import Synchronization

/// Activation of Globus' modules: once each, in the order of their needs, under the thread model `pthread`.
package enum GlobusModule {
    private struct State {
        var hasThreadModel = false
        var active: Set<UInt> = []
    }

    private static let state = Mutex(State())

    /// Activates the foundations (common, GSS-API) and then the module behind `descriptor`, unless they are active.
    ///
    /// The calling thread is left with most signals blocked, as Globus does; call from a thread of one's own. The GRAM
    /// client's module reads the credential at this moment and fails without a valid one.
    /// - Parameter descriptor: the address of the module's descriptor, from a shim.
    /// - Throws: ``MADError`` naming the module.
    package static func activate(_ descriptor: UnsafeMutableRawPointer?) throws(MADError) {
        try state.withLock { state throws(MADError) in
            if !state.hasThreadModel {
                // Later than the first activation it fails; without it, callbacks run only inside blocking calls.
                guard globus_thread_set_model("pthread") == 0 else {
                    throw MADError(.internal, "Globus refuses the thread model 'pthread'")
                }
                state.hasThreadModel = true
            }
            for module in [
                UnsafeMutableRawPointer(mad_module_common()), UnsafeMutableRawPointer(mad_module_gssapi()), descriptor,
            ] {
                guard let module, !state.active.contains(UInt(bitPattern: module)) else { continue }
                let typed = module.assumingMemoryBound(to: globus_module_descriptor_t.self)
                let code = globus_module_activate(typed)
                guard code == 0 else {
                    let name = typed.pointee.module_name.map { String(cString: $0) } ?? "?"
                    throw MADError(.internal, "cannot activate the Globus module \(name) (error \(code))")
                }
                state.active.insert(UInt(bitPattern: module))
            }
        }
    }
}
