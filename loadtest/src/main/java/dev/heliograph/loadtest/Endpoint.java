package dev.heliograph.loadtest;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** The gateway's door: where it is, and the request that opens a WebSocket there. Immutable. */
public record Endpoint(InetSocketAddress address, byte[] upgrade) {
    private static final int HTTP_PORT = 80;

    /** @throws IllegalArgumentException if the URL is not one of a plain connection */
    public static Endpoint of(URI url, String token) {
        return of(url, "/ws", "Sec-WebSocket-Protocol: heliograph.v1\r\nAuthorization: Bearer " + token + "\r\n");
    }

    /** The door for clients of Pusher's protocol. */
    public static Endpoint ofApp(URI url, String key) {
        return of(url, "/app/" + key + "?protocol=7", "");
    }

    private static Endpoint of(URI url, String target, String headers) {
        String scheme = url.getScheme();
        if ((!"http".equals(scheme) && !"ws".equals(scheme)) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "url " + url + ": expected http://HOST:PORT or ws://HOST:PORT; raw connections speak no TLS");
        }
        int port = url.getPort() < 0 ? HTTP_PORT : url.getPort();
        try {
            var address = new InetSocketAddress(InetAddress.getByName(url.getHost()), port);
            return new Endpoint(address, request(url.getHost() + ":" + port, target, headers));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("url " + url + ": no such host", e);
        }
    }

    private static byte[] request(String host, String target, String headers) {
        return """
                GET %s HTTP/1.1\r
                Host: %s\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: %s\r
                %s\r
                """.formatted(target, host, Frames.KEY, headers).getBytes(StandardCharsets.US_ASCII);
    }
}
