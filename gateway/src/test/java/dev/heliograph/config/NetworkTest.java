package dev.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses and networks as operators and proxies write them. */
final class NetworkTest {
    private static InetAddress address(String text) {
        return Objects.requireNonNull(AddressLiteral.parse(text), text);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, 2001:db8::1, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::1, ::1, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void network_containsWhatBeginsLikeIt(String network, String address, boolean contained) {
        assertEquals(contained, Objects.requireNonNull(Network.parse(network)).contains(address(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.1/8",
                "10/8",
                "10.1",
                "a/8",
                "localhost",
                "::/129",
                "2001:db8::1/64",
                "1.2.3.4/8/8",
                "[::1]",
                "fe80::1%eth0",
                "10.0.0.0 /8",
                "256.0.0.1",
                "01.2.3.4",
                "1.2.3.4.5",
                "1..2.3"
            })
    void network_thatIsNone_isNull(String text) {
        assertNull(Network.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7/32",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64",
        "::ffff:192.0.2.7, 192.0.2.7/32",
    })
    void oneClient_isAnAddress_orASitesSixtyFourBits(String address, String network) {
        assertEquals(network, Network.ofOneClient(address(address)).toString());
    }
}
