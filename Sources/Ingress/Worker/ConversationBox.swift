/// Where a conversation is kept.
final class ConversationBox {
    var conversation: Conversation
    /// How much waited to be sent to the client when it was looked at last.
    var backlog = 0
    /// The same for the endpoint.
    var upstreamBacklog = 0

    init(_ client: ClientConnection) {
        conversation = Conversation(client)
    }
}
