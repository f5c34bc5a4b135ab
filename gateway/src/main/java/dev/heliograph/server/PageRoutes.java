package dev.heliograph.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heliograph.config.Config;
import dev.heliograph.config.PageConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.http.HeldFile;
import dev.heliograph.http.Route;
import dev.heliograph.http.Router;
import dev.heliograph.http.StaticFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/** The live page at {@code /}, {@code /page.json}, which tells it what to show, and the graph of the configuration. All of it is for whoever can reach the gateway. */
final class PageRoutes {
    private static final String FOLDER = "META-INF/heliograph/page/";
    private static final String GRAPH = "/page/graph";
    private static final String EVENTS = "/page/events";

    private PageRoutes() {}

    static void register(Router router, Config config) {
        PageConfig page = config.page();
        if (!page.enabled()) {
            return;
        }
        router.add(Route.get("/page.json", HeldFile.of("application/json", settings(config))));
        if (page.graph() != null) {
            byte[] graph = page.graph().getBytes(StandardCharsets.UTF_8);
            router.add(Route.get(GRAPH, HeldFile.of("application/json", graph)));
        }
        if (page.events() != null) {
            byte[] events = page.events().getBytes(StandardCharsets.UTF_8);
            router.add(Route.get(EVENTS, HeldFile.of("text/plain; charset=utf-8", events)));
        }
        var files = new StaticFiles(PageRoutes.class.getClassLoader(), FOLDER, "/", policy(page));
        router.add(Route.get("/", files).matching(Route.Match.FALLBACK));
    }

    /** Nothing but what the gateway itself serves, the place the token comes from, and those of graphs. */
    static String policy(PageConfig page) {
        var sources = new LinkedHashSet<String>(List.of("'self'"));
        if (!page.tokenUrl().isEmpty() && !page.tokenUrl().startsWith("/")) {
            sources.add(origin(page.tokenUrl()));
        }
        sources.addAll(page.graphOrigins());
        String connect = String.join(" ", sources);
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; connect-src "
                + connect + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static String origin(String url) {
        URI uri = URI.create(url);
        return uri.getPort() < 0
                ? uri.getScheme() + "://" + uri.getHost()
                : uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort();
    }

    private static byte[] settings(Config config) {
        PageConfig page = config.page();
        WorkspaceConfig workspace = page.workspace().isEmpty()
                ? config.workspaces().values().iterator().next()
                : Objects.requireNonNull(config.workspaces().get(page.workspace()), "page.workspace");
        var settings = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(settings)) {
            json.writeStartObject();
            json.writeStringField("workspace", workspace.name());
            json.writeStringField("channel", channel(page, workspace));
            json.writeStringField("tokenUrl", page.tokenUrl().isEmpty() ? null : page.tokenUrl());
            json.writeStringField("ws", "/ws");
            json.writeStringField("graph", page.graph() == null ? null : "." + GRAPH);
            json.writeStringField("events", page.events() == null ? null : "." + EVENTS);
            json.writeFieldName("graphOrigins");
            json.writeStartArray();
            for (String origin : page.graphOrigins()) {
                json.writeString(origin);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("bytes cannot be written to", e);
        }
        return settings.toByteArray();
    }

    private static String channel(PageConfig page, WorkspaceConfig workspace) {
        if (!page.channel().isEmpty()) {
            return page.channel();
        }
        return workspace.environments().keySet().stream()
                .findFirst()
                .map(environment -> "private-" + environment + "-segment-events")
                .orElse("events");
    }
}
