package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryCredentialsTest {

  @TempDir private Path directory;

  private DirectoryCredentials source() {
    return new DirectoryCredentials(directory);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "secret\n", "secret\r\n", "\n secret \n\n"})
  void readsATokenWithoutWhatAnEditorPutsAroundIt(String text) throws IOException {
    write("token", text);

    assertThat(source().current()).contains(new Credentials.Token("secret"));
    assertThat(source().problem()).isEmpty();
  }

  @Test
  void readsAKeyPair() throws IOException {
    write("api-key", "k\n");
    write("api-secret", "s\n");
    write("token", "\n");

    assertThat(source().current()).contains(new Credentials.KeyPair("k", "s"));
    assertThat(source().problem()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-       | -       | -       | has neither token nor api-key and api-secret",
        "' '     | ' '     | ' '     | has neither token nor api-key and api-secret",
        "-       | hunter2 | -       | has an api-key but no api-secret",
        "-       | -       | hunter2 | has an api-secret but no api-key",
        "hunter2 | hunter3 | hunter4 | has both a token and an API key",
        "hunter2 | hunter3 | -       | has both a token and an API key",
        "hunt er2| -       | -       | the token must be",
        "-       | k       | hunter2ü| the api-secret must be",
      })
  void saysWhyItHasNoneAndNeverWhatItRead(String token, String key, String secret, String why)
      throws IOException {
    String[][] files = {{"token", token}, {"api-key", key}, {"api-secret", secret}};
    for (String[] file : files) {
      if (file[1] != null) {
        write(file[0], file[1]);
      }
    }

    assertThat(source().current()).isEmpty();
    assertThat(source().problem())
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .startsWith(directory.toString())
                    .contains(why)
                    .doesNotContain("hunter", "hunt er"));
  }

  @Test
  void refusesALineBreakWithinAToken() throws IOException {
    write("token", "hunter2\r\nx-evil: 1");

    assertThat(source().current()).isEmpty();
    assertThat(source().problem()).isPresent();
  }

  @Test
  void refusesAFileThatIsFarTooLong() throws IOException {
    write("token", "x".repeat(100_000));

    assertThat(source().current()).isEmpty();
    assertThat(source().problem()).isPresent();
  }

  @Test
  void hasNoneWhileTheDirectoryIsMissingOrHoldsSomethingElse() throws IOException {
    DirectoryCredentials missing = new DirectoryCredentials(directory.resolve("missing"));
    Files.createDirectory(directory.resolve("token"));

    assertThat(missing.current()).isEmpty();
    assertThat(missing.problem()).isPresent();
    assertThat(source().current()).isEmpty();
    assertThat(source().problem()).hasValueSatisfying(p -> assertThat(p).contains("can't be read"));
  }

  @Test
  void healsWithoutARestart() throws IOException {
    DirectoryCredentials source = source();
    assertThat(source.current()).isEmpty();

    write("token", "one");
    assertThat(source.current()).contains(new Credentials.Token("one"));

    write("token", "two");
    assertThat(source.current()).contains(new Credentials.Token("two"));

    Files.delete(directory.resolve("token"));
    assertThat(source.current()).isEmpty();
  }

  /** As the kubelet does it: new directory, new link, swap, old directory gone. */
  private void mount(int version) throws IOException {
    Path next = Files.createDirectory(directory.resolve("..v" + version));
    Files.writeString(next.resolve("api-key"), "key-" + version);
    Files.writeString(next.resolve("api-secret"), "secret-" + version);
    Path link = directory.resolve("..data_tmp");
    Files.createSymbolicLink(link, next.getFileName());
    Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    if (version == 0) {
      for (String name : new String[] {"api-key", "api-secret"}) {
        Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
      }
    } else {
      Path old = directory.resolve("..v" + (version - 1));
      Files.delete(old.resolve("api-key"));
      Files.delete(old.resolve("api-secret"));
      Files.delete(old);
    }
  }

  @Test
  void readsAMountedSecretThroughItsLink() throws IOException {
    mount(0);
    assertThat(source().current()).contains(new Credentials.KeyPair("key-0", "secret-0"));

    mount(1);
    assertThat(source().current()).contains(new Credentials.KeyPair("key-1", "secret-1"));
  }

  @Test
  void neverMixesTwoSecretsWhileTheyAreSwapped() throws Exception {
    mount(0);
    AtomicBoolean done = new AtomicBoolean();
    Thread kubelet =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int version = 1; version <= 200; version++) {
                      mount(version);
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  } finally {
                    done.set(true);
                  }
                });

    while (!done.get()) {
      Optional<Credentials> seen = source().current();
      seen.ifPresent(
          credentials -> {
            Credentials.KeyPair pair = (Credentials.KeyPair) credentials;
            assertThat(pair.secret().substring("secret-".length()))
                .isEqualTo(pair.key().substring("key-".length()));
          });
    }
    kubelet.join();

    assertThat(source().current()).contains(new Credentials.KeyPair("key-200", "secret-200"));
  }
}
