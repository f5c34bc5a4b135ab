package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heliograph.metrics.ProxyFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the PROXY protocol as they come and as they should not, some of them written by Netty's own codec. */
final class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static ProxyHeader read(byte[] bytes) {
        return ProxyHeader.read(Unpooled.wrappedBuffer(bytes));
    }

    private static ProxyHeader line(String text) {
        return read((text + "\r\nGET / HTTP/1.1\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ProxyHeader block(String hexBehindTheSignature) {
        return read(HexFormat.of().parseHex(SIGNATURE + hexBehindTheSignature));
    }

    private static void assertClient(String expected, ProxyHeader header) {
        InetAddress client = assertInstanceOf(ProxyHeader.Whole.class, header).client();
        assertEquals(expected, client == null ? "-" : client.getHostAddress());
    }

    private static void assertBroken(ProxyFailure reason, ProxyHeader header) {
        assertEquals(new ProxyHeader.Broken(reason), header);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443, 192.0.2.1",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255",
        "PROXY TCP4 192.0.2.1 198.51.100.2 0 0, 192.0.2.1",
        "PROXY TCP6 2001:db8::1 2001:db8::2 4124 443, 2001:db8:0:0:0:0:0:1",
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2, 192.0.2.1",
        "PROXY UNKNOWN, -",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535, -",
    })
    void line_asItShouldBe_saysItsClient(String text, String client) {
        ProxyHeader header = line(text);
        assertClient(client, header);
        assertEquals(
                text.length() + 2,
                assertInstanceOf(ProxyHeader.Whole.class, header).length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY ",
                "PROXY TCP4",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3",
                "PROXY TCP4 192.0.2.1  198.51.100.2 1 2",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 65536",
                "PROXY TCP4 192.0.2.1 198.51.100.2 01 2",
                "PROXY TCP4 192.0.2.1 198.51.100.2 -1 2",
                "PROXY TCP4 192.0.2.256 198.51.100.2 1 2",
                "PROXY TCP4 2001:db8::1 2001:db8::2 1 2",
                "PROXY TCP6 192.0.2.1 198.51.100.2 1 2",
                "PROXY TCP4 localhost 198.51.100.2 1 2",
                "PROXY tcp4 192.0.2.1 198.51.100.2 1 2",
                "PROXY UDP4 192.0.2.1 198.51.100.2 1 2",
                "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 ",
                "PROXY TCP4 192.0.2.1\t198.51.100.2 1 2",
                "PROXY TCP6 fe80::1%eth0 ::1 1 2",
                "PROXY UNKNOWNX"
            })
    void line_thatIsBroken_isMalformed(String text) {
        assertBroken(ProxyFailure.MALFORMED, line(text));
    }

    @Test
    void line_thatEndsInALineFeedAlone_isMalformed() {
        assertBroken(ProxyFailure.MALFORMED, read("PROXY UNKNOWN\n".getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1",
                "POST / HTTP/1.1",
                "PRI * HTTP/2.0",
                "proxy UNKNOWN",
                "PROXYX",
                "\u0016\u0003\u0001",
                "\r\n\r\nG",
                " PROXY "
            })
    void whatIsNoHeader_isMissing(String text) {
        assertBroken(ProxyFailure.MISSING, line(text));
    }

    @Test
    void line_withoutAnEnd_isTooLargeAfterAHundredAndSevenBytes() {
        String text = "PROXY UNKNOWN" + "x".repeat(200);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length < ProxyHeader.LINE_BYTES_MAX; length++) {
            assertEquals(new ProxyHeader.Unfinished(), ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, length)));
        }
        assertBroken(
                ProxyFailure.TOO_LARGE, ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, ProxyHeader.LINE_BYTES_MAX)));
    }

    @ParameterizedTest
    @CsvSource({
        "2111000cc0000201c6336402dc0401bb, 192.0.2.1",
        "2111000fc0000201c6336402dc0401bb040000, 192.0.2.1", // with a TLV
        "2000 0000, -", // LOCAL
        "2011000cc0000201c6336402dc0401bb, -", // LOCAL, whatever it says
        "2100 0000, -", // not specified
        "2100 0003040000, -",
    })
    void block_asItShouldBe_saysItsClient(String hex, String client) {
        assertClient(client, block(hex.replace(" ", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1111000cc0000201c6336402dc0401bb",
                "3111000cc0000201c6336402dc0401bb",
                "2211000cc0000201c6336402dc0401bb",
                "2111000bc0000201c6336402dc0401",
                "2121000cc0000201c6336402dc0401bb",
                "2112000cc0000201c6336402dc0401bb",
                "2141000cc0000201c6336402dc0401bb",
                "21310000",
                "21110000"
            })
    void block_thatIsBroken_isMalformed(String hex) {
        assertBroken(ProxyFailure.MALFORMED, block(hex));
    }

    @Test
    void block_thatIsTooLong_isRefusedByItsLength_beforeItIsHere() {
        assertBroken(ProxyFailure.TOO_LARGE, block("2111ffff"));
        assertBroken(ProxyFailure.TOO_LARGE, block("20001001"));
        assertEquals(new ProxyHeader.Unfinished(), block("20001000"));
    }

    /** What Netty writes is read as it was meant, whole; before its last byte it is unfinished; and no byte of it can be changed so that reading fails in another way. */
    @RepeatedTest(20)
    void headersThatNettyWrites_areReadAsTheyWereMeant_andAreSafeToMutate() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        boolean ipv4 = random.nextBoolean();
        var version = random.nextBoolean() ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2;
        String source = address(random, ipv4);
        var message = new HAProxyMessage(
                version,
                HAProxyCommand.PROXY,
                ipv4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                source,
                address(random, ipv4),
                random.nextInt(65_536),
                random.nextInt(65_536),
                version == HAProxyProtocolVersion.V1 ? List.of() : tlvs(random));
        var channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        channel.writeOutbound(message);
        ByteBuf written = Objects.requireNonNull(channel.readOutbound());
        byte[] bytes = new byte[written.readableBytes()];
        written.readBytes(bytes).release();
        String about = "seed " + seed + ": " + HexFormat.of().formatHex(bytes);
        assertEquals(new ProxyHeader.Whole(bytes.length, InetAddress.getByName(source)), read(bytes), about);
        for (int length = 0; length < bytes.length; length++) {
            assertEquals(
                    new ProxyHeader.Unfinished(), ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, length)), about);
        }
        for (int i = 0; i < bytes.length; i++) {
            byte[] mutated = bytes.clone();
            mutated[i] ^= (byte) (1 << random.nextInt(8));
            read(mutated);
        }
        assertNull(channel.readOutbound());
        channel.finishAndReleaseAll();
    }

    private static List<HAProxyTLV> tlvs(SplittableRandom random) {
        byte[] value = new byte[random.nextInt(300)];
        random.nextBytes(value);
        var authority = new HAProxyTLV(HAProxyTLV.Type.PP2_TYPE_AUTHORITY, Unpooled.wrappedBuffer(value));
        return random.nextBoolean()
                ? List.of(authority)
                : List.of(authority, new HAProxySSLTLV(0, (byte) 1, List.of()));
    }

    private static String address(SplittableRandom random, boolean ipv4) throws Exception {
        byte[] bytes = new byte[ipv4 ? 4 : 16];
        random.nextBytes(bytes);
        return InetAddress.getByAddress(bytes).getHostAddress();
    }
}
