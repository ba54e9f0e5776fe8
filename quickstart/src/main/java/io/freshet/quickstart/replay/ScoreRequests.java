package io.freshet.quickstart.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.contracts.event.JsonEvents;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.contracts.pipeline.FeatureConfig;
import io.freshet.contracts.pipeline.Pipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes scoring requests out of the impressions of late: who asks is one of them, what is to be ranked are several.
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
    private final List<ObjectNode> remembered = new ArrayList<>();
    private int oldest;
    private long lookAgainNanos = System.nanoTime();

    /** @param seed of which impressions go together */
    public ScoreRequests(Pipeline pipeline, long seed) {
        encoder = new FeatureEncoder(pipeline);
        ofCandidates = pipeline.features().stream()
                .filter(feature -> feature.group().equals(CANDIDATE_GROUP))
                .map(FeatureConfig::name)
                .collect(Collectors.toUnmodifiableSet());
        random = new Random(seed);
    }

    /** Remembers the features of an impression, if they are good, in place of the oldest remembered. */
    public synchronized void witness(TrafficEvent event) {
        if (event.kind() != TrafficEvent.Kind.IMPRESSION || System.nanoTime() < lookAgainNanos) {
            return;
        }
        if (!isGood(event.value())) {
            return; // The next may be good, and the last.
        }
        lookAgainNanos = System.nanoTime() + LOOK_EVERY_NANOS;
        ObjectNode features = features(event.value());
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

    /** The body of a request, absent before the first impression. */
    public synchronized Optional<byte[]> next() {
        if (remembered.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode body = JSON.createObjectNode();
        body.set("features", any().deepCopy().remove(ofCandidates));
        for (int i = 0; i < CANDIDATES; i++) {
            body.withArray("candidates").add(any().deepCopy().retain(ofCandidates));
        }
        try {
            return Optional.of(JSON.writeValueAsBytes(body));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a scoring request of " + body, e);
        }
    }

    private ObjectNode any() {
        return remembered.get(random.nextInt(remembered.size()));
    }

    /** Bad impressions are part of a stream; only good ones make good requests. */
    private boolean isGood(byte[] impression) {
        try {
            encoder.encode(JsonEvents.readImpression(impression).getFeaturesMap());
            return true;
        } catch (MalformedEventException | FeatureException e) {
            return false;
        }
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
