package io.freshet.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory of this process, as the kernel counts it: heap, direct memory and the engine's. */
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path PAGES = Path.of("/proc/self/smaps_rollup");

    private ResidentMemory() {}

    /** The most bytes that were ever resident. NaN where the kernel does not tell. */
    public static double peakBytes() {
        return bytes(lines(STATUS), "VmHWM:");
    }

    /** The part of what is resident, files apart, that lies in huge pages: 0 to 1. NaN where the kernel does not tell. */
    public static double hugeShare() {
        return hugeShare(lines(PAGES));
    }

    static double hugeShare(List<String> pages) {
        return bytes(pages, "AnonHugePages:") / bytes(pages, "Anonymous:");
    }

    /** Of the first line with this name, in which kB means 1024 bytes. */
    static double bytes(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToDouble(kib -> Double.parseDouble(kib) * 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
