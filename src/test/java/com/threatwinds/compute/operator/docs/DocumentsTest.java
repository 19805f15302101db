package com.threatwinds.compute.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class DocumentsTest {

  @TestFactory
  Stream<DynamicTest> eachIsWhatMakeDocsWrites() {
    Map<Path, String> documents = Documents.all();
    return documents.entrySet().stream()
        .map(
            document ->
                DynamicTest.dynamicTest(
                    document.getKey().toString(),
                    () ->
                        assertThat(document.getKey())
                            .as("not up to date: make docs")
                            .hasContent(document.getValue())));
  }
}
