/// For how long a stream may wait, in whole milliseconds: a deadline is set several times for each request, and a division
/// of a `Duration` costs as much as reading a field.
package struct StreamDelay: Hashable, Sendable {
    package let milliseconds: Int64

    @inlinable
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    @inlinable
    package static func milliseconds(_ count: Int64) -> StreamDelay { StreamDelay(milliseconds: count) }

    @inlinable
    package static func seconds(_ count: Int64) -> StreamDelay { StreamDelay(milliseconds: count * 1_000) }

    package var duration: Duration { .milliseconds(milliseconds) }
}
