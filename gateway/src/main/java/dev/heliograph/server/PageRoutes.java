package dev.heliograph.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heliograph.config.Config;
import dev.heliograph.config.PageConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route;
import dev.heliograph.http.Router;
import dev.heliograph.http.StaticFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;

/** The live page at {@code /}, and {@code /page.json}, which tells it what to show. */
final class PageRoutes {
    private static final String FOLDER = "META-INF/heliograph/page/";

    private PageRoutes() {}

    static void register(Router router, Config config) {
        PageConfig page = config.page();
        if (!page.enabled()) {
            return;
        }
        byte[] settings = settings(config);
        router.add(Route.get(
                "/page.json",
                (_, respond) -> respond.accept(new Response(200, Map.of("Content-Type", "application/json"), settings)
                        .with("Cache-Control", "no-cache"))));
        var files = new StaticFiles(PageRoutes.class.getClassLoader(), FOLDER, "/", policy(page.tokenUrl()));
        router.add(Route.get("/", files).matching(Route.Match.FALLBACK));
    }

    /** Nothing but what the gateway itself serves, and the place the token comes from. */
    private static String policy(String tokenUrl) {
        String connect = tokenUrl.isEmpty() ? "'self'" : "'self' " + origin(tokenUrl);
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
