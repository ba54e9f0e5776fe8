package io.freshet.store.table;

/**
 * The quantile function of the standard normal distribution: Wichura's PPND7 (algorithm AS 241, Applied Statistics 37,
 * 1988), good to 1 part in 10^7. Initial values are made with it, so it must never change; of elementary functions it
 * uses {@link StrictMath}'s only, so that the result has the same bits on every machine.
 */
final class NormalQuantile {
    /** Below this distance from the median no logarithm is needed, which is so for 85 of 100 values. */
    private static final double CENTRAL = 0.425;

    private NormalQuantile() {}

    /** The x that a standard normal value stays below with probability {@code p}, from e^-25 to 1 - e^-25. */
    static double of(double p) {
        double q = p - 0.5;
        if (Math.abs(q) <= CENTRAL) {
            double r = CENTRAL * CENTRAL - q * q;
            return q
                    * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
                    / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
        }
        double r = Math.sqrt(-StrictMath.log(q < 0 ? p : 1 - p));
        double x = tail(r - 1.6);
        return q < 0 ? -x : x;
    }

    private static double tail(double r) {
        return (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
                / ((0.12021132975 * r + 0.73700164250) * r + 1);
    }
}
