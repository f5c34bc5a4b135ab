package dev.heliograph.blackbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** The ways to break a WebSocket conversation, with the close code that each must earn. */
enum Garbage {
    TEXT_NOT_JSON(Garbage.MAY_LIVE) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x81, MASKED, ("{\"type\": " + random.nextInt()).getBytes(StandardCharsets.US_ASCII));
        }
    },
    RESERVED_BIT(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x81 | (0x10 << random.nextInt(3)), MASKED, noise(random, 20));
        }
    },
    RESERVED_OPCODE(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x83 + random.nextInt(5), MASKED, noise(random, 20));
        }
    },
    UNMASKED(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x81, 0, noise(random, 20));
        }
    },
    BINARY(1003) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x82, MASKED, noise(random, 20));
        }
    },
    BAD_UTF8(1007) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x81, MASKED, new byte[] {'"', (byte) 0xc0, (byte) (0x80 + random.nextInt(0x40)), '"'});
        }
    },
    TOO_LONG(1009) {
        @Override
        byte[] bytes(SplittableRandom random) {
            byte[] header = {(byte) 0x81, (byte) 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4};
            header[9] = (byte) random.nextInt(256);
            return header;
        }
    },
    FRAGMENTED_PING(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x09, MASKED, noise(random, 10));
        }
    },
    LONG_PING(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            byte[] header = {(byte) 0x89, (byte) 0xfe, 0, (byte) (126 + random.nextInt(100)), 1, 2, 3, 4};
            return header;
        }
    },
    STRAY_CONTINUATION(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x80, MASKED, noise(random, 10));
        }
    },
    CLOSE_WITH_BAD_CODE(1002) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return frame(0x88, MASKED, new byte[] {0, (byte) random.nextInt(256)});
        }
    },
    NOISE(Garbage.MAY_LIVE) {
        @Override
        byte[] bytes(SplittableRandom random) {
            return noise(random, 200);
        }
    };

    /** In place of a close code: this one need not be closed. */
    static final int MAY_LIVE = 0;

    private static final int MASKED = 0x80;

    private final int closeCode;

    Garbage(int closeCode) {
        this.closeCode = closeCode;
    }

    abstract byte[] bytes(SplittableRandom random);

    /** The code that must follow; {@link #MAY_LIVE} where the connection may live on. */
    int closeCode() {
        return closeCode;
    }

    static Garbage any(SplittableRandom random) {
        return values()[random.nextInt(values().length)];
    }

    private static byte[] noise(SplittableRandom random, int lengthMax) {
        byte[] noise = new byte[1 + random.nextInt(lengthMax)];
        random.nextBytes(noise);
        return noise;
    }

    /** One frame with a payload under 126 bytes. */
    private static byte[] frame(int firstByte, int masked, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        out.write(masked | payload.length);
        byte[] mask = {0x11, 0x22, 0x33, 0x44};
        if (masked != 0) {
            out.writeBytes(mask);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(masked == 0 ? payload[i] : payload[i] ^ mask[i & 3]);
        }
        return out.toByteArray();
    }
}
