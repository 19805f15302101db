package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;

class PlantedOperatorIT {

  @Test
  void isBuiltOnceForTheSameSources() throws IOException {
    String any = PlantedOperator.names().getFirst();
    FileTime built = Files.getLastModifiedTime(PlantedOperator.jar(any).resolveSibling("app"));

    Path again = PlantedOperator.jar(any);

    assertThat(Files.getLastModifiedTime(again.resolveSibling("app"))).isEqualTo(built);
  }
}
