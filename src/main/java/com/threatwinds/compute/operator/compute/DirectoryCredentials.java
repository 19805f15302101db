package com.threatwinds.compute.operator.compute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Credentials in a mounted Secret: a directory with a file {@code token}, or with {@code api-key}
 * and {@code api-secret}, read anew each time it is asked.
 *
 * <p>Kubernetes changes a mounted Secret by swapping the symbolic link {@code ..data}, so that two
 * files opened by their plain names may be of two Secrets. All files of one reading are therefore
 * opened under what that link pointed to, and a reading counts only if a second one, link included,
 * says the same.
 */
public final class DirectoryCredentials implements CredentialsSource {

  private static final int MAX_BYTES = 8_192;
  private static final int ATTEMPTS = 5;

  private final Path directory;

  public DirectoryCredentials(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Credentials> current() {
    return read() instanceof Reading.Usable usable
        ? Optional.of(usable.credentials())
        : Optional.empty();
  }

  @Override
  public Optional<String> problem() {
    return read() instanceof Reading.Unusable unusable
        ? Optional.of(unusable.problem())
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "DirectoryCredentials[" + directory + "]";
  }

  private sealed interface Reading {
    record Usable(Credentials credentials) implements Reading {}

    record Unusable(String problem) implements Reading {}
  }

  private Reading read() {
    @Nullable Snapshot last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Snapshot snapshot;
      try {
        snapshot = snapshot();
      } catch (IOException e) {
        last = null;
        continue;
      }
      if (snapshot.equals(last)) {
        return judge(snapshot.files());
      }
      last = snapshot;
    }
    return new Reading.Unusable("the files in " + directory + " can't be read");
  }

  /** What was read, and where it was: equal twice in a row means that nothing changed between. */
  private record Snapshot(Path root, Map<String, String> files) {
    @Override
    public String toString() {
      return "Snapshot[" + root + "]";
    }
  }

  private Snapshot snapshot() throws IOException {
    Path data = directory.resolve("..data");
    Path root = Files.isSymbolicLink(data) ? data.toRealPath() : directory;
    Map<String, String> files = new HashMap<>();
    for (String name : new String[] {"token", "api-key", "api-secret"}) {
      String text = text(root.resolve(name));
      if (!text.isEmpty()) {
        files.put(name, text);
      }
    }
    return new Snapshot(root, files);
  }

  /** Empty for a file that is missing or empty; a too long one is cut, and refused as too long. */
  private static String text(Path file) throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    // A pipe would block for ever.
    if (!Files.isRegularFile(file)) {
      throw new IOException("not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_BYTES + 16), StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private Reading judge(Map<String, String> files) {
    @Nullable String token = files.get("token");
    @Nullable String key = files.get("api-key");
    @Nullable String secret = files.get("api-secret");
    try {
      if (token != null && (key != null || secret != null)) {
        return new Reading.Unusable(
            directory + " has both a token and an API key: keep one of the two");
      }
      if (token != null) {
        return new Reading.Usable(new Credentials.Token(token));
      }
      if (key != null && secret != null) {
        return new Reading.Usable(new Credentials.KeyPair(key, secret));
      }
    } catch (IllegalArgumentException e) {
      return new Reading.Unusable(directory + ": " + e.getMessage());
    }
    if (key != null) {
      return new Reading.Unusable(directory + " has an api-key but no api-secret");
    }
    if (secret != null) {
      return new Reading.Unusable(directory + " has an api-secret but no api-key");
    }
    return new Reading.Unusable(directory + " has neither token nor api-key and api-secret");
  }
}
