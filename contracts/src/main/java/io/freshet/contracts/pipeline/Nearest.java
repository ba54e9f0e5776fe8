package io.freshet.contracts.pipeline;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what somebody probably meant. */
final class Nearest {
    private Nearest() {}

    /** Advice to end a message about an unknown word with: the nearest known one, then all of them. */
    static String advice(String word, Collection<String> known) {
        if (known.isEmpty()) {
            return "There are none.";
        }
        if (word.isBlank()) {
            return "Known are " + String.join(", ", known) + ".";
        }
        return "Nearest is '" + of(word, known) + "'; known are " + String.join(", ", known) + ".";
    }

    /** The first of those known with the smallest edit distance, case ignored. */
    static String of(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(lower, candidate.toLowerCase(Locale.ROOT))))
                .orElseThrow();
    }

    /** Least number of letters inserted, removed, replaced, or swapped with their neighbour (each pair once). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1]; // d[i][j]: from the first i letters to the first j
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
