package io.freshet.benchmarks.planted;

import java.util.SplittableRandom;

/** Tells apart a few kinds of what a field holds, all about as frequent: by its value, or by its numbers. */
interface Kinds {
    /** 0, 1 .. of a field's value and numbers. */
    int of(int value, float[] numbers);

    /** Every value has a kind; values of equal kind have nothing else in common. */
    static Kinds byValue(int values, int kinds, SplittableRandom random) {
        byte[] kindOf = new byte[values];
        for (int value = 0; value < values; value++) { // A shuffle.
            int place = random.nextInt(value + 1);
            kindOf[value] = kindOf[place];
            kindOf[place] = (byte) (value % kinds);
        }
        return (value, numbers) -> kindOf[value];
    }

    /** Each kind has a direction, and the one along which the numbers lie farthest wins: bent, not linear. */
    static Kinds byNumbers(int count, int kinds, SplittableRandom random) {
        double[][] directions = new double[kinds][];
        for (int kind = 0; kind < kinds; kind++) {
            directions[kind] =
                    random.doubles(count).map(unused -> random.nextGaussian()).toArray();
        }
        return (value, numbers) -> {
            int farthest = 0;
            double reach = Double.NEGATIVE_INFINITY;
            for (int kind = 0; kind < kinds; kind++) {
                double along = 0;
                for (int n = 0; n < count; n++) {
                    along += directions[kind][n] * numbers[n];
                }
                if (along > reach) {
                    reach = along;
                    farthest = kind;
                }
            }
            return farthest;
        };
    }
}
