package io.freshet.benchmarks.streams;

import io.freshet.benchmarks.run.Example;
import io.freshet.benchmarks.run.Variant;
import io.freshet.contracts.event.JsonEvents;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.quickstart.replay.EventFiles;
import io.freshet.quickstart.replay.MovieTweetings;
import io.freshet.quickstart.replay.Traffic;
import io.freshet.quickstart.replay.TrafficEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A recorded stream in memory: impressions in the order of time, each with its label, as if that were known at once. An
 * action's delay only decides when it enters a user's history, as in the events themselves.
 *
 * @param name of the stream
 * @param template text of its pipeline file, see {@link Variant}
 * @param examples in the order of time
 */
record RecordedStream(String name, String template, List<Example> examples) {
    private static final long DELAYS = 1;

    /** The bundled ratings. */
    static RecordedStream movieTweetings() {
        try (Traffic traffic = MovieTweetings.open(DELAYS)) {
            return of("movietweetings", traffic);
        }
    }

    /**
     * Converted files, see {@code benchmarks/data/README.md}.
     *
     * @param name of a bundled template
     * @param folder with {@code impressions.jsonl.gz} and {@code actions.jsonl.gz}
     */
    static RecordedStream converted(String name, Path folder) {
        try (Traffic traffic =
                EventFiles.open(folder.resolve("impressions.jsonl.gz"), folder.resolve("actions.jsonl.gz"))) {
            return of(name, traffic);
        }
    }

    private static RecordedStream of(String name, Traffic traffic) {
        String template = template(name);
        // Which features there are does not depend on the ranker.
        Variant any = new Variant("any", "type: token-mixer-large", 1);
        FeatureEncoder encoder = new FeatureEncoder(any.pipeline(template, 1));
        List<Impression> shown = new ArrayList<>();
        Set<String> positive = new HashSet<>();
        try {
            while (traffic.hasNext()) {
                TrafficEvent event = traffic.next();
                if (event.kind() == TrafficEvent.Kind.IMPRESSION) {
                    shown.add(JsonEvents.readImpression(event.value()));
                } else {
                    positive.add(JsonEvents.readAction(event.value()).getImpressionId());
                }
            }
            List<Example> examples = new ArrayList<>();
            for (Impression impression : shown) {
                examples.add(new Example(
                        encoder.encode(impression.getFeaturesMap()), positive.contains(impression.getImpressionId())));
            }
            return new RecordedStream(name, template, List.copyOf(examples));
        } catch (MalformedEventException | FeatureException wrong) {
            throw new IllegalArgumentException(
                    "The stream %s cannot be read: %s".formatted(name, wrong.getMessage()), wrong);
        }
    }

    private static String template(String name) {
        try (InputStream file = RecordedStream.class.getResourceAsStream(name + ".yaml")) {
            if (file == null) {
                throw new IllegalArgumentException(
                        "There is no stream '%s': name movietweetings, ml-latest-small or mind-sample."
                                .formatted(name));
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the bundled " + name + ".yaml", e);
        }
    }

    /** The first so many examples. */
    RecordedStream first(int count) {
        return count < examples.size() ? new RecordedStream(name, template, examples.subList(0, count)) : this;
    }
}
