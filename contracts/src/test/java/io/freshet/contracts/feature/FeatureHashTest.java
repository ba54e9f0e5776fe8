package io.freshet.contracts.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Golden values come from another implementation: xxh3_64_intdigest of python-xxhash, seeded in the same way. */
class FeatureHashTest {
    @Test
    void idsAreThoseOfTheReferenceImplementation() {
        assertThat(FeatureHash.id("item", "42")).isEqualTo(0x4230ce7db2e4fcd2L);
        assertThat(FeatureHash.id("user", "42")).isEqualTo(0x4c68729337b3a5cdL);
        assertThat(FeatureHash.id("item", "")).isEqualTo(0xd1f73ac23068a0a4L);
        assertThat(FeatureHash.id("item", "Ж")).isEqualTo(0xc8357d6a1026087cL);
        assertThat(FeatureHash.id("genre", "a text of more than sixteen bytes")).isEqualTo(0x1563aef863cdb8afL);
    }

    /** Texts of more than 240 bytes take another path through XXH3. */
    @Test
    void theIdOfALongTextIsThatOfTheReferenceImplementation() {
        assertThat(FeatureHash.id("x", "y".repeat(300))).isEqualTo(0xa81bac45ccb0f2e7L);
    }

    @Test
    void anIntegerHasTheIdOfItsDecimalText() {
        FeatureHash hash = FeatureHash.forTable("item");
        assertThat(hash.id(42)).isEqualTo(hash.id("42"));
        assertThat(hash.id(Long.MIN_VALUE)).isEqualTo(hash.id("-9223372036854775808"));
    }

    @Test
    void aMillionValuesOfTwoTablesHaveAMillionIds() {
        Set<Long> ids = new HashSet<>();
        FeatureHash users = FeatureHash.forTable("user");
        FeatureHash items = FeatureHash.forTable("item");
        for (int i = 0; i < 500_000; i++) {
            ids.add(users.id(i));
            ids.add(items.id(i));
        }
        assertThat(ids).hasSize(1_000_000);
    }
}
