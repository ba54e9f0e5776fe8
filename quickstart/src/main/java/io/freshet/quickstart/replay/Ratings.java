package io.freshet.quickstart.replay;

import io.freshet.contracts.event.JsonEvents;
import io.freshet.contracts.event.proto.Action;
import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.event.proto.Impression;
import io.freshet.contracts.event.proto.TokenList;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Turns ratings into traffic: each is an impression at its time, and a good one is followed by the action {@code like}.
 *
 * <p>An impression carries {@code user}, {@code item}, {@code genres}, {@code year}, {@code decade} and {@code
 * recent}: the movies that this user liked last, oldest first, of which every like came strictly before the impression.
 */
final class Ratings implements Traffic {
    static final int LIKED_FROM = 8;
    static final int RECENT = 50;

    /** Somebody's opinion of a movie; a rating is 0 to 10. */
    record Rating(String user, String item, int rating, long timeMs) {}

    /** What is known of a movie; the year may be null. */
    record Movie(List<String> genres, String year) {}

    private record Like(String impressionId, String user, String item, long timeMs, long number) {}

    private final Iterator<Rating> ratings;
    private final Map<String, Movie> movies;
    private final LongSupplier delaysMs;
    private final PriorityQueue<Like> coming =
            new PriorityQueue<>(Comparator.comparingLong(Like::timeMs).thenComparingLong(Like::number));
    private final Map<String, Deque<String>> recentByUser = new HashMap<>();
    private Rating rating;
    private long number;

    /**
     * @param ratings in the order of time
     * @param delaysMs how long after its impression each like comes, at least 1
     */
    Ratings(Iterator<Rating> ratings, Map<String, Movie> movies, LongSupplier delaysMs) {
        this.ratings = ratings;
        this.movies = movies;
        this.delaysMs = delaysMs;
        advance();
    }

    @Override
    public boolean hasNext() {
        return rating != null || !coming.isEmpty();
    }

    @Override
    public TrafficEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("No rating and no like is left");
        }
        Like like = coming.peek();
        // An impression goes before a like of the same millisecond, and so does not see it.
        return like != null && (rating == null || like.timeMs() < rating.timeMs())
                ? like(coming.remove())
                : impression();
    }

    @Override
    public void close() {}

    private TrafficEvent impression() {
        Rating shown = rating;
        String id = "r" + number;
        if (shown.rating() >= LIKED_FROM) {
            coming.add(new Like(id, shown.user(), shown.item(), shown.timeMs() + delaysMs.getAsLong(), number));
        }
        number++;
        advance();

        Movie movie = movies.getOrDefault(shown.item(), new Movie(List.of(), null));
        Impression.Builder impression = Impression.newBuilder()
                .setImpressionId(id)
                .setTimeMs(shown.timeMs())
                .putFeatures("user", text(shown.user()))
                .putFeatures("item", text(shown.item()))
                .putFeatures("genres", tokens(movie.genres()))
                .putFeatures("recent", tokens(recentByUser.getOrDefault(shown.user(), new ArrayDeque<>())));
        if (movie.year() != null) {
            impression.putFeatures("year", text(movie.year()));
            impression.putFeatures("decade", text(movie.year().substring(0, 3) + "0"));
        }
        return new TrafficEvent(TrafficEvent.Kind.IMPRESSION, shown.timeMs(), JsonEvents.write(impression.build()));
    }

    private TrafficEvent like(Like like) {
        Deque<String> recent = recentByUser.computeIfAbsent(like.user(), user -> new ArrayDeque<>());
        recent.addLast(like.item());
        if (recent.size() > RECENT) {
            recent.removeFirst();
        }
        Action action = Action.newBuilder()
                .setImpressionId(like.impressionId())
                .setAction("like")
                .setTimeMs(like.timeMs())
                .setValue(1)
                .build();
        return new TrafficEvent(TrafficEvent.Kind.ACTION, like.timeMs(), JsonEvents.write(action));
    }

    private void advance() {
        rating = ratings.hasNext() ? ratings.next() : null;
    }

    private static FeatureValue text(String value) {
        return FeatureValue.newBuilder().setText(value).build();
    }

    private static FeatureValue tokens(Collection<String> values) {
        return FeatureValue.newBuilder()
                .setTokens(TokenList.newBuilder().addAllValues(values))
                .build();
    }
}
