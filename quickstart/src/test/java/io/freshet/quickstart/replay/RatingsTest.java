package io.freshet.quickstart.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.contracts.event.JsonEvents;
import io.freshet.contracts.event.MalformedEventException;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.Impression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatingsTest {
    private static final Map<String, Ratings.Movie> MOVIES =
            Map.of("m1", new Ratings.Movie(List.of("Drama", "War"), "1994"), "m2", new Ratings.Movie(List.of(), null));

    @Test
    void ratingIsAnImpressionWithTheFeaturesOfItsMovie() throws MalformedEventException {
        Impression impression = JsonEvents.readImpression(
                traffic(new Ratings.Rating("u", "m1", 7, 1_000)).next().value());
        assertThat(impression.getTimeMs()).isEqualTo(1_000);
        assertThat(impression.getFeaturesOrThrow("user").getText()).isEqualTo("u");
        assertThat(impression.getFeaturesOrThrow("item").getText()).isEqualTo("m1");
        assertThat(impression.getFeaturesOrThrow("year").getText()).isEqualTo("1994");
        assertThat(impression.getFeaturesOrThrow("decade").getText()).isEqualTo("1990");
        assertThat(impression.getFeaturesOrThrow("genres").getTokens().getValuesList())
                .containsExactly("Drama", "War");
    }

    @Test
    void onlyRatingsOfEightOrMoreAreLiked() {
        assertThat(kinds(traffic(
                        new Ratings.Rating("u", "m1", 7, 1_000),
                        new Ratings.Rating("u", "m2", 8, 1_000),
                        new Ratings.Rating("u", "m3", 10, 1_000))))
                .containsExactly("I1000", "I1000", "I1000", "A1100", "A1100");
    }

    @Test
    void recentHoldsOnlyWhatTheUserLikedStrictlyBefore() throws MalformedEventException {
        List<Impression> shown = impressions(traffic(
                new Ratings.Rating("u", "m1", 9, 1_000),
                new Ratings.Rating("u", "m2", 9, 1_100), // The like of m1 comes in this very millisecond.
                new Ratings.Rating("v", "m3", 9, 1_101),
                new Ratings.Rating("u", "m4", 9, 1_101),
                new Ratings.Rating("u", "m5", 9, 1_201)));
        assertThat(shown.stream().map(RatingsTest::recent))
                .containsExactly(List.of(), List.of(), List.of(), List.of("m1"), List.of("m1", "m2"));
    }

    @Test
    void recentKeepsTheNewestFifty() throws MalformedEventException {
        List<Ratings.Rating> ratings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            ratings.add(new Ratings.Rating("u", "m" + i, 10, 1_000 + i));
        }
        ratings.add(new Ratings.Rating("u", "last", 1, 9_000));
        List<Impression> shown = impressions(traffic(ratings.toArray(Ratings.Rating[]::new)));
        assertThat(recent(shown.get(60))).hasSize(50).startsWith("m10").endsWith("m59");
    }

    @Test
    void bundledStreamNeverShowsALikeBeforeItsTimeAndNeverGoesBackInTime() throws MalformedEventException {
        Map<String, Deque<String>> liked = new HashMap<>();
        Map<String, Impression> shown = new HashMap<>();
        long nowMs = 0;
        int likes = 0;
        Traffic traffic = MovieTweetings.open(7);
        while (traffic.hasNext()) {
            TrafficEvent event = traffic.next();
            assertThat(event.timeMs()).isGreaterThanOrEqualTo(nowMs);
            nowMs = event.timeMs();
            if (event.kind() == TrafficEvent.Kind.IMPRESSION) {
                Impression impression = JsonEvents.readImpression(event.value());
                shown.put(impression.getImpressionId(), impression);
                // What this test has seen liked so far is what the impression may know.
                assertThat(recent(impression))
                        .isEqualTo(List.copyOf(liked.getOrDefault(user(impression), new ArrayDeque<>())));
            } else {
                likes++;
                Action like = JsonEvents.readAction(event.value());
                Impression impression = shown.get(like.getImpressionId());
                assertThat(like.getTimeMs() - impression.getTimeMs()).isBetween(1_000L, 3_600_000L);
                Deque<String> recent = liked.computeIfAbsent(user(impression), user -> new ArrayDeque<>());
                recent.add(impression.getFeaturesOrThrow("item").getText());
                if (recent.size() > 50) {
                    recent.remove();
                }
            }
        }
        assertThat(shown).hasSize(70_000);
        assertThat(likes).isEqualTo(35_677);
    }

    @Test
    void sameSeedGivesTheSameStreamAndAnotherSeedAnother() {
        assertThat(kinds(MovieTweetings.open(7))).isEqualTo(kinds(MovieTweetings.open(7)));
        assertThat(kinds(MovieTweetings.open(7))).isNotEqualTo(kinds(MovieTweetings.open(8)));
    }

    private static Traffic traffic(Ratings.Rating... ratings) {
        return new Ratings(List.of(ratings).iterator(), MOVIES, () -> 100);
    }

    private static List<String> kinds(Traffic traffic) {
        List<String> kinds = new ArrayList<>();
        traffic.forEachRemaining(event -> kinds.add(event.kind().name().charAt(0) + Long.toString(event.timeMs())));
        return kinds;
    }

    private static List<Impression> impressions(Traffic traffic) throws MalformedEventException {
        List<Impression> impressions = new ArrayList<>();
        while (traffic.hasNext()) {
            TrafficEvent event = traffic.next();
            if (event.kind() == TrafficEvent.Kind.IMPRESSION) {
                impressions.add(JsonEvents.readImpression(event.value()));
            }
        }
        return impressions;
    }

    private static String user(Impression impression) {
        return impression.getFeaturesOrThrow("user").getText();
    }

    private static List<String> recent(Impression impression) {
        return impression.getFeaturesOrThrow("recent").getTokens().getValuesList();
    }
}
