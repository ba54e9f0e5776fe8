package io.freshet.quickstart.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The bundled stream: 70,000 ratings of movies in the order of time, from {@code movietweetings/} on the class path,
 * where its origin, licence and citation are.
 */
public final class MovieTweetings {
    private static final String FOLDER = "/movietweetings/";
    private static final Duration MEAN_DELAY = Duration.ofSeconds(450);
    /** Within the attribution window of the bundled pipeline, so that every like is a label. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(3_528);

    private static final Pattern YEAR = Pattern.compile(".*\\((\\d{4})\\)\\s*");

    private MovieTweetings() {}

    /**
     * Opens the stream. Likes come after a delay that is exponential with a mean of 450 s, at least 1 s and at most
     * 3,528 s.
     *
     * @param seed of the delays: the same seed gives the same stream
     */
    public static Traffic open(long seed) {
        Map<String, Ratings.Movie> movies = new HashMap<>();
        for (String[] row : rows("items.tsv.gz", 3)) {
            movies.put(row[0], new Ratings.Movie(genres(row[2]), year(row[1])));
        }
        List<Ratings.Rating> ratings = rows("events.tsv.gz", 4).stream()
                .map(row ->
                        new Ratings.Rating(row[0], row[1], Integer.parseInt(row[2]), Long.parseLong(row[3]) * 1_000))
                .toList();
        return new Ratings(ratings.iterator(), movies, delaysMs(seed));
    }

    /** The text of the pipeline file that fits this stream. */
    public static String pipeline() {
        try (InputStream file = resource("pipeline.yaml")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the bundled pipeline.yaml", e);
        }
    }

    private static LongSupplier delaysMs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return () -> {
            double drawnMs = random.nextExponential() * MEAN_DELAY.toMillis();
            return (long) Math.min(Math.max(drawnMs, 1_000), LONGEST_DELAY.toMillis());
        };
    }

    private static List<String> genres(String joined) {
        return joined.isEmpty() ? List.of() : List.of(joined.split("\\|"));
    }

    private static String year(String title) {
        Matcher year = YEAR.matcher(title);
        return year.matches() ? year.group(1) : null;
    }

    private static List<String[]> rows(String name, int columns) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(resource(name)), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> {
                        String[] row = line.split("\t", -1);
                        if (row.length != columns) {
                            throw new IllegalStateException("The bundled %s has a row of %d columns, not %d: %s"
                                    .formatted(name, row.length, columns, line));
                        }
                        return row;
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the bundled " + name, e);
        }
    }

    private static InputStream resource(String name) {
        InputStream bytes = MovieTweetings.class.getResourceAsStream(FOLDER + name);
        if (bytes == null) {
            throw new IllegalStateException("The class path lacks " + FOLDER + name + ": build again with mvn package");
        }
        return bytes;
    }
}
