extension FrontendRefusal: CustomStringConvertible {
    /// What is missing, and whose it is.
    package var description: String {
        switch reason {
        case .service(let other): "\(frontend) that \(name) wants is held by \(other)"
        case .host(let holder): "\(frontend) that \(name) wants is held by \(holder)"
        }
    }
}
