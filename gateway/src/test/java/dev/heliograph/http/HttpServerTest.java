package dev.heliograph.http;

import static dev.heliograph.http.RawClient.crlf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import org.junit.jupiter.api.Test;

final class HttpServerTest {
    @Test
    void smoke() throws Exception {
        try (var server = new TestServer(LimitsConfig.DEFAULT);
                var client = server.connect()) {
            client.send(crlf("""
                    GET /hello HTTP/1.1
                    Host: a

                    """));
            assertEquals("hello", client.read().text());
            client.send(crlf("""
                    POST /echo HTTP/1.1
                    Host: a
                    Content-Length: 3

                    abc"""));
            assertEquals("abc", client.read().text());
            client.send(crlf("""
                    POST /echo HTTP/1.0
                    Transfer-Encoding: chunked

                    abc"""));
            assertEquals(400, client.read().status());
            assertTrue(client.isEnded());
        }
    }
}
