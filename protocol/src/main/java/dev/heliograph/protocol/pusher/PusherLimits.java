package dev.heliograph.protocol.pusher;

/**
 * What an app may say at most. Bounds that Pusher's own SDKs enforce too are no parameters: they are constants where they are checked.
 *
 * @param channelLengthMax longest channel name in characters, prefix included: 1 to 200
 * @param dataBytesMax largest data of one event in bytes of UTF-8: 1 to 102,400
 * @param userInfoBytesMax largest {@code user_info} of a presence member or signed-in user in bytes of JSON: 2 to 10,240
 */
public record PusherLimits(int channelLengthMax, int dataBytesMax, int userInfoBytesMax) {
    /** What hosted Pusher allows. */
    public static final PusherLimits HOSTED = new PusherLimits(164, 10_240, 1_024);

    /** Longest name of an event, in characters: what Pusher's server SDKs let pass. */
    public static final int EVENT_NAME_LENGTH_MAX = 200;

    private static final int DATA_BYTES_MAX = 102_400;
    private static final int USER_INFO_BYTES_MAX = 10_240;

    public PusherLimits {
        check("channelLengthMax", channelLengthMax, 1, PusherChannel.LENGTH_MAX);
        check("dataBytesMax", dataBytesMax, 1, DATA_BYTES_MAX);
        check("userInfoBytesMax", userInfoBytesMax, 2, USER_INFO_BYTES_MAX);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + least + " to " + most + ", not " + value);
        }
    }

    /** What hosted Pusher says of an event whose data is too large. */
    String dataTooLarge() {
        return "The data content of this event exceeds the allowed maximum (" + dataBytesMax
                + " bytes). See https://pusher.com/docs/channels/server_api/http-api#publishing-events for more info";
    }

    static String eventNameTooLong(String name) {
        return "Event name too long (" + name.length() + " > " + EVENT_NAME_LENGTH_MAX + ")";
    }
}
