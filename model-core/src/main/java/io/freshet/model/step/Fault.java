package io.freshet.model.step;

/**
 * What made a batch useless: the first thing that is no finite number, in the order in which a step computes. That is an
 * input; else the layer of the forward pass whose result is the first to go wrong; else the parameter or table whose
 * gradient is, nearest to the loss, where the backward pass begins.
 *
 * @param place such as {@code numbers.age}, {@code rows.item}, {@code block.0.token_ffn}, {@code loss} or
 *     {@code gradient of tower.like.w1}
 * @param detail what is wrong there, and with what; a sentence
 */
public record Fault(String place, String detail) {
    @Override
    public String toString() {
        return place + ": " + detail;
    }
}
