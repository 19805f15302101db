package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Takes a minute for each, so it goes with the fault tests. */
@Tag("faults")
class PlantedOperatorIT {

  @ParameterizedTest
  @MethodSource("names")
  void isBuiltOnceForTheSameSources(String name) throws IOException {
    FileTime built = Files.getLastModifiedTime(PlantedOperator.jar(name));

    Path again = PlantedOperator.jar(name);

    assertThat(Files.getLastModifiedTime(again)).isEqualTo(built);
  }

  static List<String> names() {
    return PlantedOperator.names();
  }
}
