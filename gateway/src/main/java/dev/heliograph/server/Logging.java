package dev.heliograph.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Where logs go: to stderr, as JSON for machines or as text for people ({@code -Dheliograph.log=text}). A file named by {@code logback.configurationFile}
 * replaces all of this. In code rather than XML, because parsing XML is a third of the time to start.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    static final String FORMAT = "heliograph.log";
    static final String TEXT = "text";

    /** Made by Logback, which finds it as a service. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setName("stderr");
        console.setTarget("System.err");
        console.setEncoder(TEXT.equals(System.getProperty(FORMAT)) ? text(context) : json(context));
        console.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        context.getLogger("io.netty").setLevel(Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Writes a line in either format to nowhere, so that a training knows both whichever is in use. */
    static void rehearse() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            var event = new LoggingEvent(
                    Logging.class.getName(), context.getLogger(Logging.class), Level.INFO, "rehearsal", null, null);
            text(context).encode(event);
            json(context).encode(event);
        }
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        var text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern("%d{HH:mm:ss.SSS} %-5level %msg%n");
        text.start();
        return text;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        var json = new JsonEncoder();
        json.setContext(context);
        json.setWithSequenceNumber(false);
        json.setWithNanoseconds(false);
        json.setWithContext(false);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithFormattedMessage(true);
        json.start();
        return json;
    }
}
