package io.freshet.flink.join;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.contracts.event.proto.Example;
import io.freshet.contracts.pipeline.TaskConfig;
import io.freshet.flink.deadletter.DeadLetterRecord;
import io.freshet.flink.deadletter.DeadLetters;
import io.freshet.flink.source.SourceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The join operator with its keyed state, timers and watermarks, at any parallelism, without a cluster. */
final class JoinHarness implements AutoCloseable {
    private static final int MAX_PARALLELISM = 16;

    private final List<TaskConfig> tasks;
    private final double negativeSampleRate;
    private final List<Subtask> subtasks = new ArrayList<>();
    private long watermark = Long.MIN_VALUE;

    JoinHarness(List<TaskConfig> tasks, double negativeSampleRate) throws Exception {
        this.tasks = tasks;
        this.negativeSampleRate = negativeSampleRate;
        subtasks.add(new Subtask(1, 0));
        subtasks.get(0).harness.open();
    }

    private final class Subtask {
        final LabelJoinFunction function = new LabelJoinFunction(tasks, negativeSampleRate);
        final KeyedTwoInputStreamOperatorTestHarness<String, SourceEvent, SourceEvent, JoinedExample> harness;

        Subtask(int parallelism, int index) throws Exception {
            harness = new KeyedTwoInputStreamOperatorTestHarness<>(
                    new LabelJoinOperator(function),
                    SourceEvent::key,
                    SourceEvent::key,
                    Types.STRING,
                    MAX_PARALLELISM,
                    parallelism,
                    index);
        }
    }

    /** What came out since the last call. */
    record Output(List<Example> examples, List<DeadLetter> deadLetters) {}

    void impression(SourceEvent event) throws Exception {
        ownerOf(event).processElement1(new StreamRecord<>(event, event.timeMs()));
    }

    void action(SourceEvent event) throws Exception {
        ownerOf(event).processElement2(new StreamRecord<>(event, event.timeMs()));
    }

    void watermark(long toMs) throws Exception {
        watermark = toMs;
        for (Subtask subtask : subtasks) {
            subtask.harness.processBothWatermarks(new Watermark(toMs));
        }
    }

    /** A drain whose last watermark did not get through. */
    void endInputs() throws Exception {
        for (Subtask subtask : subtasks) {
            subtask.harness.endAllInputs();
        }
    }

    /** Only one of the two inputs says so, which alone moves nothing. */
    void watermarkOfImpressions(long toMs) throws Exception {
        for (Subtask subtask : subtasks) {
            subtask.harness.processWatermark1(new Watermark(toMs));
        }
    }

    /** Everything that came out since the last call, in order within a subtask. */
    Output drain() throws Exception {
        Output output = new Output(new ArrayList<>(), new ArrayList<>());
        for (Subtask subtask : subtasks) {
            for (JoinedExample joined : subtask.harness.extractOutputValues()) {
                output.examples.add(Example.parseFrom(joined.example()));
            }
            subtask.harness.getOutput().clear();
            var letters = subtask.harness.getSideOutput(DeadLetters.TAG);
            if (letters != null) {
                for (StreamRecord<DeadLetterRecord> letter : letters) {
                    output.deadLetters.add(
                            DeadLetter.parseFrom(letter.getValue().value()));
                }
                letters.clear();
            }
        }
        return output;
    }

    /** Counts by name, summed over all subtasks. */
    Map<String, Long> counts() {
        Map<String, Long> sums = new HashMap<>();
        subtasks.forEach(
                subtask -> subtask.function.counts().forEach((name, count) -> sums.merge(name, count, Long::sum)));
        return sums;
    }

    int timers() {
        return subtasks.stream()
                .mapToInt(subtask -> subtask.harness.numEventTimeTimers())
                .sum();
    }

    int statesHeld() {
        return subtasks.stream()
                .mapToInt(subtask -> subtask.harness.numKeyedStateEntries())
                .sum();
    }

    /** Takes a checkpoint, throws everything away, and goes on from it with so many subtasks. */
    void restart(int parallelism) throws Exception {
        List<OperatorSubtaskState> parts = new ArrayList<>();
        for (Subtask subtask : subtasks) {
            parts.add(subtask.harness.snapshot(1, 1));
        }
        OperatorSubtaskState checkpoint =
                AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
        int before = subtasks.size();
        close();
        subtasks.clear();
        for (int i = 0; i < parallelism; i++) {
            Subtask subtask = new Subtask(parallelism, i);
            subtask.harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    checkpoint, MAX_PARALLELISM, before, parallelism, i));
            subtask.harness.open();
            // The operator forgets event time in a restart; the sources bring it again.
            subtask.harness.processBothWatermarks(new Watermark(watermark));
            subtasks.add(subtask);
        }
    }

    @Override
    public void close() throws Exception {
        for (Subtask subtask : subtasks) {
            subtask.harness.close();
        }
    }

    private KeyedTwoInputStreamOperatorTestHarness<String, SourceEvent, SourceEvent, JoinedExample> ownerOf(
            SourceEvent event) {
        int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(event.key(), MAX_PARALLELISM, subtasks.size());
        return subtasks.get(owner).harness;
    }
}
