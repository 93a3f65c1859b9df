/// How much may stand in a body of chunks besides the body.
package struct ChunkLimits: Hashable, Sendable {
    /// The most octets of all extensions of all chunks.
    package var extensions: Int
    /// The most octets of all trailer fields, with the ends of their lines and the empty line.
    package var trailers: Int
    /// The most trailer fields.
    package var trailerCount: Int

    package init(extensions: Int = 4 << 10, trailers: Int = 8 << 10, trailerCount: Int = 32) {
        self.extensions = extensions
        self.trailers = trailers
        self.trailerCount = trailerCount
    }
}
