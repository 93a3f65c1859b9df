/// Where a conversation is kept.
final class ConversationBox {
    var conversation: Conversation
    /// How much waited to be sent to the client when it was looked at last.
    var backlog = 0
    /// The same for the endpoint.
    var upstreamBacklog = 0
    /// What the client's connection was at when it was looked at last.
    var use = ClientUse.waiting
    /// How many requests there had been.
    var requests = 0

    init(_ client: ClientConnection) {
        conversation = Conversation(client)
    }
}

/// What a client's connection is at.
enum ClientUse {
    /// No request is under way, and nothing of the next one is there.
    case waiting
    /// A part of a head is there.
    case reading
    /// A request is under way.
    case busy
}
