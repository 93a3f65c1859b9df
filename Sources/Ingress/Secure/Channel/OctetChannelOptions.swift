import NIOCore

/// What handlers may ask of a channel of octets, and set.
struct OctetChannelOptions: NIOSynchronousChannelOptions {
    let core: OctetCore

    func setOption<Option: ChannelOption>(_: Option, value: Option.Value) throws {
        switch value {
        case let marks as ChannelOptions.Types.WriteBufferWaterMark: core.marks = marks
        // Octets come when they come: who wants none for a while has the loop hold them back.
        case let isOn as Bool where Option.self == ChannelOptions.Types.AutoReadOption.self && isOn: break
        default: throw ChannelError.operationUnsupported
        }
    }

    func getOption<Option: ChannelOption>(_: Option) throws -> Option.Value {
        let value: Any? =
            switch Option.self {
            case is ChannelOptions.Types.AutoReadOption.Type: true
            // A peer that has ended its side may still be answered.
            case is ChannelOptions.Types.AllowRemoteHalfClosureOption.Type: true
            case is ChannelOptions.Types.WriteBufferWaterMarkOption.Type: core.marks
            case is ChannelOptions.Types.BufferedWritableBytesOption.Type: core.output.count
            default: nil
            }
        guard let value = value as? Option.Value else { throw ChannelError.operationUnsupported }
        return value
    }
}
