package io.freshet.contracts.pipeline;

/**
 * A key that a pipeline file may hold.
 *
 * @param path with {@code <name>} for names that the file chooses and {@code []} for the items of a list
 * @param type of the value: text, integer, number, duration, boolean, one of some words, or a map
 * @param defaultValue what holds when the key is absent, as it would be written; {@code required} when nothing does
 */
public record KnownKey(String path, String type, String defaultValue) {}
