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
    /// How many of a list are shown to people: all are in the JSON.
    private static let shown = 20

    var certificateRows: [[String]] {
        [["CERTIFICATE", "VALID FOR", "HOSTS"]]
            + certificates.prefix(Self.shown).map { certificate in
                let left = certificate.validForSeconds
                let age = left < 0 ? "expired \(StatusReport.span(-left)) ago" : StatusReport.span(left)
                return [certificate.secret ?? "(default)", age, certificate.hosts.joined(separator: ", ")]
            }
    }

    var addressRows: [[String]] {
        [["INGRESS", "ADDRESSES"]]
            + published.prefix(Self.shown).map { published in
                [published.ingress, StatusReport.addresses(published.addresses)]
            }
    }

    /// What is to be said below them.
    var addressRemarks: [String] {
        let further = published.count - Self.shown
        let publication = StatusReport.publication(
            by: publisher,
            byEach: isPublishedByEach ? "published by each node for itself" : nil,
            whose: "its ingress does its job"
        )
        return (further > 0 ? [Self.rest(further)] : []) + [publication]
    }

    /// How many certificates are not shown; nil if all are.
    var furtherCertificates: String? {
        let further = certificates.count - Self.shown
        return further > 0 ? Self.rest(further) : nil
    }

    var shownProblems: [String] { Self.first(problems) }
    var shownRemarks: [String] { Self.first(remarks) }

    private static func first(_ sentences: [String]) -> [String] {
        let further = sentences.count - shown
        return sentences.prefix(shown) + (further > 0 ? [rest(further)] : [])
    }

    private static func rest(_ count: Int) -> String { "and \(count) more, which `linnet status --json` has" }
}
