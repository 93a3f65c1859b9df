extension FrontendRefusal: CustomStringConvertible {
    /// What is missing, and whose it is.
    package var description: String {
        switch reason {
        case .service(let other): "\(frontend) that \(name) wants is held by \(other)"
        case .address: "\(frontend) that \(name) wants is of no address that a service can have"
        case .host(let holder): "\(frontend) that \(name) wants is held by \(holder)"
        }
    }
}
