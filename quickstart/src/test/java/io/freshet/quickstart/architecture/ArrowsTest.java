package io.freshet.quickstart.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the modules: this module sees them all, so it is where they can be checked. */
@AnalyzeClasses(
        packages = "io.freshet",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArrowsTest.NoTestJars.class})
class ArrowsTest {
    /** Tests of other modules come here as a jar, where their folder no longer tells what they are. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String FLINK = "org.apache.flink..";
    private static final String KAFKA = "org.apache.kafka..";
    private static final String KAFKA_SERVER = "kafka..";
    private static final String DJL = "ai.djl..";
    private static final String ROCKSDB = "org.rocksdb..";

    @ArchTest
    static final ArchRule MODULES_KNOW_ONLY_THOSE_BELOW_THEM = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("contracts")
            .definedBy("io.freshet.contracts..")
            .layer("embedding-store")
            .definedBy("io.freshet.store..")
            .layer("model-core")
            .definedBy("io.freshet.model..")
            .layer("embedded-broker")
            .definedBy("io.freshet.broker..")
            .layer("flink-jobs")
            .definedBy("io.freshet.flink..")
            .layer("serving")
            .definedBy("io.freshet.serving..")
            .layer("quickstart")
            .definedBy("io.freshet.quickstart..")
            .whereLayer("contracts")
            .mayNotAccessAnyLayer()
            .whereLayer("embedding-store")
            .mayOnlyAccessLayers("contracts")
            .whereLayer("model-core")
            .mayOnlyAccessLayers("contracts")
            .whereLayer("embedded-broker")
            .mayOnlyBeAccessedByLayers("quickstart")
            .whereLayer("flink-jobs")
            .mayOnlyAccessLayers("contracts", "embedding-store", "model-core")
            .whereLayer("serving")
            .mayOnlyAccessLayers("contracts", "embedding-store", "model-core")
            .whereLayer("quickstart")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule EVERY_CLASS_BELONGS_TO_A_MODULE = classes()
            .should()
            .resideInAnyPackage(
                    "io.freshet.contracts..",
                    "io.freshet.store..",
                    "io.freshet.model..",
                    "io.freshet.broker..",
                    "io.freshet.flink..",
                    "io.freshet.serving..",
                    "io.freshet.quickstart..");

    @ArchTest
    static final ArchRule CONTRACTS_ARE_PLAIN_JAVA = noClasses()
            .that()
            .resideInAPackage("io.freshet.contracts..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FLINK, KAFKA, KAFKA_SERVER, DJL, ROCKSDB);

    @ArchTest
    static final ArchRule ROWS_KNOW_NO_ENGINE_AND_NO_STREAM = noClasses()
            .that()
            .resideInAPackage("io.freshet.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FLINK, KAFKA, KAFKA_SERVER, DJL);

    @ArchTest
    static final ArchRule RANKERS_KNOW_NO_ROWS_AND_NO_STREAM = noClasses()
            .that()
            .resideInAPackage("io.freshet.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FLINK, KAFKA, KAFKA_SERVER, ROCKSDB);

    @ArchTest
    static final ArchRule SERVING_KNOWS_NO_FLINK_AND_NO_BROKER = noClasses()
            .that()
            .resideInAPackage("io.freshet.serving..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FLINK, KAFKA_SERVER);

    @ArchTest
    static final ArchRule ONLY_MODEL_CORE_KNOWS_DJL = noClasses()
            .that()
            .resideOutsideOfPackage("io.freshet.model..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(DJL);

    @ArchTest
    static final ArchRule ONLY_THE_EMBEDDED_BROKER_IS_A_BROKER = noClasses()
            .that()
            .resideOutsideOfPackage("io.freshet.broker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(KAFKA_SERVER);

    @ArchTest
    static final ArchRule PACKAGES_OF_A_MODULE_FORM_NO_CYCLES =
            slices().matching("io.freshet.(*).(*)..").should().beFreeOfCycles();
}
