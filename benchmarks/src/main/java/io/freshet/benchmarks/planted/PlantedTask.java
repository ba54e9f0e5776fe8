package io.freshet.benchmarks.planted;

import io.freshet.benchmarks.run.Example;
import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.model.metric.Auc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A stream of examples whose chances are known. An example has, of each field, a value (an id, frequent ones more often)
 * and some numbers (Gaussian). The log-odds of its label are a bias per value and effects of crosses of two, three and
 * four fields, which drift from the first example to the last. A cross sees of a field either its value or its numbers.
 * See {@link Cross}.
 *
 * <p>The same spec and seed give the same stream. Any number of threads may read it.
 */
public final class PlantedTask {
    /** A value's chance falls with its number to this power. */
    private static final double SKEW = 0.7;

    /**
     * Sizes of a task.
     *
     * @param fields how many fields
     * @param values how many values each has
     * @param numbers how many numbers each has
     * @param byValue the share of places in crosses that look at the value, in the crosses of each order; the others
     *     look at the numbers
     * @param crosses how many crosses of 2, of 3 and of 4 fields
     * @param kinds how many kinds of values the crosses of 2, 3 and 4 fields tell apart
     * @param deviations of the log-odds: by the biases, by all crosses of 2, of 3 and of 4 fields
     * @param turn by how much the crosses drift, in quarter turns: at 1 nothing of the first tables is left at the end
     * @param examples length of the stream
     */
    public record Spec(
            int fields,
            int values,
            int numbers,
            double byValue,
            List<Integer> crosses,
            List<Integer> kinds,
            List<Double> deviations,
            double turn,
            int examples) {}

    private final Spec spec;
    private final long seed;
    private final double[] cumulated; // Chance of a value or one before it.
    private final double[][] biases;
    private final List<List<Cross>> crosses = new ArrayList<>(); // Of 2, 3 and 4 fields.

    /** The task of a seed: its crosses, and the examples. */
    public PlantedTask(Spec spec, long seed) {
        this.spec = spec;
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        cumulated = cumulated(spec.values());
        double each = spec.deviations().get(0) / Math.sqrt(spec.fields());
        biases = new double[spec.fields()][];
        for (int f = 0; f < biases.length; f++) {
            biases[f] = random.doubles(spec.values())
                    .map(unused -> each * random.nextGaussian())
                    .toArray();
        }
        for (int order = 2; order <= 4; order++) {
            crosses.add(crosses(order, random));
        }
    }

    private static double[] cumulated(int values) {
        double[] sums = IntStream.rangeClosed(1, values)
                .mapToDouble(v -> Math.pow(v, -SKEW))
                .toArray();
        for (int v = 1; v < values; v++) {
            sums[v] += sums[v - 1];
        }
        return IntStream.range(0, values)
                .mapToDouble(v -> sums[v] / sums[values - 1])
                .toArray();
    }

    private List<Cross> crosses(int order, SplittableRandom random) {
        int count = spec.crosses().get(order - 2);
        int kinds = spec.kinds().get(order - 2);
        int[] places = shuffled(count * order, random); // Those below the limit look at the value.
        long limit = Math.round(spec.byValue() * places.length);
        List<Cross> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Kinds> kindOf = new ArrayList<>();
            for (int place = i * order; place < (i + 1) * order; place++) {
                kindOf.add(
                        places[place] < limit
                                ? Kinds.byValue(spec.values(), kinds, random)
                                : Kinds.byNumbers(spec.numbers(), kinds, random));
            }
            int[] fields = Arrays.copyOf(shuffled(spec.fields(), random), order);
            drawn.add(new Cross(fields, kinds, kindOf, random));
        }
        return drawn;
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] deck = new int[count];
        for (int i = 0; i < count; i++) {
            int place = random.nextInt(i + 1);
            deck[i] = deck[place];
            deck[place] = i;
        }
        return deck;
    }

    /** An example together with the chance of its label. */
    record Known(Example example, double chance) {}

    /** The stream from its beginning. */
    public Iterator<Example> examples() {
        Iterator<Known> known = known();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return known.hasNext();
            }

            @Override
            public Example next() {
                return known.next().example();
            }
        };
    }

    Iterator<Known> known() {
        SplittableRandom random = new SplittableRandom(seed ^ 0x5DEECE66DL);
        return IntStream.range(0, spec.examples())
                .mapToObj(i -> draw(i, random))
                .iterator();
    }

    private Known draw(int number, SplittableRandom random) {
        int[] values = new int[spec.fields()];
        long[] ids = new long[spec.fields()];
        float[][] numbers = new float[spec.fields()][spec.numbers()];
        float[] allNumbers = new float[spec.fields() * spec.numbers()];
        for (int f = 0; f < values.length; f++) {
            values[f] = value(random.nextDouble());
            ids[f] = (long) f * spec.values() + values[f] + 1;
            for (int n = 0; n < spec.numbers(); n++) {
                numbers[f][n] = (float) random.nextGaussian();
                allNumbers[f * spec.numbers() + n] = numbers[f][n];
            }
        }
        double angle = Math.PI / 2 * spec.turn() * number / spec.examples();
        double chance = 1 / (1 + Math.exp(-logOdds(values, numbers, angle)));
        int[] offsets = IntStream.rangeClosed(0, values.length).toArray();
        EncodedFeatures features = new EncodedFeatures(ids, offsets, allNumbers);
        return new Known(new Example(features, random.nextDouble() < chance), chance);
    }

    private int value(double drawn) {
        int from = 0;
        int to = cumulated.length - 1;
        while (from < to) {
            int middle = (from + to) / 2;
            if (cumulated[middle] > drawn) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    private double logOdds(int[] values, float[][] numbers, double angle) {
        double sum = 0;
        for (int f = 0; f < values.length; f++) {
            sum += biases[f][values[f]];
        }
        for (int order = 2; order <= 4; order++) {
            List<Cross> ofOrder = crosses.get(order - 2);
            double scale = spec.deviations().get(order - 1) / Math.sqrt(Math.max(1, ofOrder.size()));
            for (Cross cross : ofOrder) {
                sum += scale * cross.of(values, numbers, angle);
            }
        }
        return sum;
    }

    /** What is known of the best that can be done: AUC of the true chances over the whole stream and its second half. */
    public record Bayes(double auc, double aucSecondHalf) {}

    /** AUC of the true chances on the very labels of the stream. */
    public Bayes bayes() {
        float[] chances = new float[spec.examples()];
        byte[] labels = new byte[spec.examples()];
        Iterator<Known> stream = known();
        for (int i = 0; i < chances.length; i++) {
            Known next = stream.next();
            chances[i] = (float) next.chance();
            labels[i] = (byte) (next.example().label() ? 1 : 0);
        }
        int half = chances.length / 2;
        return new Bayes(
                Auc.exact(chances, labels),
                Auc.exact(
                        Arrays.copyOfRange(chances, half, chances.length),
                        Arrays.copyOfRange(labels, half, labels.length)));
    }

    /**
     * The part of a pipeline file that describes the examples of a spec: one table for the values of all fields, and a
     * group for each field.
     */
    static String features(Spec spec) {
        StringBuilder yaml = new StringBuilder("tables: {value: {dimension: 16}}\nfeatures:\n");
        for (int f = 0; f < spec.fields(); f++) {
            yaml.append("- {name: value%1$d, slot: id, table: value, group: field%1$d}\n".formatted(f));
            for (int n = 0; n < spec.numbers(); n++) {
                yaml.append("- {name: number%1$d.%2$d, slot: number, group: field%1$d}\n"
                        .formatted(f, n)
                        .replace('.', '_'));
            }
        }
        return yaml.toString();
    }
}
