package io.freshet.flink.job;

import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Label;
import io.freshet.contracts.event.proto.TokenList;
import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineFile;
import io.freshet.flink.join.JoinedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Examples of a made-up stream: some users, items and recent items, with labels that depend on them. */
final class RandomExamples {
    private static final int USERS = 40;
    private static final int ITEMS = 90;
    private static final long START_MS = 1_700_000_000_000L;

    private RandomExamples() {}

    /** The same examples for the same seed. */
    static List<JoinedExample> of(long seed, int count) {
        Random random = new Random(seed);
        List<JoinedExample> examples = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Example example = example(i, random);
            examples.add(new JoinedExample(example.getTimeMs(), example.getCompletedAtMs(), example.toByteArray()));
        }
        return examples;
    }

    /** As {@link #of}, as messages of the examples topic. */
    static List<byte[]> messages(long seed, int count) {
        return of(seed, count).stream().map(JoinedExample::example).toList();
    }

    /** Event time of an example. */
    static long timeMs(int number) {
        return START_MS + 10L * number;
    }

    /**
     * A pipeline file that learns from these examples.
     *
     * @param items the line of the table {@code item}
     * @param more further sections
     */
    static Pipeline pipeline(String name, String bootstrapServers, String items, String more) {
        return PipelineFile.parse("""
                name: %s
                tables:
                  user: {dimension: 8}
                  %s
                features:
                  - {name: user,   slot: id,       table: user}
                  - {name: item,   slot: id,       table: item}
                  - {name: recent, slot: sequence, table: item, length: 5}
                tasks:
                  - {name: like, action: like, window: 1h}
                ranker:   {type: token-mixer-large, width: 16, layers: 2, heads: 4}
                kafka:    {bootstrap-servers: "%s"}
                %s
                """.formatted(name, items, bootstrapServers, more), Map.of());
    }

    private static Example example(int number, Random random) {
        int user = random.nextInt(USERS);
        int item = random.nextInt(ITEMS);
        TokenList.Builder recent = TokenList.newBuilder();
        for (int i = random.nextInt(7); i > 0; i--) {
            recent.addValues(Integer.toString(random.nextInt(ITEMS)));
        }
        boolean liked = random.nextInt(10) < (user + item) % 10;
        return Example.newBuilder()
                .setImpressionId("i-" + number)
                .setTimeMs(timeMs(number))
                .putFeatures(
                        "user", FeatureValue.newBuilder().setText("u" + user).build())
                .putFeatures("item", FeatureValue.newBuilder().setInteger(item).build())
                .putFeatures(
                        "recent", FeatureValue.newBuilder().setTokens(recent).build())
                .addLabels(Label.newBuilder().setTask("like").setValue(liked ? 1 : 0))
                .setWeight(1)
                .setCompletedAtMs(timeMs(number))
                .build();
    }
}
