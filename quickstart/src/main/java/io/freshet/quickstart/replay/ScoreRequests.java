package io.freshet.quickstart.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.contracts.event.JsonEvents;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.quickstart.report.ServedScores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Makes scoring requests out of the impressions of late: who asks is the newest of them, unless that has been asked for, and
 * what is to be ranked are several, its own item the first.
 *
 * <p>Features of the pipeline's group {@code item} are taken to be the candidate's, all others the request's. Safe from
 * any thread.
 */
public final class ScoreRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CANDIDATE_GROUP = "item";
    private static final int CANDIDATES = 8;
    private static final int REMEMBERED = 256;
    /** Looking at every impression of a fast replay would slow it down. */
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();

    private final FeatureEncoder encoder;
    private final Set<String> ofCandidates;
    private final Random random;
    private final ServedScores served;
    private final List<ObjectNode> remembered = new ArrayList<>();
    private int oldest;
    /** The newest impression, until it is asked for. */
    private Newest newest;

    private final LongSupplier nanos;
    private long lookAgainNanos;

    /**
     * Requests for a pipeline's server.
     *
     * @param seed of which impressions go together
     * @param served is told of the impressions that are asked for, and of what was done on them
     */
    public ScoreRequests(Pipeline pipeline, long seed, ServedScores served) {
        this(pipeline, seed, served, System::nanoTime);
    }

    /** As above, with a clock of the caller's. */
    ScoreRequests(Pipeline pipeline, long seed, ServedScores served, LongSupplier nanos) {
        this.served = served;
        this.nanos = nanos;
        lookAgainNanos = nanos.getAsLong();
        encoder = new FeatureEncoder(pipeline);
        ofCandidates = pipeline.features().stream()
                .filter(feature -> feature.group().equals(CANDIDATE_GROUP))
                .map(FeatureConfig::name)
                .collect(Collectors.toUnmodifiableSet());
        random = new Random(seed);
    }

    private record Newest(ServedScores.Shown shown, ObjectNode features) {}

    /**
     * A request.
     *
     * @param shown the impression whose features and item come first; null when it has been asked for before
     */
    public record Request(byte[] body, ServedScores.Shown shown) {}

    /** Remembers the features of an impression, if they are good, in place of the oldest remembered; and what was done. */
    public synchronized void witness(TrafficEvent event) {
        try {
            if (event.kind() == TrafficEvent.Kind.ACTION) {
                Action action = JsonEvents.readAction(event.value());
                served.acted(action.getImpressionId(), action.getAction(), action.getTimeMs());
            } else if (nanos.getAsLong() - lookAgainNanos >= 0) {
                Impression impression = JsonEvents.readImpression(event.value());
                encoder.encode(impression.getFeaturesMap());
                lookAgainNanos = nanos.getAsLong() + LOOK_EVERY_NANOS;
                remember(impression, features(event.value()));
            }
        } catch (MalformedEventException | FeatureException e) {
            // Bad events are part of a stream; only good ones make good requests, and the next may be one.
        }
    }

    private void remember(Impression impression, ObjectNode features) {
        if (newest != null) {
            newest.shown().forget();
        }
        newest = new Newest(served.shown(impression.getImpressionId(), impression.getTimeMs()), features);
        if (remembered.size() < REMEMBERED) {
            remembered.add(features);
        } else {
            remembered.set(oldest, features);
            oldest = (oldest + 1) % REMEMBERED;
        }
    }

    /** Whether there is anything to ask. */
    synchronized boolean isReady() {
        return !remembered.isEmpty();
    }

    /** The next request, absent before the first impression. */
    public synchronized Optional<Request> next() {
        if (remembered.isEmpty()) {
            return Optional.empty();
        }
        Newest asks = newest == null ? new Newest(null, any()) : newest;
        newest = null;
        ObjectNode body = JSON.createObjectNode();
        body.set("features", asks.features().deepCopy().remove(ofCandidates));
        body.withArray("candidates").add(asks.features().deepCopy().retain(ofCandidates));
        for (int i = 1; i < CANDIDATES; i++) {
            body.withArray("candidates").add(any().deepCopy().retain(ofCandidates));
        }
        try {
            return Optional.of(new Request(JSON.writeValueAsBytes(body), asks.shown()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a scoring request of " + body, e);
        }
    }

    private ObjectNode any() {
        return remembered.get(random.nextInt(remembered.size()));
    }

    private static ObjectNode features(byte[] impression) {
        try {
            JsonNode features = JSON.readTree(impression).get("features");
            return (ObjectNode) features;
        } catch (IOException e) {
            throw new UncheckedIOException("An impression that was good cannot be read", e);
        }
    }
}
