package dev.heliograph.config;

/**
 * Compression of WebSocket messages for clients that offer permessage-deflate.
 *
 * @param enabled whether offers are accepted; if not, nothing is compressed in either direction
 * @param thresholdBytes publications that are encoded to less are sent as they are
 */
public record CompressionConfig(boolean enabled, int thresholdBytes) {
    public static final CompressionConfig DEFAULT = new CompressionConfig(false, 256);

    static CompressionConfig read(Section s) {
        return new CompressionConfig(
                s.value("enabled", ValueType.flag(), DEFAULT.enabled()),
                s.value("thresholdBytes", ValueType.fewBytes(0, 1 << 20), DEFAULT.thresholdBytes()));
    }
}
