package com.threatwinds.compute.operator.docs;

import com.threatwinds.compute.operator.reconcile.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The documents that are made and not written. */
final class Documents {

  private Documents() {}

  /** Writes them. */
  public static void main(String[] args) throws IOException {
    for (Map.Entry<Path, String> document : all().entrySet()) {
      Files.createDirectories(document.getKey().getParent());
      Files.writeString(document.getKey(), document.getValue());
    }
  }

  static Map<Path, String> all() {
    Life life = Life.all();
    Map<Path, String> documents = new LinkedHashMap<>();
    documents.put(Reference.FILE, Reference.of(life));
    documents.put(LifePicture.TEXT, LifePicture.text(life));
    documents.put(LifePicture.FILE, LifePicture.svg(life));
    documents.put(CreatePicture.TEXT, CreatePicture.text());
    documents.put(CreatePicture.FILE, CreatePicture.svg());
    return documents;
  }
}
