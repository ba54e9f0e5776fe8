package io.freshet.quickstart.cluster;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** A job on a {@link LocalCluster}. Safe from any thread. */
public final class LocalJob {
    private final MiniCluster cluster;
    private final JobID id;
    private final Path savepoints;
    private final CompletableFuture<JobResult> result;

    LocalJob(MiniCluster cluster, JobID id, Path savepoints) {
        this.cluster = cluster;
        this.id = id;
        this.savepoints = savepoints;
        this.result = cluster.requestJobResult(id);
    }

    /** As Flink names it. */
    public JobID id() {
        return id;
    }

    /** Whether the job is under way, restarts included; false once it has ended in any way. */
    public boolean isUnderWay() {
        return !result.isDone();
    }

    /** Whether every subtask of the job runs. */
    public boolean isRunning() {
        return isUnderWay() && cluster.getJobStatus(id).join() == JobStatus.RUNNING && allSubtasksRun();
    }

    /** Why the job ended, when it ended by a failure. */
    public Optional<Throwable> failure() {
        if (result.isCompletedExceptionally()) {
            return Optional.of(result.handle((ended, failure) -> failure).join());
        }
        JobResult ended = result.getNow(null);
        return ended == null
                ? Optional.empty()
                : ended.getSerializedThrowable()
                        .map(failure -> failure.deserializeError(getClass().getClassLoader()));
    }

    /**
     * Lets time run out for everything that waits, takes a last savepoint, and ends the job.
     *
     * @throws ExecutionException when the job fails on the way
     */
    public void drain() throws ExecutionException, InterruptedException {
        stop(true);
    }

    /**
     * Takes a savepoint of the job, which runs on.
     *
     * @return where Flink finds it
     * @throws ExecutionException when it fails
     */
    public String savepoint() throws ExecutionException, InterruptedException {
        return cluster.triggerSavepoint(id, savepoints.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get();
    }

    /**
     * Takes a last savepoint and ends the job, so that another one can go on from there.
     *
     * @return where Flink finds it
     * @throws ExecutionException when the job fails on the way
     */
    public String stop() throws ExecutionException, InterruptedException {
        return stop(false);
    }

    private String stop(boolean drain) throws ExecutionException, InterruptedException {
        String savepoint = cluster.stopWithSavepoint(
                        id, savepoints.toUri().toString(), drain, SavepointFormatType.CANONICAL)
                .get();
        result.get();
        return savepoint;
    }

    private boolean allSubtasksRun() {
        for (var vertex : cluster.getExecutionGraph(id).join().getAllExecutionVertices()) {
            if (vertex.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return true;
    }
}
