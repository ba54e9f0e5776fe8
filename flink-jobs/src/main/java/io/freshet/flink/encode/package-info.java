/**
 * Examples as numbers, and as a topic between a job that joins and one that trains. Start at {@code ExampleEncoder}, then
 * {@code ExamplesTopic}.
 */
package io.freshet.flink.encode;
