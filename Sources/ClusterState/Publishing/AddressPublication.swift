import NetworkTypes

/// What this node says of the addresses under which objects are reached: something while it is the one that speaks, and
/// nothing of what is so already.
package struct AddressPublication: Sendable {
    /// Something to be done at the outbox.
    package enum Step: Sendable, Hashable {
        case publish([String], ObjectKey)
        case forget(ObjectKey)
    }

    /// What follows from a change.
    package struct Outcome: Sendable, Hashable {
        package var steps: [Step] = []
        /// What people are to be told: objects that have other addresses now than stood there before. `old` and `new` are
        /// both there.
        package var news: [AddressChange] = []
    }

    /// The objects of which this node has said something; nil while another one speaks.
    private var published: Set<ObjectKey>?

    package init() {}

    /// Follows changes.
    ///
    /// - Parameters:
    ///   - wanted: the addresses of all objects whose status is ours.
    ///   - present: the addresses that stand in an object's status; nil if there is no such object.
    package mutating func follow(
        _ changes: [AddressChange],
        wanted: @autoclosure () -> [ObjectKey: [String]],
        isSpeaker: Bool,
        present: (ObjectKey) -> [String]?
    ) -> Outcome {
        var outcome = Outcome()
        if !isSpeaker {
            outcome.steps = (published ?? []).sorted().map { .forget($0) }
            published = nil
            return outcome
        }
        let due = published == nil ? Self.everything(changes, wanted()) : changes
        var objects = published ?? []
        for change in due {
            if change.new == nil { objects.remove(change.object) } else { objects.insert(change.object) }
            say(change, present(change.object), &outcome)
        }
        published = objects
        return outcome
    }

    /// All that there is to say, whoever has said it before.
    private static func everything(_ changes: [AddressChange], _ wanted: [ObjectKey: [String]]) -> [AddressChange] {
        let former = Dictionary(uniqueKeysWithValues: changes.map { ($0.object, $0) })
        let all = wanted.sorted { $0.key < $1.key }
        return changes.filter { $0.new == nil }
            + all.map { object, addresses in
                AddressChange(object, old: former[object].map(\.old) ?? addresses, new: addresses)
            }
    }

    private func say(_ change: AddressChange, _ present: [String]?, _ outcome: inout Outcome) {
        guard let new = change.new else {
            // What somebody else has written since stays.
            let isOurs = present?.isEmpty == true || present == change.old
            let takesBack = isOurs && change.old?.isEmpty == false
            outcome.steps.append(takesBack ? .publish([], change.object) : .forget(change.object))
            return
        }
        outcome.steps.append(.publish(new, change.object))
        let old = change.old ?? present ?? []
        guard old != new || (new.isEmpty && change.old == nil) else { return }
        outcome.news.append(AddressChange(change.object, old: old, new: new))
    }
}

extension Outbox {
    package func take(_ steps: [AddressPublication.Step]) async {
        for step in steps {
            switch step {
            case .publish(let addresses, let object): await publish(.loadBalancer(ingress: addresses), of: object)
            case .forget(let object): await forget(object)
            }
        }
    }
}

extension [LoadBalancerIngress] {
    /// The addresses among them, as they are published.
    package var addressTexts: [String] { compactMap(\.address?.description) }
}
