extension StatusReport {
    /// What is told of Ingresses.
    package struct Ingress: Codable, Sendable, Equatable {
        /// How many rules lead somewhere, default backends too.
        package var routes: Int
        /// What Ingresses and the Secrets that they name want and do not have, and what to do.
        package var problems: [String]
        /// What is no fault and may surprise.
        package var remarks: [String]
        /// What clients are shown, the default one first.
        package var certificates: [Certificate]
        /// The Ingresses whose `status.loadBalancer` is ours, with what it is to be.
        package var published: [Address]
        /// The node that publishes it; nil if each node does it for itself, or none can.
        package var publisher: String?
        /// Whether nodes do not know of one another where Ingresses are served.
        package var isPublishedByEach: Bool

        package init(
            routes: Int,
            problems: [String],
            remarks: [String],
            certificates: [Certificate],
            published: [Address] = [],
            publisher: String? = nil,
            isPublishedByEach: Bool = false
        ) {
            self.routes = routes
            self.problems = problems
            self.remarks = remarks
            self.certificates = certificates
            self.published = published
            self.publisher = publisher
            self.isPublishedByEach = isPublishedByEach
        }
    }

    /// Where an Ingress is served, as its status is to say.
    package struct Address: Codable, Sendable, Equatable {
        /// `NAMESPACE/NAME`
        package var ingress: String
        /// Empty if no node serves.
        package var addresses: [String]

        package init(ingress: String, addresses: [String]) {
            self.ingress = ingress
            self.addresses = addresses
        }
    }

    /// A certificate that clients are shown.
    package struct Certificate: Codable, Sendable, Equatable {
        /// `NAMESPACE/NAME`; nil for the default one.
        package var secret: String?
        package var hosts: [String]
        /// Negative once it has expired.
        package var validForSeconds: Double

        package init(secret: String?, hosts: [String], validForSeconds: Double) {
            self.secret = secret
            self.hosts = hosts
            self.validForSeconds = validForSeconds
        }
    }
}

extension StatusReport.Ingress {
    var certificateRows: [[String]] {
        [["CERTIFICATE", "VALID FOR", "HOSTS"]]
            + certificates.prefix(StatusReport.shown).map { certificate in
                let left = certificate.validForSeconds
                let age = left < 0 ? "expired \(StatusReport.span(-left)) ago" : StatusReport.span(left)
                return [certificate.secret ?? "(default)", age, certificate.hosts.joined(separator: ", ")]
            }
    }

    var addressRows: [[String]] {
        [["INGRESS", "ADDRESSES"]]
            + published.prefix(StatusReport.shown).map { published in
                [published.ingress, StatusReport.addresses(published.addresses)]
            }
    }

    /// What is to be said below them.
    var addressRemarks: [String] {
        let publication = StatusReport.publication(
            by: publisher,
            byEach: isPublishedByEach ? "published by each node for itself" : nil,
            whose: "its ingress does its job"
        )
        return [StatusReport.rest(of: published.count), publication].compactMap(\.self)
    }

    /// How many certificates are not shown; nil if all are.
    var furtherCertificates: String? { StatusReport.rest(of: certificates.count) }

    var shownProblems: [String] { StatusReport.first(problems) }
    var shownRemarks: [String] { StatusReport.first(remarks) }
}
