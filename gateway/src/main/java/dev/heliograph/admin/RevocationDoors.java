package dev.heliograph.admin;

import dev.heliograph.auth.Revocation;
import dev.heliograph.auth.Revocation.Target;
import dev.heliograph.auth.Revocations;
import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route.Match;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Revokes tokens, shows what is revoked, and lifts it. Any thread that may wait for the disk. */
public final class RevocationDoors {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationDoors.class);
    private static final String PATH = "/admin/revocations";
    private static final int BODY_BYTES_MAX = 8 * 1024;
    private static final int PAGE_MAX = 1_000;
    private static final int PAGE = 100;
    private static final long DURABLE_SECONDS = 10;
    private static final BodyLimits LIMITS = new BodyLimits(
            BODY_BYTES_MAX,
            0,
            reason -> Response.json(413, "{\"code\":\"too_large\",\"message\":\"" + reason + "\"}\n"));

    private final Revocations revocations;
    private final RevocationRequest.Rules rules;
    private final StateWriter json = new StateWriter();

    private RevocationDoors(Revocations revocations, RevocationRequest.Rules rules) {
        this.revocations = revocations;
        this.rules = rules;
    }

    /** @param workspaces that there are */
    public static List<OperatorDoor> of(Revocations revocations, Set<String> workspaces, InstantSource clock) {
        var doors = new RevocationDoors(revocations, new RevocationRequest.Rules(workspaces, clock));
        return List.of(
                new OperatorDoor("POST", PATH, Match.EXACT, LIMITS, doors::add),
                OperatorDoor.get(PATH, doors::list),
                new OperatorDoor("DELETE", PATH + "/", Match.BELOW, BodyLimits.NONE, doors::lift));
    }

    private Response add(Request request) {
        Parameters.of(request, Set.of());
        RevocationRequest asked = rules.read(request.body());
        Revocations.Added added;
        try {
            added = revocations.add(asked.target(), asked.issuedBeforeMs());
        } catch (Revocations.FullException full) {
            throw new OperatorRefusal(429, "too_many_revocations", String.valueOf(full.getMessage()));
        }
        LOG.info(
                "revoked by the operator: {} {} of workspace {}",
                asked.target().kind().label(),
                added.inForce().id(),
                asked.target().workspace());
        await(added.durable(), "it is in force, but not stored: it ends with this process; ask again");
        return answer(added.isNew() ? 201 : 200, shown(added.inForce()));
    }

    private static void await(CompletableFuture<Void> durable, String otherwise) {
        try {
            durable.orTimeout(DURABLE_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException failure) {
            LOG.error("a change of the revocations was not stored", failure.getCause());
            throw new OperatorRefusal(503, "unavailable", otherwise);
        }
    }

    private Response list(Request request) {
        var parameters = Parameters.of(request, Set.of("workspace", "after", "limit"));
        String workspace = parameters.text("workspace");
        String after = parameters.text("after");
        int limit = parameters.count("limit", PAGE, PAGE_MAX);
        if (workspace != null) {
            rules.checkWorkspace(workspace);
        }
        List<Revocation> page = revocations.list(workspace, after == null ? "" : after, limit);
        var body = new LinkedHashMap<String, Object>();
        body.put("revocations", page.stream().map(this::shown).toList());
        body.put("next", page.size() < limit ? null : page.getLast().id());
        body.put("inForce", revocations.size());
        body.put("stored", revocations.outliveRestart());
        return answer(200, body);
    }

    private Response lift(Request request) {
        Parameters.of(request, Set.of());
        String id = request.path().substring(PATH.length() + 1);
        CompletableFuture<Void> durable = revocations.lift(id);
        if (durable == null) {
            throw OperatorRefusal.notFound("no revocation has this id; GET " + PATH + " lists them");
        }
        LOG.info("lifted by the operator: revocation {}", id);
        await(durable, "it is lifted, but that is not stored: it comes back with a restart");
        return Response.empty(204);
    }

    private Map<String, Object> shown(Revocation revocation) {
        Target target = revocation.target();
        var shown = new LinkedHashMap<String, Object>();
        shown.put("id", revocation.id());
        shown.put("workspace", target.workspace());
        if (target.kind() != Revocation.Kind.WORKSPACE) {
            shown.put(target.kind().label(), target.name());
        }
        if (revocation.issuedBeforeMs() != Revocation.WHENEVER) {
            shown.put("issuedBefore", revocation.issuedBeforeMs());
        }
        shown.put("createdAt", revocation.createdAtMs());
        shown.put("expiresAt", revocation.expiresAtMs() == Revocation.NEVER ? null : revocation.expiresAtMs());
        shown.put("stored", revocations.outliveRestart());
        return shown;
    }

    private Response answer(int status, Object body) {
        return Response.json(status, json.json(body)).with("Cache-Control", "no-store");
    }
}
