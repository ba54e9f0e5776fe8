package io.freshet.benchmarks.planted;

import java.util.List;
import java.util.SplittableRandom;

/**
 * An effect of several fields together. Each of its fields is of one of a few kinds, and for each combination of kinds
 * there is an effect. Averaged over the kinds of any one field the effects are zero: next to nothing of the cross can be
 * seen by fewer fields than it has.
 *
 * <p>Effects drift: they turn from one table of effects to another.
 */
final class Cross {
    private final int[] fields;
    private final int kinds;
    private final List<Kinds> kindOf; // Of each field of the cross.
    private final double[] before;
    private final double[] after;

    Cross(int[] fields, int kinds, List<Kinds> kindOf, SplittableRandom random) {
        this.fields = fields;
        this.kinds = kinds;
        this.kindOf = List.copyOf(kindOf);
        before = effects(random);
        after = effects(random);
    }

    /** Gaussian effects, centred along each field, with a mean square of 1. */
    private double[] effects(SplittableRandom random) {
        int cells = (int) Math.round(Math.pow(kinds, fields.length));
        double[] table =
                random.doubles(cells).map(unused -> random.nextGaussian()).toArray();
        for (int stride = 1; stride < cells; stride *= kinds) {
            for (int cell = 0; cell < cells; cell++) {
                if (cell / stride % kinds == 0) {
                    centre(table, cell, stride);
                }
            }
        }
        double square = 0;
        for (double effect : table) {
            square += effect * effect;
        }
        for (int cell = 0; cell < cells; cell++) {
            table[cell] /= Math.sqrt(square / cells);
        }
        return table;
    }

    private void centre(double[] table, int first, int stride) {
        double mean = 0;
        for (int kind = 0; kind < kinds; kind++) {
            mean += table[first + kind * stride] / kinds;
        }
        for (int kind = 0; kind < kinds; kind++) {
            table[first + kind * stride] -= mean;
        }
    }

    /**
     * The effect on an example, when the tables have turned by this angle.
     *
     * @param values of all fields of the task
     * @param numbers of all fields of the task
     */
    double of(int[] values, float[][] numbers, double angle) {
        int cell = 0;
        for (int f = 0; f < fields.length; f++) {
            int field = fields[f];
            cell = cell * kinds + kindOf.get(f).of(values[field], numbers[field]);
        }
        return Math.cos(angle) * before[cell] + Math.sin(angle) * after[cell];
    }
}
