package io.freshet.benchmarks.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.LastLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RowsCommandTest {
    private static final String[] SMALL = {
        "--rows=3000", "--width=8", "--batch=128", "--batches=8", "--rounds=1", "--small=500", "--large=1000"
    };

    @Test
    void measuresSmallTablesWithoutRedis() throws Exception {
        JsonNode line = run("--without=redis,spill");
        assertThat(line.get("gather_rows_per_second").asDouble()).isPositive();
        assertThat(line.get("apply_rows_per_second").asDouble()).isPositive();
        assertThat(line.get("vs_rocksdb").asDouble()).isPositive();
        assertThat(line.get("vs_value_state").asDouble()).isPositive();
        assertThat(line.get("vs_redis").isNull()).isTrue();
        assertThat(line.get("of_copy").asDouble()).isPositive();
        assertThat(line.get("growth_50m_over_1m").asDouble()).isPositive();
    }

    /** All rows would take 270 MB more than the bound, as they do where nothing leaves the hot table. */
    @Test
    void memoryStaysWithinItsBoundWhenTenTimesAsManyRowsComeAndGo() throws Exception {
        JsonNode line = new ObjectMapper()
                .readTree(LastLine.of(
                        new RowsCommand(),
                        "--rows=1000000",
                        "--batches=16",
                        "--rounds=1",
                        "--cache-mb=16",
                        "--without=redis,rocksdb,value-state,growth"));
        assertThat(line.get("spill_share").asDouble()).isPositive();
        assertThat(line.get("spill_hit_rate").asDouble()).isBetween(0.5, 0.95);
        assertThat(line.get("spill_rss_mb").asDouble())
                .isLessThan(line.get("spill_bound_mb").asDouble());
    }

    @Test
    void leavesOutWhatItIsToldTo() throws Exception {
        JsonNode line = run("--without=redis,rocksdb,value-state,growth,spill");
        assertThat(line.get("gather_rows_per_second").asDouble()).isPositive();
        assertThat(line.get("vs_rocksdb").isNull()).isTrue();
        assertThat(line.get("growth_50m_over_1m").isNull()).isTrue();
    }

    @Test
    void saysWhatToDoWhenThereIsNoRedis() {
        StringWriter said = new StringWriter();
        int code = new CommandLine(new RowsCommand())
                .setErr(new PrintWriter(said))
                .execute(with("--without=rocksdb,value-state,growth,spill", "--redis-server=no-such-program"));
        assertThat(code).isEqualTo(1);
        assertThat(said.toString()).contains("no-such-program", "apt install redis-server", "--without redis");
    }

    private static JsonNode run(String option) throws Exception {
        return new ObjectMapper().readTree(LastLine.of(new RowsCommand(), with(option)));
    }

    private static String[] with(String... more) {
        String[] options = new String[SMALL.length + more.length];
        System.arraycopy(SMALL, 0, options, 0, SMALL.length);
        System.arraycopy(more, 0, options, SMALL.length, more.length);
        return options;
    }
}
