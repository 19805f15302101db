package com.threatwinds.compute.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.decision.Settlement;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** How the rooms may know of each other, and the habits that the code has in all of them. */
class ArchitectureTest {

  private static final String ROOT = "com.threatwinds.compute.operator";
  private static final String OURS = ROOT + "..";
  private static final String API = ROOT + ".api..";
  private static final String COMPUTE = ROOT + ".compute..";
  private static final String CRD = ROOT + ".crd..";
  private static final String DECISION = ROOT + ".decision..";
  private static final String INVENTORY = ROOT + ".inventory..";
  private static final String KUBE_PROXY = ROOT + ".kubeproxy..";
  private static final String RECONCILE = ROOT + ".reconcile..";
  private static final String SETTINGS = ROOT + ".settings..";
  private static final String SIMULATOR = ROOT + ".simulator..";
  private static final String BENCH = ROOT + ".bench..";
  private static final String TESTING = ROOT + ".testing..";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);
  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
          .importPackages(ROOT);

  // -- the arrows

  @Test
  void computeKnowsNothingOfOursAndHasNeverHeardOfKubernetes() {
    knowsOnly(COMPUTE, List.of(COMPUTE));
    noClasses()
        .that()
        .resideInAPackage(COMPUTE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io..", "jakarta..", "org.eclipse.microprofile..")
        .check(MAIN);
  }

  @Test
  void inventoryKnowsOnlyThePortOfTheComputeApi() {
    knowsOnly(INVENTORY, List.of(INVENTORY, COMPUTE));
    noClasses()
        .that()
        .resideInAPackage(INVENTORY)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io..", "jakarta..", "java.net..", "org.eclipse.microprofile..")
        .check(MAIN);
  }

  @Test
  void apiKnowsNothingOfOurs() {
    knowsOnly(API, List.of(API));
    noClasses()
        .that()
        .resideInAPackage(API)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javaoperatorsdk..", "io.quarkus..", "jakarta..", "org.slf4j..")
        .check(MAIN);
  }

  @Test
  void decisionKnowsOnlyTheApiAndTheValuesOfCompute() {
    knowsOnly(DECISION, List.of(DECISION, API, COMPUTE));
    noClasses()
        .that()
        .resideInAPackage(DECISION)
        .should()
        .dependOnClassesThat(
            resideInAPackage(COMPUTE)
                .and(
                    not(DescribedPredicate.describe("values", ArchitectureTest::isValueOfCompute))))
        .check(MAIN);
  }

  /** Records, enums and the errors: nothing that acts. */
  private static boolean isValueOfCompute(JavaClass type) {
    return type.isRecord()
        || type.isEnum()
        || type.getEnclosingClass().filter(ArchitectureTest::isValueOfCompute).isPresent()
        || type.isAssignableTo(Exception.class);
  }

  @Test
  void decisionIsPure() {
    noClasses()
        .that()
        .resideInAPackage(DECISION)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "org.slf4j..",
                    "org.jboss..",
                    "java.util.logging..",
                    "java.io..",
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.util.concurrent..",
                    "io.fabric8.kubernetes.client.dsl..",
                    "io.javaoperatorsdk..",
                    "io.quarkus..",
                    "jakarta..")
                .or(equivalentTo(System.class))
                .or(equivalentTo(Thread.class))
                .or(equivalentTo(Clock.class))
                .or(equivalentTo(InstantSource.class))
                .or(equivalentTo(Random.class))
                .or(equivalentTo(ThreadLocalRandom.class)))
        .check(MAIN);
    for (Class<?> time :
        List.of(
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class)) {
      noClasses().that().resideInAPackage(DECISION).should().callMethod(time, "now").check(MAIN);
    }
    noClasses()
        .that()
        .resideInAPackage(DECISION)
        .should()
        .callMethod(UUID.class, "randomUUID")
        .check(MAIN);
  }

  /** Settings carry words of the rooms that they are for, and touch nothing else there. */
  @Test
  void settingsKnowOnlyTheValuesThatTheyCarry() {
    knowsOnly(SETTINGS, List.of(SETTINGS, COMPUTE, DECISION, INVENTORY));
    noClasses()
        .that()
        .resideInAPackage(SETTINGS)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(DECISION, INVENTORY)
                .and(not(equivalentTo(Settlement.Recovery.class)))
                .and(not(equivalentTo(GatedComputeApi.Kind.class))))
        .check(MAIN);
  }

  @Test
  void theCompletionOfTheDefinitionKnowsNothingOfOursAndNobodyKnowsIt() {
    knowsOnly(CRD, List.of(CRD));
    noClasses()
        .that()
        .resideOutsideOfPackage(CRD)
        .should()
        .dependOnClassesThat(resideInAnyPackage(CRD, "io.fabric8.crdv2.."))
        .check(MAIN);
  }

  @Test
  void nobodyKnowsReconcile() {
    noClasses()
        .that()
        .resideOutsideOfPackage(RECONCILE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(RECONCILE)
        .check(MAIN);
  }

  @Test
  void onlyReconcileKnowsTheOperatorFrameworkAndTheKubernetesClient() {
    noClasses()
        .that()
        .resideOutsideOfPackage(RECONCILE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javaoperatorsdk..", "io.quarkiverse..")
        .check(MAIN);
    // The resource's own class extends one of the client's; nothing else there is used.
    noClasses()
        .that()
        .resideOutsideOfPackage(RECONCILE)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.fabric8.kubernetes.client..")
                .and(not(simpleName("CustomResource"))))
        .check(MAIN);
  }

  @Test
  void onlyWiringAndTheEntryKnowQuarkus() {
    noClasses()
        .that(
            resideInAPackage(OURS)
                .and(not(simpleName("Wiring")))
                .and(not(simpleName("Main")))
                .and(not(resideInAPackage(SETTINGS)))
                .and(DescribedPredicate.describe("not of Wiring", c -> !isOf(c, "Wiring"))))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.quarkus..",
            "io.quarkiverse..",
            "io.smallrye..",
            "jakarta..",
            "org.eclipse.microprofile..")
        .check(MAIN);
  }

  private static boolean isOf(JavaClass type, String enclosing) {
    return type.getEnclosingClass().filter(e -> e.getSimpleName().equals(enclosing)).isPresent();
  }

  @Test
  void onlyOneClassSendsBytes() {
    noClasses()
        .that()
        .resideOutsideOfPackage(COMPUTE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(MAIN);
  }

  @Test
  void noTwoRoomsKnowEachOther() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void theSimulatorKnowsNothingOfTheOperator() {
    noClasses()
        .that()
        .resideInAPackage(SIMULATOR)
        .should()
        .dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAPackage(SIMULATOR))))
        .check(TESTS);
  }

  @Test
  void whatTestsRunAgainstKnowsNothingOfTheOperatorsClasses() {
    noClasses()
        .that()
        .resideInAnyPackage(TESTING, KUBE_PROXY)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(API, COMPUTE, CRD, DECISION, INVENTORY, RECONCILE, SETTINGS)
        .check(TESTS);
  }

  private static void knowsOnly(String room, List<String> rooms) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat(
            resideInAPackage(OURS).and(not(resideInAnyPackage(rooms.toArray(String[]::new)))))
        .check(MAIN);
  }

  // -- the habits

  @Test
  void namesAreNounsOfTheDomain() {
    ArchRule rule =
        noClasses()
            .should()
            .haveNameMatching(".*[.$](Abstract\\w*|\\w*(Impl|Manager|Utils?|Helpers?|Common|Base))")
            .orShould()
            .resideInAnyPackage("..utils..", "..util..", "..common..", "..helpers..")
            .because("a name says what a thing is; these say that nobody knew");

    rule.check(MAIN);
    rule.check(TESTS);
  }

  @Test
  void classesAreFinalOrSealed() {
    classes().that().areNotInterfaces().and().areNotEnums().should(beFinalOrSealed()).check(MAIN);
  }

  private static ArchCondition<JavaClass> beFinalOrSealed() {
    return new ArchCondition<>("be final or sealed") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean closed =
            type.getModifiers().contains(JavaModifier.FINAL)
                || type.reflect().isSealed()
                || type.getSimpleName().equals("package-info")
                || type.isAnonymousClass();
        events.add(new SimpleConditionEvent(type, closed, type.getName() + " is open"));
      }
    };
  }

  @Test
  void nothingThatIsStaticChanges() {
    fields().that().areStatic().should().beFinal().andShould(neverChange()).check(MAIN);
  }

  /** Types whose values can't change, as far as a type can tell. */
  private static final Set<String> UNCHANGING =
      Set.of(
          "boolean",
          "byte",
          "double",
          "int",
          "long",
          String.class.getName(),
          List.class.getName(),
          Set.class.getName(),
          "java.util.Map",
          Pattern.class.getName(),
          Logger.class.getName(),
          "java.net.URI",
          "java.time.Duration",
          "java.time.Instant",
          "java.nio.file.Path");

  private static ArchCondition<JavaField> neverChange() {
    return new ArchCondition<>("be of a type whose values never change") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        JavaClass type = field.getRawType();
        boolean unchanging =
            field.getModifiers().contains(JavaModifier.SYNTHETIC)
                || UNCHANGING.contains(type.getName())
                || type.isEnum()
                || type.isRecord()
                || isConfigured(type);
        events.add(
            new SimpleConditionEvent(field, unchanging, field.getFullName() + " may change"));
      }
    };
  }

  /** Changed only while it is made; no type of it tells. */
  private static boolean isConfigured(JavaClass type) {
    return type.getPackageName().startsWith("com.fasterxml.jackson")
        || type.getPackageName().startsWith("java.time.format");
  }

  @Test
  void fieldsArePrivate() {
    fields()
        .that()
        .areNotStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .bePrivate()
        .check(MAIN);
  }

  @Test
  void loggersAreTheOnlyOnesOfTheirClass() {
    fields()
        .that()
        .haveRawType(Logger.class)
        .should()
        .beStatic()
        .andShould()
        .bePrivate()
        .andShould()
        .haveName("log")
        .check(MAIN);
  }

  @Test
  void everyPackageSaysWhatItIsForAndIsFreeOfUnmarkedNulls() {
    assertThat(packages(MAIN)).isNotEmpty().allMatch(ArchitectureTest::isNullMarked);
    assertThat(packages(TESTS)).isNotEmpty().allMatch(ArchitectureTest::isNullMarked);
  }

  private static List<JavaPackage> packages(JavaClasses classes) {
    return classes.stream().map(JavaClass::getPackage).distinct().toList();
  }

  /** By reflection: the package of a test is described where its room is. */
  private static boolean isNullMarked(JavaPackage room) {
    try {
      return Class.forName(room.getName() + ".package-info").isAnnotationPresent(NullMarked.class);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @Test
  void testsWaitForWhatTheyWaitForAndNotForTimeToPass() {
    // The simulator is asked to be slow, and is; a benchmark counts what happens in a minute.
    for (Class<?> time : List.of(long.class, Duration.class)) {
      noClasses()
          .that()
          .resideOutsideOfPackages(SIMULATOR, BENCH)
          .should()
          .callMethod(Thread.class, "sleep", time)
          .check(TESTS);
    }
  }

  @Test
  void nothingIsPrintedButByTheEntry() {
    noClasses()
        .that(not(simpleName("Main")))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(MAIN);
  }
}
