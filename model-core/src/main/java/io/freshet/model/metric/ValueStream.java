package io.freshet.model.metric;

import java.nio.ByteBuffer;

/** Predictions of a regression: sums of values and of squared errors. */
final class ValueStream implements TaskStream {
    private long examples;
    private double weight;
    private double observed;
    private double predicted;
    private double squaredErrors;

    @Override
    public Kind kind() {
        return Kind.VALUE;
    }

    @Override
    public void add(float output, float label, float exampleWeight) {
        double error = (double) output - label;
        examples++;
        weight += exampleWeight;
        observed += (double) exampleWeight * label;
        predicted += (double) exampleWeight * output;
        squaredErrors += exampleWeight * error * error;
    }

    @Override
    public void merge(TaskStream stream) {
        ValueStream other = (ValueStream) stream;
        examples += other.examples;
        weight += other.weight;
        observed += other.observed;
        predicted += other.predicted;
        squaredErrors += other.squaredErrors;
    }

    @Override
    public Metrics metrics() {
        return new Metrics(
                examples, observed, Double.NaN, Double.NaN, Double.NaN, predicted / observed, squaredErrors / weight);
    }

    @Override
    public int bytes() {
        return Long.BYTES + 4 * Double.BYTES;
    }

    @Override
    public void write(ByteBuffer out) {
        out.putLong(examples).putDouble(weight).putDouble(observed).putDouble(predicted);
        out.putDouble(squaredErrors);
    }

    static ValueStream read(ByteBuffer in) {
        ValueStream stream = new ValueStream();
        stream.examples = in.getLong();
        stream.weight = in.getDouble();
        stream.observed = in.getDouble();
        stream.predicted = in.getDouble();
        stream.squaredErrors = in.getDouble();
        return stream;
    }
}
