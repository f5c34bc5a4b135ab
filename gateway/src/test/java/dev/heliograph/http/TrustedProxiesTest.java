package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.config.AddressLiteral;
import dev.heliograph.config.Network;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom {@code X-Forwarded-For} is believed about. Fields of a header stand with a bar between them. */
final class TrustedProxiesTest {
    private static final TrustedProxies PROXIES = new TrustedProxies(
            Stream.of("10.0.0.0/8", "2001:db8:ffff::/48")
                    .map(text -> Objects.requireNonNull(Network.parse(text)))
                    .toList(),
            false);
    private static final String TRUSTED = "10.0.0.1";
    private static final String STRANGER = "203.0.113.200";

    private static String client(String peer, List<String> fields) {
        InetAddress address = Objects.requireNonNull(AddressLiteral.parse(peer));
        return PROXIES.client(address, fields).getHostAddress();
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = ';',
            value = {
                // one hop
                "192.0.2.1;192.0.2.1",
                "  192.0.2.1 \t;192.0.2.1",
                "192.0.2.1:4711;192.0.2.1",
                "2001:db8::7;2001:db8:0:0:0:0:0:7",
                "[2001:db8::7];2001:db8:0:0:0:0:0:7",
                "[2001:db8::7]:443;2001:db8:0:0:0:0:0:7",
                "::ffff:192.0.2.1;192.0.2.1",
                // what the client itself wrote stands left of what the proxy saw
                "6.6.6.6, 192.0.2.1;192.0.2.1",
                "10.0.0.9, 192.0.2.1;192.0.2.1",
                "6.6.6.6|192.0.2.1;192.0.2.1",
                "192.0.2.1, 10.0.0.7;192.0.2.1",
                "192.0.2.1|10.0.0.7, 10.0.0.8;192.0.2.1",
                "192.0.2.1, 2001:db8:ffff::1;192.0.2.1",
                // all are proxies: the farthest of them
                "10.0.0.9, 10.0.0.7;10.0.0.9",
                // what is no address: the last that is known
                "unknown;10.0.0.1",
                "192.0.2.1, unknown, 10.0.0.7;10.0.0.7",
                "192.0.2.1,;10.0.0.1",
                "'';10.0.0.1",
                "localhost;10.0.0.1",
                "_hidden;10.0.0.1",
                "192.0.2.256;10.0.0.1",
                "3221225985;10.0.0.1",
                "192.0.2.1:port;10.0.0.1",
                "[192.0.2.1];10.0.0.1",
                "[2001:db8::7;10.0.0.1",
                "fe80::1%eth0;10.0.0.1",
            })
    void header_isBelievedFromTheRight_upToTheFirstThatIsNoProxy_andOnlyFromAProxy(String header, String expected) {
        List<String> fields = List.of(header.split("\\|", -1));
        assertEquals(expected, client(TRUSTED, fields), "from a proxy");
        assertEquals(STRANGER, client(STRANGER, fields), "from anybody else");
    }

    @Test
    void noHeader_isThePeer() {
        assertEquals(TRUSTED, client(TRUSTED, List.of()));
    }

    @Test
    void chain_thatHasNoEnd_isCutOff() {
        List<String> fields = List.of("192.0.2.1," + "10.0.0.2,".repeat(1_000) + "10.0.0.3");
        assertEquals("10.0.0.2", client(TRUSTED, fields));
    }
}
