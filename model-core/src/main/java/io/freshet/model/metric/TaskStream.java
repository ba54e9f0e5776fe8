package io.freshet.model.metric;

import java.nio.ByteBuffer;

/** All predictions of one task so far, in bounded memory. */
interface TaskStream {
    /** What the task predicts. */
    enum Kind {
        PROBABILITY,
        VALUE
    }

    /** Nothing yet, of that kind. */
    static TaskStream of(Kind kind) {
        return kind == Kind.PROBABILITY ? new Stream() : new ValueStream();
    }

    /** Reads what {@link #write} wrote. */
    static TaskStream read(Kind kind, ByteBuffer in) {
        return kind == Kind.PROBABILITY ? Stream.read(in) : ValueStream.read(in);
    }

    Kind kind();

    /** Adds a prediction: a logit, or a value. */
    void add(float output, float label, float weight);

    /** Adds all that another one of this kind has seen. */
    void merge(TaskStream other);

    Metrics metrics();

    /** How many bytes {@link #write} writes. */
    int bytes();

    void write(ByteBuffer out);
}
