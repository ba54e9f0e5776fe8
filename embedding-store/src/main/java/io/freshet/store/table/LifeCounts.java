package io.freshet.store.table;

/**
 * How rows come and go.
 *
 * @param rows rows that live now, of tables whose rows expire
 * @param expired rows that have gone since the start
 * @param wouldExpire rows that would go now, of tables whose expiry is a dry run
 * @param unswept rows that are gone, but may still be stored
 * @param notAdmitted gradients dropped since the start, as their rows were not touched often enough
 * @param admissionErrorBound how many touches too many a sketch may have counted for a row; it is more with a probability
 *     of at most e^-4
 */
public record LifeCounts(
        long rows, long expired, long wouldExpire, long unswept, long notAdmitted, double admissionErrorBound) {
    static final LifeCounts NONE = new LifeCounts(0, 0, 0, 0, 0, 0);

    LifeCounts plus(LifeCounts that) {
        return new LifeCounts(
                rows + that.rows,
                expired + that.expired,
                wouldExpire + that.wouldExpire,
                unswept + that.unswept,
                notAdmitted + that.notAdmitted,
                Math.max(admissionErrorBound, that.admissionErrorBound));
    }
}
